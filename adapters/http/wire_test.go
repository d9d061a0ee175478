package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"hospital.example/doctor-service/ports/inbound"
)

// These tests speak HTTP by hand over a real socket, as clients do that no library would write.

// wire serves the stage on a port of its own; tune may make the server's patience short or endless.
func (s *stage) wire(tune func(*http.Server)) string {
	s.t.Helper()
	before := goleak.IgnoreCurrent()
	server := Server(New(s.Options), s.Report)
	if tune != nil {
		tune(server)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s.t, err)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	s.t.Cleanup(func() {
		assert.NoError(s.t, server.Close())
		assert.ErrorIs(s.t, <-ended, http.ErrServerClosed)
		goleak.VerifyNone(s.t, before, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait")) // it lingers
	})
	return listener.Addr().String()
}

// line is one connection.
type line struct {
	*net.TCPConn
	t  *testing.T
	in *bufio.Reader
}

func dial(t *testing.T, address string) line {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	require.NoError(t, err)
	require.NoError(t, connection.SetDeadline(time.Now().Add(20*time.Second)))
	t.Cleanup(func() { _ = connection.Close() })
	return line{connection.(*net.TCPConn), t, bufio.NewReader(connection)}
}

// say sends text; its line breaks are those of HTTP.
func (l line) say(text string) line {
	l.t.Helper()
	_, err := io.WriteString(l, strings.ReplaceAll(text, "\n", "\r\n"))
	require.NoError(l.t, err)
	return l
}

func (l line) hear() answered {
	l.t.Helper()
	response, err := http.ReadResponse(l.in, nil)
	require.NoError(l.t, err)
	defer response.Body.Close()
	got := read(l.t, response)
	if response.Close { // where net/http puts the header
		got.header.Set("Connection", "close")
	}
	return got
}

// isOver tells that nothing more comes.
func (l line) isOver() {
	l.t.Helper()
	rest, err := io.ReadAll(l.in)
	assert.Empty(l.t, string(rest))
	if err != nil {
		assert.ErrorContains(l.t, err, "reset")
	}
}

func patient(server *http.Server) {
	server.ReadTimeout, server.ReadHeaderTimeout, server.WriteTimeout = 0, 0, 0
}

func hurried(server *http.Server) { server.ReadTimeout = 100 * time.Millisecond }

const authorized = "Host: h\nAuthorization: Bearer " + goodToken + "\nContent-Type: application/json\n"

func TestASlowBodyIs408AndEndsTheConnection(t *testing.T) {
	s := newStage(t)
	l := dial(t, s.wire(hurried)).say("PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + "Content-Length: 100\n\n{\"phone\":")
	got := l.hear()
	assert.Equal(t, `{"code":40800,"msg":"请求体到达太慢","message":"请求体到达太慢","data":null}`, got.body)
	assert.Equal(t, "close", got.header.Get("Connection"))
	l.isOver()
}

func TestWhoIsRefusedNeedNotSendTheBodyFirst(t *testing.T) {
	for request, status := range map[string]int{
		"PATCH /doctor/doctor_manage HTTP/1.1\nHost: h\nContent-Length: 100\n\n{":                                 401,
		"PATCH /doctor/doctor_manage HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n":                           401,
		"POST /nowhere HTTP/1.1\nHost: h\nContent-Length: 100\n\n":                                                404,
		"DELETE /doctor/login HTTP/1.1\nHost: h\nContent-Length: 100\n\n":                                         405,
		"PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + "Content-Encoding: gzip\nContent-Length: 100\n\n": 415,
		"PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + "Content-Length: 65537\n\n":                       413,
		"PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + "Content-Length: 9223372036854775807\n\n":         413,
		"PATCH /doctor/doctor_manage HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: 100\n\n":            401,
		"POST /doctor/register HTTP/1.1\nHost: h\nExpect: 100-continue\nTransfer-Encoding: chunked\n\n":           401,
	} {
		s := newStage(t)
		l := dial(t, s.wire(patient)).say(request)
		got := l.hear() // "100 Continue" would be heard first
		assert.Equal(t, status, got.status, request)
		assert.Equal(t, "close", got.header.Get("Connection"), request)
		require.NoError(t, l.CloseWrite())
		l.isOver()
	}
}

func TestABodyIsAskedForOnceTheCallerMay(t *testing.T) {
	s := newStage(t)
	s.managing()
	l := dial(t, s.wire(patient)).say("PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized +
		fmt.Sprintf("Expect: 100-continue\nContent-Length: %d\n\n", len(wholeForm)))
	assert.Equal(t, 100, l.hear().status)
	assert.Equal(t, 200, l.say(wholeForm).hear().status)
}

func TestRequestsOnOneConnectionAreAnsweredInTurn(t *testing.T) {
	s := newStage(t)
	s.managing()
	one := "PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + fmt.Sprintf("Content-Length: %d\n\n", len(wholeForm)) + wholeForm
	other := "GET /healthz HTTP/1.1\nHost: h\n\n"
	third := "POST /doctor/logout HTTP/1.1\nHost: h\nConnection: close\n\n"
	s.Logout = func(context.Context, inbound.LogoutCommand) (inbound.Done, error) {
		return inbound.Done{}, inbound.ErrUnauthenticated
	}
	l := dial(t, s.wire(nil)).say(one + other + one + third)
	assert.Equal(t, 200, l.hear().Code)
	assert.Equal(t, 0, l.hear().Code)
	assert.Equal(t, 200, l.hear().Code)
	assert.Equal(t, 40100, l.hear().Code)
	l.isOver()
}

func TestWhatFollowsAnUnreadBodyIsNeverTheNextRequest(t *testing.T) {
	hidden := "GET /healthz HTTP/1.1\nHost: h\n\n"
	for _, request := range []string{
		"POST /doctor/register HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nZZ\n" + hidden,
		"PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + "Transfer-Encoding: chunked\n\nZZ\n" + hidden,
		"POST /doctor/register HTTP/1.1\nHost: h\nContent-Length: 10\n\n{}" + hidden,
		// Two lengths: the chunks count, and nothing after them does.
		"POST /doctor/register HTTP/1.1\nHost: h\nContent-Length: 4\nTransfer-Encoding: chunked\n\n0\n\n" + hidden,
		"PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + "Content-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n" + hidden,
	} {
		s := newStage(t)
		l := dial(t, s.wire(nil)).say(request)
		got := l.hear()
		assert.Contains(t, []int{40000, 40100}, got.Code)
		l.isOver()
	}
}

func TestABodyThatBreaksOffIsNoJSON(t *testing.T) {
	s := newStage(t)
	l := dial(t, s.wire(nil)).say("PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + "Content-Length: 100\n\n{\"phone\":")
	require.NoError(t, l.CloseWrite())
	assert.Equal(t, 40000, l.hear().Code)
	l.isOver()
}

func TestAChunkedBodyOverTheLimitIs413(t *testing.T) {
	s := newStage(t)
	chunk := "4000\n" + strings.Repeat("x", 0x4000) + "\n"
	l := dial(t, s.wire(nil)).say("PATCH /doctor/doctor_manage HTTP/1.1\n" + authorized + "Transfer-Encoding: chunked\n\n" +
		strings.Repeat(chunk, 5))
	got := l.hear()
	assert.Equal(t, 41300, got.Code)
	assert.Equal(t, "close", got.header.Get("Connection"))
}

func TestBrokenHTTPIsAnsweredByTheLibraryInPlainText(t *testing.T) {
	for request, status := range map[string]int{
		"GET /healthz HTTP/1.1\n\n": 400, // no Host
		"POST /doctor/login HTTP/1.1\nHost: h\nContent-Length: 1\nContent-Length: 2\n\n{}": 400,
		"POST /doctor/login HTTP/1.1\nHost: h\nContent-Length: -1\n\n{}":                   400,
		"GET /healthz HTTP/1.1\nHost: h\nBad Header: x\n\n":                                400,
		"GET /healthz HTTP/1.1\nHost: h\nX-Request-Id: a\rb\n\n":                           400,
		"GET /healthz HTTP/1.1\nHost: h\nX: " + strings.Repeat("x", 32<<10) + "\n\n":       431,
		"GET /healthz HTTP/1.1\nHost: h\n" + strings.Repeat("X: "+goodToken+"\n", 2000):    431,
		"POST /doctor/login HTTP/1.1\nHost: h\nTransfer-Encoding: gzip\n\n":                501,
		"GET /healthz HTTP/3.1\nHost: h\n\n":                                               505,
		"POST /doctor/login HTTP/1.1\nHost: h\nTransfer-Encoding : chunked\n\n":            400,
		"POST /doctor/login HTTP/1.1\nHost: h\nTransfer-Encoding: xchunked\n\n":            501,
		"POST /doctor/login HTTP/1.1\nHost: h\nTransfer-Encoding: chunked, identity\n\n":   501,
		"POST /doctor/login HTTP/1.1\nHost: h\nContent-Length: 1, 2\n\n{}":                 400,
		"POST /doctor/login HTTP/1.1\nHost: h\nContent-Length: +2\n\n{}":                   400,
		"POST /doctor/login HTTP/1.1\nHost: h\nContent-Length: 2\n folded\n\n{}":           400,
		"POST /doctor/login HTTP/1.1\nHost: h\nExpect: 200-ok\nContent-Length: 2\n\n":      417,
	} {
		s := newStage(t)
		l := dial(t, s.wire(nil))
		_, _ = io.WriteString(l, strings.ReplaceAll(request, "\n", "\r\n")) // it may hang up before all is sent
		got := l.hear()
		assert.Equal(t, status, got.status, "%.80q", request)
		assert.NotContains(t, got.body, goodToken)
	}
}

func TestOptionsForTheWholeServerIs405(t *testing.T) {
	s := newStage(t)
	got := dial(t, s.wire(nil)).say("OPTIONS * HTTP/1.1\nHost: h\n\n").hear()
	assert.Equal(t, 40500, got.Code)
	assert.Equal(t, "GET, HEAD, POST, PATCH, DELETE", got.header.Get("Allow"))
	got = dial(t, s.wire(nil)).say("GET * HTTP/1.1\nHost: h\n\n").hear()
	assert.Equal(t, 40400, got.Code)
	got = dial(t, s.wire(nil)).say("CONNECT h:443 HTTP/1.1\nHost: h\n\n").hear()
	assert.Equal(t, 40400, got.Code)
}

func TestNobodyIsTakenOnToHTTP2(t *testing.T) {
	s := newStage(t)
	got := dial(t, s.wire(nil)).say("GET /healthz HTTP/1.1\nHost: h\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n\n").hear()
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":null}`, got.body)
	assert.Empty(t, got.header.Get("Upgrade"))
	got = dial(t, s.wire(nil)).say("PRI * HTTP/2.0\n\nSM\n\n").hear() // how HTTP/2 begins
	assert.Equal(t, 40500, got.Code)
}

func TestAClientThatLeftIsLoggedAndNotAnswered(t *testing.T) {
	s := newStage(t)
	began, logged := make(chan struct{}), make(chan Access, 1)
	s.Logout = func(ctx context.Context, _ inbound.LogoutCommand) (inbound.Done, error) {
		close(began)
		<-ctx.Done()
		return inbound.Done{}, fmt.Errorf("revoking: %w", ctx.Err())
	}
	s.Log = func(_ context.Context, a Access) { logged <- a }
	l := dial(t, s.wire(nil)).say("POST /doctor/logout HTTP/1.1\n" + authorized + "\n")
	<-began
	require.NoError(t, l.CloseWrite()) // gone, as far as a server can tell
	assert.Equal(t, 499, (<-logged).Status)
	l.isOver() // an unfinished answer must not look like a success
	assert.Empty(t, s.reports)
}

func TestHTTP10ClientsAreServed(t *testing.T) {
	s := newStage(t)
	l := dial(t, s.wire(nil)).say("GET /healthz HTTP/1.0\n\n")
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":null}`, l.hear().body)
	l.isOver()
}

func TestTheServersPatienceIsBounded(t *testing.T) {
	server := Server(http.NotFoundHandler(), newStage(t).Report)
	assert.Equal(t, 5*time.Second, server.ReadHeaderTimeout)
	assert.Equal(t, 10*time.Second, server.ReadTimeout)
	assert.Equal(t, 15*time.Second, server.WriteTimeout)
	assert.Equal(t, 60*time.Second, server.IdleTimeout)
	assert.Equal(t, 16<<10, server.MaxHeaderBytes)
}

func TestWhatTheServerItselfSaysIsReported(t *testing.T) {
	s := newStage(t)
	Server(http.NotFoundHandler(), s.Report).ErrorLog.Print("http: Accept error: too many open files")
	require.Len(t, s.reports, 1)
	assert.Contains(t, s.reports[0], "too many open files")
}
