package httpapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// unread is a body that nobody may look at.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// slow is a body whose rest does not come in time.
type slow struct{ first io.Reader }

func (s slow) Read(p []byte) (int, error) {
	if n, err := s.first.Read(p); err == nil {
		return n, nil
	}
	return 0, &netTimeout{}
}

// netTimeout wraps the deadline as net does.
type netTimeout struct{}

func (*netTimeout) Error() string   { return "read tcp 192.0.2.1:8080: i/o timeout" }
func (*netTimeout) Unwrap() error   { return os.ErrDeadlineExceeded }
func (*netTimeout) Timeout() bool   { return true }
func (*netTimeout) Temporary() bool { return true }

// TestFaultsAreToldInTheirOrder mends one fault after the other of a request that has them all.
func TestFaultsAreToldInTheirOrder(t *testing.T) {
	s := newStage(t)
	var (
		path, method       = "/doctor/register/", "FOO"
		mayDo        error = inbound.ErrForbidden // mode closed: no token was asked for
		outcome      error = inbound.Throttled{}
		length       int64 = 1 << 20
		token              = ""
		contentType        = "text/plain"
		body         io.Reader
	)
	s.Authorize = func(_ context.Context, c inbound.AuthorizeCommand) (inbound.Caller, error) {
		assert.Equal(t, token, c.Token)
		return inbound.Caller{}, mayDo
	}
	s.Register = func(context.Context, inbound.RegisterCommand) (inbound.RegisterResult, error) {
		return inbound.RegisterResult{ID: 18}, outcome
	}
	serving := false
	s.Serving = func() bool { return serving }
	const form = `{"phone":"13912345678","password":"春眠不觉晓2026","name":"王某某"}`
	ask := func() int {
		r := httptest.NewRequest(method, path, body)
		r.ContentLength = length
		r.Header.Set("Content-Type", contentType)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		New(s.Options).ServeHTTP(w, r)
		got := read(t, w.Result())
		r.Body = io.NopCloser(strings.NewReader(form)) // what is served in the end
		checkAgainstDocument(t, r, got)
		return got.Code
	}
	body = unread{t}
	for _, step := range []struct {
		code int
		mend func()
	}{
		{40400, func() { path = "/doctor/register" }},
		{40500, func() { method = http.MethodPost }},
		{50300, func() { serving = true }},
		{40300, func() { mayDo = inbound.ErrUnauthenticated }},
		{40100, func() { token, mayDo = goodToken, doctor.ErrPasswordChangeNeeded }},
		{40302, func() { mayDo = inbound.ErrForbidden }},
		{40300, func() { mayDo = nil }},
		{41500, func() { contentType = "application/json" }},
		{41300, func() { length, body = -1, slow{bytes.NewReader(nil)} }},
		{40800, func() { body = strings.NewReader(`{"phone":"1","phone":"2"}`) }},
		{40000, func() { body = strings.NewReader(`{"phone":"1"}`) }},
		{40001, func() { body = strings.NewReader(form) }},
		{42900, func() { body, outcome = strings.NewReader(form), doctor.ErrPhoneTaken }},
		{40900, func() { body, outcome = strings.NewReader(form), outbound.ErrUnavailable }},
		{50300, func() { body, outcome = strings.NewReader(form), nil }},
		{0, func() {}},
	} {
		got := ask()
		if !assert.Equal(t, step.code, got) {
			return
		}
		step.mend()
	}
}

func TestNothingOfABodyIsReadForACallerWhoMayNot(t *testing.T) {
	for _, route := range []struct{ method, path string }{
		{"POST", "/doctor/register"},
		{"POST", "/doctor/password"},
		{"PATCH", "/doctor/doctor_manage"},
		{"PATCH", "/doctor/admin/doctors/17"},
		{"DELETE", "/doctor/admin/doctors/17"},
		{"GET", "/doctor/directory/17"},
	} {
		for _, refused := range []error{inbound.ErrUnauthenticated, inbound.ErrForbidden, doctor.ErrPasswordChangeNeeded} {
			s := newStage(t)
			s.Authorize = func(context.Context, inbound.AuthorizeCommand) (inbound.Caller, error) {
				return inbound.Caller{ID: 99}, refused
			}
			r := httptest.NewRequest(route.method, route.path, unread{t})
			w := httptest.NewRecorder()
			New(s.Options).ServeHTTP(w, r)
			assert.Equal(t, problemOf(refused).status, w.Code)
			assert.Equal(t, "close", w.Header().Get("Connection"), "what is left of the body is nobody's next request")
			assert.Equal(t, doctor.ID(99), s.log[0].Doctor, "the log says who was refused")
		}
	}
}

func TestEveryRouteAsksForTheRightAction(t *testing.T) {
	actions := map[string]inbound.Action{
		"POST /doctor/register":       inbound.RegisterDoctor,
		"POST /doctor/password":       inbound.ChangeOwnPassword,
		"GET /doctor/doctor_manage":   inbound.ManageOwnProfile,
		"PATCH /doctor/doctor_manage": inbound.ManageOwnProfile,

		"GET /doctor/directory":                          inbound.ReadDirectory,
		"GET /doctor/directory/{id}":                     inbound.ReadDirectory,
		"GET /doctor/admin/doctors":                      inbound.Administer,
		"GET /doctor/admin/doctors/{id}":                 inbound.Administer,
		"PATCH /doctor/admin/doctors/{id}":               inbound.Administer,
		"DELETE /doctor/admin/doctors/{id}":              inbound.Administer,
		"POST /doctor/admin/doctors/{id}/disable":        inbound.Administer,
		"POST /doctor/admin/doctors/{id}/enable":         inbound.Administer,
		"POST /doctor/admin/doctors/{id}/reset-password": inbound.Administer,
		"GET /doctor/admin/doctors/{id}/events":          inbound.Administer,
	}
	routes := New(newStage(t).Options).(chi.Routes)
	require.NoError(t, chi.Walk(routes, func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if strings.HasPrefix(path, "/doctor/") && path != "/doctor/login" && path != "/doctor/logout" {
			assert.Contains(t, actions, method+" "+path, "a route that nobody thought of")
		}
		return nil
	}))
	for route, want := range actions {
		s := newStage(t)
		s.Authorize = func(_ context.Context, c inbound.AuthorizeCommand) (inbound.Caller, error) {
			assert.Equal(t, goodToken, c.Token)
			assert.Equal(t, want, c.To)
			return inbound.Caller{}, inbound.ErrUnauthenticated
		}
		method, path, _ := strings.Cut(route, " ")
		for _, id := range []string{"17", "nobody"} { // who may not ask learns of no id
			assert.Equal(t, 401, s.ask(method, strings.Replace(path, "{id}", id, 1), "", bearer).status)
		}
	}
}

func TestUntilTheServiceServesOnlyTheDoctorPathsAreShut(t *testing.T) {
	s := newStage(t)
	s.Serving = func() bool { return false }
	s.Authorize = uncalled[inbound.AuthorizeCommand, inbound.Caller](t)
	for route, status := range map[string]int{
		"POST /doctor/login": 503, "POST /doctor/logout": 503, "POST /doctor/register": 503, "POST /doctor/password": 503,
		"GET /doctor/doctor_manage": 503, "PATCH /doctor/doctor_manage": 503,
		"GET /doctor/directory?ids=17": 503, "DELETE /doctor/admin/doctors/17": 503,
		"GET /doctor/login": 405, "GET /doctor/nowhere": 404,
		"GET /healthz": 200, "GET /readyz": 200, "GET /openapi.json": 200,
	} {
		method, path, _ := strings.Cut(route, " ")
		got := s.ask(method, path, "", bearer)
		assert.Equal(t, status, got.status, route)
		if status == 503 {
			assert.Equal(t, 50300, got.Code)
			assert.Equal(t, "1", got.header.Get("Retry-After"))
		}
	}
	assert.Empty(t, s.reports, "who starts a service knows that it starts")
}
