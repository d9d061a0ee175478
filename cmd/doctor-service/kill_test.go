package main_test

import (
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// rounds of each of the three tests: thirty in all.
const rounds = 10

func TestAServiceKilledInMidLoadLosesNoAcknowledgedWrite(t *testing.T) {
	for _, kind := range storages {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			environ := storage(t, kind)
			s := start(t, environ...)
			staff := hire(s)
			for range rounds {
				staff.work(t, func() { s.stop(syscall.SIGKILL) })
				s = start(t, environ...)
				staff.check(t, s)
			}
			staff.leave(t, s)
		})
	}
}

func TestAPostgresKilledInMidLoadLosesNoAcknowledgedWrite(t *testing.T) {
	t.Parallel()
	s, cluster := onOwnCluster(t, postgrestest.Durable)
	staff := hire(s)
	for round := range rounds {
		kill := []func(testing.TB){
			cluster.Kill, cluster.KillPostmaster, func(t testing.TB) { cluster.KillSession(t, "doctor-service") },
		}[round%3]
		staff.work(t, func() { kill(t) })
		if round%3 != 2 { // else it comes back by itself
			cluster.Restart(t)
		}
		s.await("serving again", func() bool { return s.status(s.base+"/readyz") == 200 && staff[0].get().Status == 200 })
		staff.check(t, s)
	}
	staff.leave(t, s)
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
	lasting    []string // phones that were registered in rounds before
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
	const enough = 60
	var (
		acknowledged atomic.Int32
		struck       atomic.Bool
	)
	var working sync.WaitGroup
	now := make(chan struct{})
	for i, w := range team {
		working.Go(func() {
			w.write(i, func() bool {
				if acknowledged.Add(1) == enough {
					close(now)
				}
				return !struck.Load()
			})
		})
	}
	<-now
	strike()
	struck.Store(true)
	working.Wait()
}

// write writes until the first write that is not acknowledged, or that was enough: mostly forms, which cost no hash, and
// in turn the rest.
func (w *writer) write(turn int, acknowledged func() (more bool)) {
	for write := w.edit; write() && acknowledged(); turn++ {
		switch turn % 12 {
		case 3:
			write = w.registerOne
		case 9:
			write = w.logOutOne
		default:
			write = w.edit
		}
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
		w.lasting = append(w.lasting, w.registered...)
		w.registered, w.unsure = nil, nil
	}
	database(t, s, func(db *sql.DB) { whole(t, db) })
}

// leave requires that all rounds together left something to look for, and that no later one lost it.
func (team staff) leave(t *testing.T, s *service) {
	t.Helper()
	var last string
	loggedOut := 0
	database(t, s, func(db *sql.DB) {
		for _, w := range team {
			loggedOut += len(w.loggedOut)
			for _, last = range w.lasting {
				var found int
				require.NoError(t, db.QueryRow("SELECT count(*) FROM doctors WHERE phone = '"+last+"'").Scan(&found))
				require.Equal(t, 1, found, last)
			}
		}
	})
	require.Positive(t, loggedOut)
	require.NotEmpty(t, last)
	require.Equal(t, doctorName, person{s, last, "", s.token(last, doctorPassword)}.profile()["name"])
}

// halves are what a change that took place in part would leave behind, counted.
var halves = map[string]string{
	"a doctor without the event of its version": `SELECT count(*) FROM doctors d WHERE NOT EXISTS (
		SELECT 1 FROM doctor_events e WHERE e.doctor_id = d.id AND e.version = d.version)`,
	"an event of a version that no doctor has": `SELECT count(*) FROM doctor_events e WHERE e.version > coalesce((
		SELECT d.version FROM doctors d WHERE d.id = e.doctor_id), 0)`,
	"an event without its values": `SELECT count(*) FROM doctor_events
		WHERE id NOT IN (SELECT event_id FROM doctor_event_values)`,
	"values without their event": `SELECT count(*) FROM doctor_event_values
		WHERE event_id NOT IN (SELECT id FROM doctor_events)`,
	"a logout without its event, or the other way round": `SELECT
		(SELECT count(*) FROM revocations WHERE doctor_id IS NULL) - (SELECT count(*) FROM doctor_events WHERE type = 'logged_out')`,
}

// whole requires of a database that nothing in it is there by halves.
func whole(t testing.TB, db *sql.DB) {
	t.Helper()
	for what, query := range halves {
		var found int
		require.NoError(t, db.QueryRow(query).Scan(&found), what)
		require.Zero(t, found, what)
	}
}
