package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// answer is what came back, the envelope read.
type answer struct {
	Status  int
	Header  http.Header
	Ends    bool // the connection
	Body    string
	Code    int             `json:"code"`
	Msg     string          `json:"msg"`
	Message *string         `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// header is a header of a request.
type header struct{ name, value string }

func bearer(token string) header { return header{"Authorization", "Bearer " + token} }

// client takes every answer as it is, and never waits for ever.
var client = &http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// call sends a request; a body that is not empty is JSON unless a header says otherwise.
func (s *service) call(method, path, body string, headers ...header) answer {
	s.t.Helper()
	a, err := s.try(method, path, body, headers...)
	require.NoError(s.t, err)
	return a
}

// try is call for moments in which a service may be gone.
func (s *service) try(method, path, body string, headers ...header) (answer, error) {
	return ask(method, s.base+path, body, headers...)
}

func ask(method, url, body string, headers ...header) (answer, error) {
	request, err := http.NewRequest(method, url, strings.NewReader(body)) //nolint:noctx // the client has a timeout
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		if h.name == "Content-Type" {
			request.Header.Del(h.name)
		}
		if h.value != "" {
			request.Header.Add(h.name, h.value)
		}
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	return read(response)
}

func read(response *http.Response) (answer, error) {
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{Status: response.StatusCode, Header: response.Header, Ends: response.Close, Body: string(text)}
	_ = json.Unmarshal(text, &a) // some answers have no envelope
	return a, nil
}

// raw sends a request byte for byte, with LF for the line breaks of its head, and waits for an answer.
func (s *service) raw(head, body string) answer {
	s.t.Helper()
	conn := s.dial()
	require.NoError(s.t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	go func() {
		// Who is refused may be hung up on while it writes.
		_, _ = io.WriteString(conn, strings.ReplaceAll(head, "\n", "\r\n")+body)
	}()
	method, _, _ := strings.Cut(head, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	require.NoError(s.t, err, head)
	a, err := read(response)
	require.NoError(s.t, err)
	return a
}

// accepted requires success.
func accepted(t testing.TB, a answer) {
	t.Helper()
	require.Equal(t, 200, a.Status, a.Body)
}

// refused requires a code with its status. With 40001 the fields are those that were found fault with, in order, and the
// text is what is wrong with the first.
func refused(t testing.TB, code int, a answer, fields ...string) {
	t.Helper()
	require.Equal(t, code, a.Code, a.Body)
	require.Equal(t, code/100, a.Status)
	require.NotEmpty(t, a.Msg)
	if code != 40001 {
		require.JSONEq(t, `null`, string(a.Data))
		return
	}
	told := data[struct{ Errors []fieldFault }](t, a).Errors
	require.NotEmpty(t, told)
	require.Equal(t, told[0].Reason, a.Msg)
	found := make([]string, len(told))
	for i, fault := range told {
		found[i] = fault.Field
		require.NotEmpty(t, fault.Reason)
	}
	if len(fields) > 0 {
		require.Equal(t, fields, found, a.Body)
	}
}

type fieldFault struct{ Field, Reason string }

// data reads the envelope's data.
func data[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal(a.Data, &v), a.Body)
	return v
}

// quote writes a text as JSON.
func quote(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // texts can be written
	}
	return string(out)
}

func credentials(phone, password string) string {
	return fmt.Sprintf(`{"phone":%s,"password":%s}`, quote(phone), quote(password))
}

func (s *service) login(phone, password string, headers ...header) answer {
	s.t.Helper()
	return s.call("POST", "/doctor/login", credentials(phone, password), headers...)
}

// token logs in and must succeed.
func (s *service) token(phone, password string) string {
	s.t.Helper()
	a := s.login(phone, password)
	accepted(s.t, a)
	return data[struct{ Token string }](s.t, a).Token
}

// boss is the administrator's session, once there is one.
type boss struct {
	mu    sync.Mutex
	token string
}

// admin is the token of a service's administrator; it logs in once.
func (s *service) admin() string {
	s.t.Helper()
	s.boss.mu.Lock()
	defer s.boss.mu.Unlock()
	if s.boss.token == "" {
		s.boss.token = s.token(adminPhone, adminPassword)
	}
	return s.boss.token
}

const (
	doctorPassword = "three-green-scalpels"
	doctorName     = "王小明"
)

var phones atomic.Int64

// freshPhone is a phone that no other test uses.
func freshPhone() string { return fmt.Sprintf("139%08d", phones.Add(1)) }

// register asks an administrator to register a doctor.
func (s *service) register(phone, password, name string) answer {
	s.t.Helper()
	return s.call("POST", "/doctor/register", registration(phone, password, name), bearer(s.admin()))
}

func registration(phone, password, name string) string {
	return fmt.Sprintf(`{"phone":%s,"password":%s,"name":%s}`, quote(phone), quote(password), quote(name))
}

// doctor registers a doctor under a fresh phone.
func (s *service) doctor() (phone, id string) {
	s.t.Helper()
	phone = freshPhone()
	a := s.register(phone, doctorPassword, doctorName)
	accepted(s.t, a)
	return phone, data[string](s.t, a)
}

// person is a doctor with a session.
type person struct {
	*service
	phone, id, token string
}

// person registers a doctor and logs in.
func (s *service) person() person {
	s.t.Helper()
	phone, id := s.doctor()
	return person{s, phone, id, s.token(phone, doctorPassword)}
}

// again is another session of the same doctor.
func (p person) again() person {
	p.t.Helper()
	p.token = p.service.token(p.phone, doctorPassword)
	return p
}

// on is the same session at another replica.
func (p person) on(s *service) person {
	p.service = s
	return p
}

const profilePath = "/doctor/doctor_manage"

func (p person) ask(method, path, body string, headers ...header) answer {
	p.t.Helper()
	return p.call(method, path, body, append(headers, bearer(p.token))...)
}

// get reads the profile.
func (p person) get(headers ...header) answer {
	p.t.Helper()
	return p.ask("GET", profilePath, "", headers...)
}

// profile reads the profile and must succeed.
func (p person) profile() map[string]any {
	p.t.Helper()
	a := p.get()
	accepted(p.t, a)
	return data[map[string]any](p.t, a)
}

// form is the profile's form: what must be there, and more members.
func (p person) form(members string) string {
	if members != "" {
		members = "," + members
	}
	return fmt.Sprintf(`{"phone":%q,"name":%q%s}`, p.phone, doctorName, members)
}

// patch sends the form.
func (p person) patch(members string, headers ...header) answer {
	p.t.Helper()
	return p.ask("PATCH", profilePath, p.form(members), headers...)
}

func (p person) changePassword(old, chosen string) answer {
	p.t.Helper()
	return p.ask("POST", "/doctor/password", passwords(old, chosen))
}

func passwords(old, chosen string) string {
	return fmt.Sprintf(`{"old_password":%s,"new_password":%s}`, quote(old), quote(chosen))
}
