package main_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// spoken sends bytes as they are and gives every answer until the service hangs up, which it must. What a proxy and the
// service count as one request must be the same, or somebody hides a second request inside the first.
func (s *service) spoken(text string) (answers []answer) {
	s.t.Helper()
	conn := s.dial()
	require.NoError(s.t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err := io.WriteString(conn, text)
	require.NoError(s.t, err, text)
	asked, _, _ := strings.Cut(text, " ")
	for in := bufio.NewReader(conn); ; asked = "" {
		if _, err := in.Peek(1); err != nil {
			require.NotErrorIs(s.t, err, os.ErrDeadlineExceeded, "the connection stays open after %d answers to %q", len(answers), text)
			return answers
		}
		response, err := http.ReadResponse(in, &http.Request{Method: asked})
		require.NoError(s.t, err, text)
		a, err := read(response)
		require.NoError(s.t, err, text)
		answers = append(answers, a)
	}
}

func statuses(answers []answer) (out []int) {
	for _, a := range answers {
		out = append(out, a.Status)
	}
	return out
}

const (
	loginHead = "POST /doctor/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	lastWord  = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	hidden    = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
)

func TestARequestWhoseEndIsInDoubtIsRefusedAndNothingAfterItIsHeard(t *testing.T) {
	s := sharedService(t, "sqlite")
	for what, head := range map[string]string{
		"two lengths":                     "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
		"two lengths in a list":           "Content-Length: 2, 3\r\n\r\n{}",
		"a length with a sign":            "Content-Length: +2\r\n\r\n{}",
		"a length below nothing":          "Content-Length: -2\r\n\r\n{}",
		"a length in hexadecimal":         "Content-Length: 0x2\r\n\r\n{}",
		"a length beyond all bounds":      "Content-Length: 99999999999999999999\r\n\r\n{}",
		"a blank before the colon":        "Content-Length : 2\r\n\r\n{}",
		"a tab before the colon":          "Transfer-Encoding\t: chunked\r\nContent-Length: 2\r\n\r\n{}",
		"an unknown encoding":             "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}",
		"an encoding twice":               "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"an encoding twice in a list":     "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
		"identity last":                   "Transfer-Encoding: chunked, identity\r\nContent-Length: 2\r\n\r\n{}",
		"an encoding behind a tab":        "Transfer-Encoding: \x0bchunked\r\nContent-Length: 2\r\n\r\n{}",
		"an encoding in quotes":           "Transfer-Encoding: \"chunked\"\r\nContent-Length: 2\r\n\r\n{}",
		"a NUL in a header":               "X: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
		"a bare CR in a header":           "X: a\rContent-Length: 40\r\nContent-Length: 2\r\n\r\n{}",
		"a header without a name":         ": x\r\nContent-Length: 2\r\n\r\n{}",
		"a header without a colon":        "x\r\nContent-Length: 2\r\n\r\n{}",
		"a second host":                   "Host: y\r\nContent-Length: 2\r\n\r\n{}",
		"a chunk of a signed size":        "Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
		"a chunk of a size in C":          "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
		"a chunk of an enormous size":     "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff2\r\n{}\r\n0\r\n\r\n",
		"a chunk's size before a bare LF": "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
		"a chunk that goes on":            "Transfer-Encoding: chunked\r\n\r\n2\r\n{} and more\r\n0\r\n\r\n",
		"a chunk of extensions alone":     "Transfer-Encoding: chunked\r\n\r\n2;" + strings.Repeat("x", 40<<10) + "\r\n{}\r\n0\r\n\r\n",
	} {
		answers := s.spoken(loginHead + head + hidden)
		require.Len(t, answers, 1, what)
		require.Contains(t, []int{400, 501}, answers[0].Status, "%s: %s", what, answers[0].Body)
		require.NotContains(t, answers[0].Body, `"field"`, "%s: the body was read", what)
	}
	for what, line := range map[string]string{
		"two blanks":              "GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"a word too many":         "GET /healthz HTTP/1.1 x\r\nHost: x\r\n\r\n",
		"no version":              "GET /healthz\r\nHost: x\r\n\r\n",
		"a version in lower case": "GET /healthz http/1.1\r\nHost: x\r\n\r\n",
		"no host":                 "GET /healthz HTTP/1.1\r\n\r\n",
		"a host that is a path":   "GET /healthz HTTP/1.1\r\nHost: x/y\r\n\r\n",
		"a host of two lines":     "GET /healthz HTTP/1.1\r\nHost: x\x0by\r\n\r\n",
		"a method with a comma":   "GE,T /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"no slash":                "GET healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		answers := s.spoken(line + hidden)
		require.Len(t, answers, 1, what)
		require.Contains(t, []int{400, 505}, answers[0].Status, "%s: %s", what, answers[0].Body)
	}
}

// A chunked body ends where its chunks end, whatever length is claimed beside it, and nothing comes after it: whoever
// stands between may have gone by that length. Its trailers are no headers.
func TestOfALengthAndChunksTheChunksCount(t *testing.T) {
	s := sharedService(t, "sqlite")
	p := s.person()
	for _, head := range []string{
		"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 60000\r\n",
	} {
		answers := s.spoken(loginHead + head + "\r\n2\r\n{}\r\n0\r\n\r\n" + lastWord)
		require.Equal(t, []int{400}, statuses(answers))
		refused(t, 40001, answers[0], "phone", "password")
	}
	answers := s.spoken("PATCH /doctor/doctor_manage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
		"Transfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n2\r\n{}\r\n0\r\nAuthorization: Bearer " + p.token + "\r\n\r\n" + hidden)
	require.Equal(t, []int{401}, statuses(answers))
}

func TestABodyNobodyAskedForIsNeverTheNextRequest(t *testing.T) {
	s := sharedService(t, "sqlite")
	for _, line := range []string{
		"GET /healthz", "HEAD /healthz", "GET /doctor/doctor_manage", "POST /doctor/logout", "DELETE /doctor/login", "GET /nowhere",
		"OPTIONS *", "GET /docs", "GET /.well-known/jwks.json", "GET /openapi.json", "POST /healthz", "TRACE /healthz",
	} {
		for _, framing := range []string{
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(hidden), hidden),
			fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(hidden), hidden),
		} {
			answers := s.spoken(line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + framing)
			require.Len(t, answers, 1, "%s %q", line, framing)
			// Nor where the client would go on: either the service hangs up, or it has skipped the body as such.
			answers = s.spoken(line + " HTTP/1.1\r\nHost: x\r\n" + framing + lastWord)
			require.LessOrEqual(t, len(answers), 2, "%s %q", line, framing)
		}
	}
}

func TestRequestsSentInOneBreathAreAnsweredInTurnToEachItsOwn(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		people := []person{s.person(), s.person(), s.person()}
		var breath strings.Builder
		for i := range 30 {
			fmt.Fprintf(&breath, "GET /doctor/doctor_manage HTTP/1.1\r\nHost: x\r\nX-Request-Id: turn-%d\r\n", i)
			if i%4 != 3 { // who brings no token is nobody, though others of the same connection did
				fmt.Fprintf(&breath, "Authorization: Bearer %s\r\n", people[i%3].token)
			}
			breath.WriteString("\r\n")
		}
		answers := s.spoken(breath.String() + lastWord)
		require.Len(t, answers, 31)
		for i, a := range answers[:30] {
			require.Equal(t, fmt.Sprintf("turn-%d", i), a.Header.Get("X-Request-Id"))
			if i%4 == 3 {
				refused(t, 40100, a)
			} else {
				require.Contains(t, a.Body, people[i%3].phone)
			}
		}
	})
}

func TestNobodyTurnsTheConnectionIntoAnother(t *testing.T) {
	s := sharedService(t, "sqlite")
	for _, upgrade := range []string{
		"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
		"Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
	} {
		require.Equal(t, []int{200, 200}, statuses(s.spoken("GET /healthz HTTP/1.1\r\nHost: x\r\n"+upgrade+"\r\n"+lastWord)))
	}
	require.Equal(t, []int{405}, statuses(s.spoken("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+lastWord)))
	// Nor does it lead elsewhere.
	for _, target := range []string{"127.0.0.1:22", "x:443", "/doctor/login", "*"} {
		for _, a := range s.spoken("CONNECT " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") {
			require.Contains(t, []int{400, 404, 405}, a.Status, target)
		}
	}
	require.Equal(t, []int{404}, statuses(s.spoken("GET http://127.0.0.1:22/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")))
	a := s.spoken("TRACE /healthz HTTP/1.1\r\nHost: x\r\nX-Secret: hush\r\nConnection: close\r\n\r\n")
	require.Equal(t, []int{405}, statuses(a))
	require.NotContains(t, a[0].Body, "hush")
}

func TestNoAnswerRepeatsTheHostThatTheClientNames(t *testing.T) {
	s := sharedService(t, "sqlite")
	for path := range routes {
		for _, h := range []header{
			{"X-Forwarded-Host", "evil.example.com"},
			{"Forwarded", "host=evil.example.com;proto=https"},
			{"X-Forwarded-Proto", "evil.example.com"},
			{"X-Original-URL", "/evil.example.com"},
			{"X-Rewrite-URL", "/evil.example.com"},
			{"Origin", "https://evil.example.com"},
			{"Referer", "https://evil.example.com"},
		} {
			a := s.raw("GET "+path+" HTTP/1.1\nHost: evil.example.com\nConnection: close\n"+h.name+": "+h.value+"\n\n", "")
			require.Equal(t, s.call("GET", path, "").Status, a.Status, "%s with %s", path, h.name)
			require.NotContains(t, a.Body+fmt.Sprint(a.Header), "evil.example.com", "%s with %s", path, h.name)
		}
	}
}

func TestNoDisguiseOfAPathLeadsToItsRoute(t *testing.T) {
	s := sharedService(t, "sqlite")
	body := credentials(adminPhone, adminPassword)
	login := func(target string) answer {
		return s.raw(fmt.Sprintf("POST %s HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: %d\nConnection: close\n\n", target, len(body)), body)
	}
	for _, same := range []string{"/doctor/login", "/doctor/login?", "/doctor/login?x=/../y;z", "http://elsewhere/doctor/login"} {
		accepted(t, login(same))
	}
	for _, target := range []string{
		"/doctor/login/x.css", "/doctor/login;.js", "/doctor/login;a=b", "/doctor/login.json", "/doctor/login%20", "/doctor/login%0a",
		"/doctor/log%69n", "/%64octor/login", "/doctor%2Flogin", "/doctor%252flogin", "/doctor/%2e/login", "/doctor/%2e%2e/doctor/login",
		"/doctor/..%2fdoctor/login", "/doctor/..;/doctor/login", "/./doctor/login", "/doctor/login/.", "/doctor/login/..", "/doctor/login%23",
		"/doctor/login%3f", "/doctor/login%5c", `/doctor\login`, "/doctor/login//", "/doctor/login%E2%80%8B", "/doctor/login%c0%af", "/x/../doctor/login",
	} {
		refused(t, 40400, login(target))
	}
}

func TestTheMethodIsThatOfTheRequestLine(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		before := p.get().Body
		for _, name := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
			for _, method := range []string{"PATCH", "GET", "DELETE"} {
				refused(t, 40500, p.ask("POST", profilePath+"?_method="+method, p.form(`"gender":"男","_method":"`+method+`"`), header{name, method}))
			}
			require.Equal(t, before, p.get(header{name, "PATCH"}).Body)
		}
	})
}
