package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asked lets two connections ask a server for a moment.
func asked(t *testing.T, handler http.HandlerFunc) tally {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	one := func() ([]byte, int) { return []byte("GET / HTTP/1.1\r\nHost: bench\r\n\r\n"), 0 }
	c := newCrew(server.Listener.Addr().String(), []script{one, one})
	defer c.leave()
	return c.work(t.Context(), 50*time.Millisecond)
}

func TestOnlyTheRightStatusAndCodeAreASuccess(t *testing.T) {
	leaksNothing(t)
	for _, c := range []struct {
		status int
		body   string
		fault  string // none: success
	}{
		{200, `{"code":0,"msg":"操作成功","data":null}`, ""},
		{200, `{"code":200,"msg":"操作成功","data":null}`, "200 00200"},
		{200, `{"code":50300,"msg":"","data":null}`, "200 50300"},
		{503, `{"code":50300,"msg":"","data":null}`, "503 50300"},
		{503, `{"code":0,"msg":"","data":null}`, "503 00000"},
		{200, `<html>`, `the answer is no envelope: "<html>"`},
		{200, ``, `the answer is no envelope: ""`},
	} {
		done := asked(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		if c.fault == "" {
			require.Empty(t, done.faults)
			require.NotEmpty(t, done.latencies)
			continue
		}
		require.Empty(t, done.latencies, "%d %s was counted as success", c.status, c.body)
		require.Len(t, done.faults, 1)
		require.Positive(t, done.faults[c.fault], "%v", done.faults)
	}
}

func TestABrokenConnectionIsAnErrorAndTheNextRequestGetsANewOne(t *testing.T) {
	leaksNothing(t)
	var n atomic.Int64
	done := asked(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1)%2 == 0 {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, `{"code":0,"msg":"","data":null}`)
	})
	require.NotEmpty(t, done.latencies)
	require.Positive(t, done.faults["EOF"], "%v", done.faults)
}

func TestAConnectionThatTheServerClosesIsReplacedQuietly(t *testing.T) {
	leaksNothing(t)
	done := asked(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, `{"code":0,"msg":"","data":null}`)
	})
	require.Empty(t, done.faults)
	require.Greater(t, len(done.latencies), 2)
}

func TestAnAnswerOfUnknownLengthIsRefused(t *testing.T) {
	leaksNothing(t)
	done := asked(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"code":0,`)
		w.(http.Flusher).Flush() // chunks
	})
	require.Empty(t, done.latencies)
	require.Positive(t, done.faults[errNoHTTP.Error()])
}

func TestNobodyListeningIsCountedAndDoesNotSpin(t *testing.T) {
	leaksNothing(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	c := newCrew(l.Addr().String(), []script{func() ([]byte, int) { return nil, 0 }})
	done := c.work(t.Context(), 30*time.Millisecond)
	require.Positive(t, done.faults["connect: connection refused"], "%v", done.faults)
	require.LessOrEqual(t, done.faults["connect: connection refused"], 31)
}

func TestLatenciesOfAllConnectionsAreInOrder(t *testing.T) {
	leaksNothing(t)
	done := asked(t, func(w http.ResponseWriter, r *http.Request) {
		body := fmt.Sprintf(`{"code":0,"msg":%q,"data":null}`, strings.Repeat("x", len(r.RemoteAddr)))
		_, _ = io.WriteString(w, body)
	})
	require.IsNonDecreasing(t, done.latencies)
	require.GreaterOrEqual(t, done.took, 50*time.Millisecond)
}

func TestACrewStopsWhenItIsTold(t *testing.T) {
	leaksNothing(t)
	ctx, stop := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stop()
		_, _ = io.WriteString(w, `{"code":0,"msg":"","data":null}`)
	}))
	defer server.Close()
	c := newCrew(server.Listener.Addr().String(), []script{
		func() ([]byte, int) { return []byte("GET / HTTP/1.1\r\nHost: bench\r\n\r\n"), 0 },
	})
	defer c.leave()
	require.Len(t, c.work(ctx, time.Hour).latencies, 1)
}
