package main_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// peak is the most memory that the service has ever held, in MiB.
func (s *service) peak() int {
	s.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	require.NoError(s.t, err)
	found := regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`).FindSubmatch(text)
	require.NotNil(s.t, found)
	kib, err := strconv.Atoi(string(found[1]))
	require.NoError(s.t, err)
	return kib >> 10
}

// filled repeats a piece until a body is as large as it may be.
func filled(before, piece, after string) string {
	return before + strings.Repeat(piece, (64<<10-len(before)-len(after))/len(piece)) + after
}

// bombs are bodies that cost a careless reader much more than they cost to send.
func bombs() map[string]string {
	var names strings.Builder
	for i := 0; names.Len() < 60<<10; i++ {
		fmt.Fprintf(&names, `"%d":0,`, i)
	}
	return map[string]string{
		"a deep list":               filled("", "[", ""),
		"a deep list in a member":   filled(`{"phone":`, "[", ""),
		"a deep object":             filled("", `{"a":`, ""),
		"a whole deep list":         `{"phone":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
		"a long number":             filled(`{"phone":`, "9", "}"),
		"a long fraction":           filled(`{"phone":0.`, "3", "}"),
		"an enormous number":        `{"phone":1e999999999,"password":-1E+99999999999999999999}`,
		"a long exponent":           filled(`{"phone":1e`, "9", "}"),
		"ten thousand members":      "{" + names.String() + `"x":0}`,
		"one member over and over":  filled("{", `"a":0,`, `"a":0}`),
		"a long name":               filled(`{"`, "n", `":0}`),
		"a name of escapes":         filled(`{"`, `\u0000`, `":0}`),
		"a text of escapes":         filled(`{"phone":"`, `\ud83d\ude00`, `"}`),
		"a text of half an escape":  filled(`{"phone":"`, `\ud83d`, `"}`),
		"a long text without end":   filled(`{"phone":"`, "x", ""),
		"blanks":                    filled("", " ", ""),
		"blanks around an object":   filled("{", "\t\r\n ", "}"),
		"marks on one letter":       filled(`{"phone":"e`, "\u0301", `","password":1}`),
		"marks in the wrong order":  filled(`{"phone":"e`, "\u0301\u0327", `","password":1}`),
		"a list of empty lists":     filled(`{"phone":[`, "[],", "[]]}"),
		"a list of empty objects":   filled(`{"phone":[`, "{},", "{}]}"),
		"NULs":                      filled("", "\x00", ""),
		"bytes that are no text":    filled(`{"phone":"`, "\xff", `"}`),
		"letters that fold strange": filled(`{"phone":"`, "\ufdfa", `","password":1}`),
	}
}

// Before anybody is known, a body costs neither memory nor a hash, however many come at once.
func TestBodiesMadeToCostMuchCostLittle(t *testing.T) {
	t.Parallel()
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_REGISTRATION=open")...)
	p := s.person()
	before := s.peak()
	for what, body := range bombs() {
		codes := together(24, func(i int) int {
			switch i % 4 {
			case 0:
				return p.ask("PATCH", profilePath, body).Code
			case 1:
				return s.call("POST", "/doctor/register", body).Code
			}
			return s.call("POST", "/doctor/login", body).Code
		})
		require.Equal(t, 24, codes[40000]+codes[40001], "%s: %v", what, codes)
	}
	// Texts that are read to the end, and then measured.
	for _, letter := range []string{"x", "\u0301", "e\u0301\u0327", "\ufdfa", "\U0002f800", "１", " ", "王"} {
		long := filled("", letter, "")[:60<<10]
		long = strings.ToValidUTF8(long, "")
		refused(t, 40001, s.call("POST", "/doctor/register", registration(freshPhone(), long, doctorName)), "password")
		refused(t, 40001, s.call("POST", "/doctor/register", registration(long, doctorPassword, doctorName)), "phone")
		refused(t, 40001, s.call("POST", "/doctor/register", registration(freshPhone(), doctorPassword, long)), "name")
		for _, field := range []string{"gender", "birth_date", "internal_id", "position_rank", "speciality", "avatar_url"} {
			if a := p.patch(quote(field) + ":" + quote(long)); strings.TrimSpace(long) != "" {
				refused(t, 40001, a, field)
			}
		}
		refused(t, 40001, p.changePassword("", long), "new_password")
	}
	require.Less(t, s.peak()-before, 160, "MiB more than before, garbage included")
	accepted(t, p.get())
}

func TestABodyThatIsNotWhatItsHeadSaysIsRefused(t *testing.T) {
	s := sharedService(t, "sqlite")
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(bytes.Repeat([]byte(" "), 32<<20))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	before := s.peak()
	for _, name := range []string{"gzip", "x-gzip", "GZIP", "gzip, gzip", "identity, gzip"} {
		refused(t, 41500, s.call("POST", "/doctor/login", packed.String(), header{"Content-Encoding", name}))
	}
	require.Equal(t, []int{501}, statuses(s.spoken(loginHead+"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"+hidden)))
	refused(t, 40000, s.call("POST", "/doctor/login", packed.String())) // packed, and nobody says so
	require.Less(t, s.peak()-before, 32)

	// More than was announced is no part of it, and no request either.
	answers := s.spoken(loginHead + "Content-Length: 2\r\n\r\n{}" + `{"phone":"x"}` + "\r\n\r\n" + hidden)
	require.Equal(t, []int{400, 400}, statuses(answers))
	refused(t, 40001, answers[0], "phone", "password")
	require.Empty(t, answers[1].Code, "the library's own")
	// Less than was announced, and then nobody: no answer, no fault of ours.
	conn := s.dial()
	_, err = io.WriteString(conn, loginHead+"Content-Length: 60\r\n\r\n{}")
	require.NoError(t, err)
	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil {
		a, err := read(response)
		require.NoError(t, err)
		refused(t, 40000, a)
	}
}

// A hundred clients that dawdle over their heads and a hundred over their bodies hold nothing that others need; and then
// they are sent away.
func TestTwoHundredSlowClientsStopNobody(t *testing.T) {
	t.Parallel()
	s := start(t, storage(t, "sqlite")...)
	p := s.person()
	const each = 100
	slow := make([]net.Conn, 2*each)
	for i := range slow {
		slow[i] = s.dial()
		begun := "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
		if i >= each {
			begun = loginHead + "Content-Length: 60000\r\n\r\n{"
		}
		_, err := io.WriteString(slow[i], begun)
		require.NoError(t, err)
	}
	drip := func(conns []net.Conn) {
		for _, conn := range conns {
			_, _ = io.WriteString(conn, " ") // who was sent away cannot go on
		}
	}
	for range 20 {
		drip(slow)
		accepted(t, p.get())
		accepted(t, s.call("GET", "/healthz", ""))
	}
	accepted(t, s.login(p.phone, doctorPassword))
	stop := make(chan struct{})
	dripping := make(chan struct{})
	go func() {
		defer close(dripping)
		for {
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Millisecond):
				drip(slow)
			}
		}
	}()
	for i, conn := range slow {
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(30*time.Second)))
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if i < each {
			require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "a slow head is waited for")
			continue // hung up on
		}
		require.NoError(t, err)
		a, err := read(response)
		require.NoError(t, err)
		refused(t, 40800, a)
		require.True(t, a.Ends)
	}
	close(stop)
	<-dripping
	accepted(t, p.get())
}
