package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
)

// traffic is doctors who ask a service without pause while something goes wrong around it. Whatever that is: a request is
// answered as it should be, or soon by a 503 that says when to come again; nothing that was acknowledged is lost; nobody
// is let in whose session has ended; and the process says that it is alive.
type traffic struct {
	*service
	requests []*request
	wrong    transcript
	over     chan struct{}
	running  sync.WaitGroup
	alive    atomic.Int64 // the slowest answer of /healthz, which waits for nothing: it is the machine's share in others
	reader   session
	changer  session
	changes  atomic.Int64 // the number of the last change that was acknowledged
}

// session is that of a doctor who may log in again meanwhile.
type session struct {
	person
	token atomic.Value
}

// soon is how long anybody waits for a 503.
const soon = 3500 * time.Millisecond

// What is asked for.
const (
	aRead      = "a profile is read"
	aChange    = "a profile is changed"
	aLogin     = "a doctor logs in"
	aTurnover  = "a doctor logs in and out"
	aGoneToken = "a doctor who has logged out tries again"
)

// writes are those that change what is stored.
var writes = []string{aChange, aLogin, aTurnover}

// request is one that is sent again and again, and what became of it.
type request struct {
	what            string
	status          int // of its proper answer
	send            func() (answer, error)
	served, refused atomic.Int64
	refusals        []time.Duration // how long each was waited for; to be looked at when all is over
}

// traffic begins.
func (s *service) traffic() *traffic {
	s.t.Helper()
	comer := s.person()
	first := comer.again()
	accepted(s.t, first.ask("POST", "/doctor/logout", ""))
	t := &traffic{service: s, over: make(chan struct{})}
	t.reader.person, t.changer.person = s.person(), s.person()
	t.renew()
	var (
		n    int64
		come string
		gone atomic.Value
	)
	gone.Store(first.token)
	t.requests = []*request{
		{what: aRead, status: 200, send: func() (answer, error) {
			return s.try("GET", profilePath, "", t.reader.bearer())
		}},
		{what: aChange, status: 200, send: func() (answer, error) {
			n++
			a, err := s.try("PATCH", profilePath, t.changer.form(fmt.Sprintf(`"hospital_id":%d`, n)), t.changer.bearer())
			if a.Status == 200 {
				t.changes.Store(n)
			}
			return a, err
		}},
		{what: aLogin, status: 200, send: func() (answer, error) {
			return s.try("POST", "/doctor/login", credentials(t.reader.phone, doctorPassword))
		}},
		{what: aTurnover, status: 200, send: func() (answer, error) {
			if come == "" {
				a, err := s.try("POST", "/doctor/login", credentials(comer.phone, doctorPassword))
				if a.Status == 200 {
					come = data[struct{ Token string }](s.t, a).Token
				}
				return a, err
			}
			a, err := s.try("POST", "/doctor/logout", "", bearer(come))
			if a.Status == 200 {
				gone.Store(come)
				come = ""
			}
			return a, err
		}},
		{what: aGoneToken, status: 401, send: func() (answer, error) {
			return s.try("GET", profilePath, "", bearer(gone.Load().(string)))
		}},
	}
	for _, r := range t.requests {
		t.again(func() { t.judge(r) })
	}
	t.again(t.look)
	s.t.Cleanup(t.stop)
	return t
}

// renew lets those log in again who stay.
func (t *traffic) renew() {
	t.t.Helper()
	for _, stays := range []*session{&t.reader, &t.changer} {
		stays.token.Store(stays.again().token)
	}
}

func (s *session) bearer() header { return bearer(s.token.Load().(string)) }

// again does something until the traffic is over.
func (t *traffic) again(do func()) {
	t.running.Go(func() {
		for {
			do()
			select {
			case <-t.over:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
}

func (t *traffic) judge(r *request) {
	began := time.Now()
	a, err := r.send()
	took := time.Since(began)
	switch {
	case err != nil:
		t.complain("%s: %v", r.what, err)
	case a.Status == r.status:
		r.served.Add(1)
	case a.Code == 50300 && a.Status == 503 && a.Header.Get("Retry-After") != "":
		r.refusals = append(r.refusals, took)
		r.refused.Add(1)
	default:
		t.complain("%s: %d %s", r.what, a.Status, a.Body)
	}
}

func (t *traffic) look() {
	began := time.Now()
	if status := t.status(t.base + "/healthz"); status != http.StatusOK {
		t.complain("healthz: %d", status)
	}
	t.alive.Store(max(t.alive.Load(), int64(time.Since(began))))
}

func (t *traffic) complain(format string, args ...any) {
	_, _ = fmt.Fprintf(&t.wrong, format+"\n", args...)
}

// serves waits until each of some requests (none named: all) is answered as it should be, twice.
func (t *traffic) serves(what ...string) {
	t.t.Helper()
	t.awaitEach("served", func(r *request) *atomic.Int64 { return &r.served }, what)
}

// refuses waits until it is refused. What a doctor who has logged out hears needs no storage.
func (t *traffic) refuses(what ...string) {
	t.t.Helper()
	if len(what) == 0 {
		what = append([]string{aRead}, writes...)
	}
	t.awaitEach("refused", func(r *request) *atomic.Int64 { return &r.refused }, what)
}

func (t *traffic) awaitEach(outcome string, count func(*request) *atomic.Int64, what []string) {
	t.t.Helper()
	began := time.Now()
	enough := map[*request]int64{}
	for _, r := range t.requests {
		if len(what) == 0 || slices.Contains(what, r.what) {
			enough[r] = count(r).Load() + 2 // the first was under way
		}
	}
	for r, n := range enough {
		t.await(outcome+": "+r.what, func() bool { return count(r).Load() >= n })
	}
	t.t.Logf("%s after %s: %s", outcome, time.Since(began).Round(time.Millisecond), strings.Join(what, ", "))
}

// unready waits until the replica says what it misses.
func (t *traffic) unready(missing string) {
	t.t.Helper()
	t.await("missing "+missing, func() bool {
		a, err := t.try("GET", "/readyz", "")
		return err == nil && a.Code == 50300 && strings.Contains(a.Body, `"`+missing+`"`)
	})
}

// ready waits until all is well.
func (t *traffic) ready() {
	t.t.Helper()
	t.await("ready", func() bool { return t.status(t.base+"/readyz") == http.StatusOK })
}

func (t *traffic) stop() {
	select {
	case <-t.over:
	default:
		close(t.over)
	}
	t.running.Wait()
}

// end ends the traffic and says whether all went as it must.
func (t *traffic) end() {
	t.t.Helper()
	t.stop()
	require.Empty(t.t, t.wrong.String())
	alive := time.Duration(t.alive.Load())
	for _, r := range t.requests {
		slices.Sort(r.refusals)
		inTime, _ := slices.BinarySearch(r.refusals, soon+alive)
		late := r.refusals[inTime:]
		t.t.Logf("%s: served %d, refused %d in time, and after %s", r.what, r.served.Load(), inTime, late)
		require.LessOrEqual(t.t, len(late), len(r.refusals)/10+1, "%s: one may meet a busy machine more than once", r.what)
	}
	stored := t.changer.again().profile()["hospital_id"].(float64)
	require.GreaterOrEqual(t.t, int64(stored), t.changes.Load(), "a change that was acknowledged is lost")
}

// counts are how often each request was served so far.
func (t *traffic) counts() map[string]int64 {
	served := map[string]int64{}
	for _, r := range t.requests {
		served[r.what] = r.served.Load()
	}
	return served
}
