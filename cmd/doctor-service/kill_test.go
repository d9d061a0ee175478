package main_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

func TestAServiceKilledInMidLoadLosesNoAcknowledgedWrite(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		staff := hire(s)
		for range 2 {
			staff.work(t, func() { s.stop(syscall.SIGKILL) })
			s = start(t, environ...)
			staff.check(t, s)
		}
	})
}

func TestAPostgresKilledInMidLoadLosesNoAcknowledgedWrite(t *testing.T) {
	s, cluster := onOwnCluster(t, postgrestest.Durable)
	staff := hire(s)
	for range 2 {
		staff.work(t, func() { cluster.Kill(t) })
		cluster.Restart(t)
		s.await("ready again", func() bool { return s.status(s.base+"/readyz") == 200 })
		staff.check(t, s)
	}
}

// staff are doctors who write, all at once, until there is nobody to write to.
type staff []*writer

// writer is one of them, and what it was told.
type writer struct {
	person
	admin      string
	written    int      // the number of the last form that was acknowledged; every field of it holds the number
	registered []string // phones of doctors whose registration was acknowledged
	unsure     []string // phones of those whose registration was not answered
	loggedOut  []string // tokens whose logout was acknowledged
}

func hire(s *service) staff {
	s.t.Helper()
	team := make(staff, 8)
	for i := range team {
		team[i] = &writer{person: s.person(), admin: s.admin()}
	}
	return team
}

// work lets all write, and strikes once some writes were acknowledged.
func (team staff) work(t *testing.T, strike func()) {
	t.Helper()
	const enough = 120
	var acknowledged atomic.Int32
	var working sync.WaitGroup
	now := make(chan struct{})
	for i, w := range team {
		working.Go(func() {
			w.write(i, func() {
				if acknowledged.Add(1) == enough {
					close(now)
				}
			})
		})
	}
	<-now
	strike()
	working.Wait()
}

// write writes until the first write that is not acknowledged: mostly forms, which cost no hash, and in turn the rest.
func (w *writer) write(turn int, acknowledged func()) {
	for ; ; turn++ {
		done := w.edit()
		switch {
		case done && turn%8 == 3:
			acknowledged()
			done = w.registerOne()
		case done && turn%8 == 7:
			acknowledged()
			done = w.logOutOne()
		}
		if !done {
			return
		}
		acknowledged()
	}
}

func (w *writer) edit() bool {
	n := w.written + 1
	a, err := w.try("PATCH", profilePath, w.form(fmt.Sprintf(
		`"hospital_id":%d,"department_id":%d,"internal_id":"%d/%s","position_rank":"%d","speciality":"%d"`, n, n, n, w.id, n, n)), bearer(w.token))
	if err != nil || a.Status != 200 {
		return false
	}
	w.written = n
	return true
}

func (w *writer) registerOne() bool {
	phone := freshPhone()
	a, err := w.try("POST", "/doctor/register", registration(phone, doctorPassword, doctorName), bearer(w.admin))
	if err != nil || a.Status != 200 {
		w.unsure = append(w.unsure, phone)
		return false
	}
	w.registered = append(w.registered, phone)
	return true
}

func (w *writer) logOutOne() bool {
	a, err := w.try("POST", "/doctor/login", credentials(w.phone, doctorPassword))
	if err != nil || a.Status != 200 {
		return false
	}
	token := data[struct{ Token string }](w.t, a).Token
	a, err = w.try("POST", "/doctor/logout", "", bearer(token))
	if err != nil || a.Status != 200 {
		return false
	}
	w.loggedOut = append(w.loggedOut, token)
	return true
}

// check requires of a service that has come back all that was acknowledged, and nothing by halves.
func (team staff) check(t *testing.T, s *service) {
	t.Helper()
	var registered []string
	loggedOut := 0
	for _, w := range team {
		w.person = w.on(s)
		seen := w.profile()
		n := int(seen["hospital_id"].(float64))
		require.Contains(t, []int{w.written, w.written + 1}, n, "the last form, or the one that was not answered")
		require.Equal(t, []any{float64(n), fmt.Sprintf("%d/%s", n, w.id), fmt.Sprint(n), fmt.Sprint(n), float64(n + 1)},
			[]any{seen["department_id"], seen["internal_id"], seen["position_rank"], seen["speciality"], seen["version"]})
		w.written = n

		for _, phone := range w.registered {
			taken := w.person
			taken.phone = phone
			refused(t, 40900, taken.patch(""))
		}
		for _, phone := range w.unsure {
			if a := s.login(phone, doctorPassword); a.Status == 200 {
				whole := person{s, phone, "", data[struct{ Token string }](t, a).Token}
				accepted(t, whole.patch(`"gender":"男"`))
			} else {
				refused(t, 40010, a)
				accepted(t, s.call("POST", "/doctor/register", registration(phone, doctorPassword, doctorName), bearer(w.admin)))
			}
		}
		for _, token := range w.loggedOut {
			refused(t, 40100, w.bearing(token).get())
		}
		w.unsure = nil
		registered = append(registered, w.registered...)
		loggedOut += len(w.loggedOut)
	}
	require.NotEmpty(t, registered)
	require.Positive(t, loggedOut)
	last := registered[len(registered)-1]
	require.Equal(t, doctorName, person{s, last, "", s.token(last, doctorPassword)}.profile()["name"])
}
