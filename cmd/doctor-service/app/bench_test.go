package app

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	httpapi "hospital.example/doctor-service/adapters/http"
)

// nowhere takes an answer and keeps its status.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(status int)      { n.status = status }

// benchmarked is the whole service but for the network and a database: what the house itself costs.
func benchmarked(b *testing.B) (api http.Handler, token string) {
	b.Helper()
	p, s := newProgram(b)
	p.stderr = io.Discard
	var o httpapi.Options
	service := fx.New(graph(p, s), fx.Supply(&firstFault{}), fx.Populate(&o))
	require.NoError(b, service.Start(b.Context()))
	b.Cleanup(func() { require.NoError(b, service.Stop(context.Background())) })
	api = httpapi.New(o)
	require.Eventually(b, func() bool {
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, httptest.NewRequest("GET", "/readyz", nil))
		return answer.Code == http.StatusOK
	}, 10*time.Second, time.Millisecond)

	_, password, _ := strings.Cut(p.stdout.(*transcript).String(), "password")
	login := httptest.NewRequest("POST", "/doctor/login",
		strings.NewReader(`{"phone":"`+firstPhone+`","password":"`+strings.TrimSpace(password)+`"}`))
	login.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, login)
	_, token, _ = strings.Cut(answer.Body.String(), `"token":"`)
	token, _, found := strings.Cut(token, `"`)
	require.True(b, found, answer.Body)
	return api, token
}

func BenchmarkRead(b *testing.B) {
	api, token := benchmarked(b)
	r := httptest.NewRequest("GET", "/doctor/doctor_manage", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	b.ReportAllocs()
	for b.Loop() {
		answer := nowhere{header: http.Header{}}
		if api.ServeHTTP(&answer, r); answer.status != http.StatusOK {
			b.Fatal(answer.status)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	api, token := benchmarked(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := httptest.NewRequest("PATCH", "/doctor/doctor_manage",
			strings.NewReader(`{"phone":"`+firstPhone+`","name":"王某某","speciality":"`+strconv.Itoa(i)+`"}`))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		answer := nowhere{header: http.Header{}}
		if api.ServeHTTP(&answer, r); answer.status != http.StatusOK {
			b.Fatal(answer.status)
		}
	}
}
