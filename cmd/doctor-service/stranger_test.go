package main_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// newKey writes a signing key as an operator makes one: openssl genpkey -algorithm ed25519.
func newKey(t *testing.T, path string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
}

// answer is what came back, the envelope read.
type answer struct {
	Status  int
	Header  http.Header
	Body    string
	Code    int             `json:"code"`
	Msg     string          `json:"msg"`
	Message *string         `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// header is a header of a request.
type header struct{ name, value string }

func bearer(token string) header { return header{"Authorization", "Bearer " + token} }

// call sends a request; a body that is not empty is JSON unless a header says otherwise.
func (s *service) call(method, path, body string, headers ...header) answer {
	s.t.Helper()
	a, err := s.try(method, path, body, headers...)
	require.NoError(s.t, err)
	return a
}

// try is call for moments in which a service may be gone.
func (s *service) try(method, path, body string, headers ...header) (answer, error) {
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
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
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{Status: response.StatusCode, Header: response.Header, Body: string(text)}
	_ = json.Unmarshal(text, &a) // some answers have no envelope
	return a, nil
}

// data reads the envelope's data.
func data[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal(a.Data, &v), a.Body)
	return v
}

func (s *service) login(phone, password string) answer {
	s.t.Helper()
	return s.call("POST", "/doctor/login", fmt.Sprintf(`{"phone":%q,"password":%q}`, phone, password))
}

// token logs in and must succeed.
func (s *service) token(phone, password string) string {
	s.t.Helper()
	a := s.login(phone, password)
	require.Equal(s.t, 200, a.Status, a.Body)
	return data[struct{ Token string }](s.t, a).Token
}

func (s *service) admin() string { return s.token(adminPhone, adminPassword) }

const doctorPassword = "three-green-scalpels"

var phones atomic.Int64

// freshPhone is a phone that no other test uses.
func freshPhone() string { return fmt.Sprintf("139%08d", phones.Add(1)) }

// doctor registers a doctor under a fresh phone.
func (s *service) doctor() (phone, id string) {
	s.t.Helper()
	phone = freshPhone()
	a := s.call("POST", "/doctor/register",
		fmt.Sprintf(`{"phone":%q,"password":%q,"name":"王小明"}`, phone, doctorPassword), bearer(s.admin()))
	require.Equal(s.t, 200, a.Status, a.Body)
	return phone, data[string](s.t, a)
}
