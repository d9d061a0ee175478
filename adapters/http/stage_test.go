package httpapi

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// stage is the program around the handler, made of literals. Use cases that a test does not set must not be called.
type stage struct {
	t *testing.T
	Options

	mu      sync.Mutex
	log     []Access
	reports []string
}

const (
	goodToken = "head.claims.signature"
	goodPhone = "13912345678"
	goodName  = "王某某"
	goodWord  = "春眠不觉晓2026"
)

var (
	noon = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
	me   = inbound.Caller{ID: 17, Role: doctor.Ordinary, LoggedInAt: noon}
)

func newStage(t *testing.T) *stage {
	s := &stage{t: t}
	s.UseCases = inbound.UseCases{
		Authorize: func(_ context.Context, c inbound.AuthorizeCommand) (inbound.Caller, error) {
			if c.Token != goodToken {
				return inbound.Caller{}, inbound.ErrUnauthenticated
			}
			return me, nil
		},
		Login:          uncalled[inbound.LoginCommand, inbound.LoginResult](t),
		Logout:         uncalled[inbound.LogoutCommand, inbound.Done](t),
		Register:       uncalled[inbound.RegisterCommand, inbound.RegisterResult](t),
		ViewProfile:    uncalled[inbound.ViewProfileCommand, inbound.ProfileResult](t),
		ManageProfile:  uncalled[inbound.ManageProfileCommand, inbound.ProfileResult](t),
		ChangePassword: uncalled[inbound.ChangePasswordCommand, inbound.Done](t),

		LookUpDoctors: uncalled[inbound.LookUpDoctorsCommand, inbound.DoctorsResult](t),
		ListDoctors:   uncalled[inbound.ListDoctorsCommand, inbound.DoctorsResult](t),
		ViewDoctor:    uncalled[inbound.ViewDoctorCommand, inbound.ProfileResult](t),
		ManageDoctor:  uncalled[inbound.ManageDoctorCommand, inbound.ProfileResult](t),
		DisableDoctor: uncalled[inbound.DoctorCommand, inbound.ProfileResult](t),
		EnableDoctor:  uncalled[inbound.DoctorCommand, inbound.ProfileResult](t),
		ResetPassword: uncalled[inbound.DoctorCommand, inbound.ResetPasswordResult](t),
		EraseDoctor:   uncalled[inbound.DoctorCommand, inbound.Done](t),
		ListEvents:    uncalled[inbound.ListEventsCommand, inbound.EventsResult](t),
	}
	s.PasswordPolicy = doctor.PasswordPolicy{MinLength: 8, Common: func(p string) bool { return p == "password1" }}
	s.PublicKeys = func() []inbound.PublicKey {
		return []inbound.PublicKey{{ID: "2026-11", Key: make(ed25519.PublicKey, ed25519.PublicKeySize)}}
	}
	s.Ready = func() []inbound.Missing { return nil }
	s.Serving = func() bool { return true }
	s.Draining = func() bool { return false }
	s.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "up 1\n") })
	s.Now = func() time.Time { return noon }
	s.Report = reporter{s}
	s.Log = func(_ context.Context, a Access) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.log = append(s.log, a)
	}
	return s
}

func uncalled[C, R any](t *testing.T) inbound.UseCase[C, R] {
	return func(_ context.Context, c C) (R, error) {
		var none R
		t.Errorf("the use case of %T must not be called", c)
		return none, assert.AnError
	}
}

// reporter keeps what operators would read.
type reporter struct{ *stage }

func (s reporter) Report(_ context.Context, l outbound.Level, what string, details ...outbound.Detail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports = append(s.reports, fmt.Sprint(l, " ", what, " ", details))
}

// answered is an answer as a client sees it.
type answered struct {
	status  int
	header  http.Header
	body    string
	Code    int             `json:"code"`
	Msg     string          `json:"msg"`
	Message *string         `json:"message"`
	Data    json.RawMessage `json:"data"`
}

func (a answered) reasons(t *testing.T) map[string]string {
	t.Helper()
	var data fieldFaults
	require.NoError(t, json.Unmarshal(a.Data, &data), a.body)
	out := map[string]string{}
	for _, e := range data.Errors {
		out[e.Field] = e.Reason
	}
	return out
}

func (a answered) fields(t *testing.T) []string {
	t.Helper()
	var data fieldFaults
	require.NoError(t, json.Unmarshal(a.Data, &data), a.body)
	out := []string{}
	for _, e := range data.Errors {
		out = append(out, e.Field)
	}
	return out
}

// with changes a request before it is sent.
type with func(*http.Request)

func header(name string, values ...string) with {
	return func(r *http.Request) { r.Header[http.CanonicalHeaderKey(name)] = values }
}

func bearer(r *http.Request) { r.Header.Set("Authorization", "Bearer "+goodToken) }

// ask sends a request and holds both it and its answer against the OpenAPI document, and the answer against the headers
// that every one has. A body is JSON unless a header says otherwise.
func (s *stage) ask(method, target, body string, more ...with) answered {
	s.t.Helper()
	return s.askOf(New(s.Options), method, target, body, more...)
}

func (s *stage) askOf(h http.Handler, method, target, body string, more ...with) answered {
	s.t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, content)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, change := range more {
		change(r)
	}
	copied := r.Clone(r.Context())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := read(s.t, w.Result())
	copied.Body = io.NopCloser(strings.NewReader(body))
	checkAgainstDocument(s.t, copied, got)
	checkHeaders(s.t, r.Method, got)
	return got
}

func read(t *testing.T, response *http.Response) answered {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	got := answered{status: response.StatusCode, header: response.Header, body: string(body)}
	if bytes.HasPrefix(body, []byte(`{"code":`)) {
		require.NoError(t, json.Unmarshal(body, &got), "%s", body)
	}
	return got
}

// someDoctor is a stored doctor with everything set.
func someDoctor(t *testing.T, version int64) *doctor.Doctor {
	t.Helper()
	d, err := doctor.Restore(doctor.Snapshot{
		ID: 17, Phone: goodPhone, Name: goodName, Gender: "男", BirthDate: "1980-05-15", HospitalID: 3,
		InternalID: "DOC2023001", DepartmentID: 1, PositionRank: "主任医师", Speciality: "冠心病介入治疗",
		AvatarURL: "https://example.com/avatars/doc001.jpg?a=1&b=2", Credential: "$argon2id$secret", Role: "doctor",
		Status: "active", Version: version, Generation: 1,
		CreatedAt: time.Date(2026, 11, 1, 8, 30, 0, 0, time.UTC),
		UpdatedAt: time.Date(2026, 11, 20, 2, 15, 42, 123456000, time.UTC),
	})
	require.NoError(t, err)
	return d
}
