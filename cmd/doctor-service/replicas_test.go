package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// Within a second every replica knows which sessions have ended.
const withinASecond = time.Second

// ended requires that a session is over at another replica in time. Until then it may be good, or the replica may say that
// it does not know; afterwards it must not be good again.
func ended(t testing.TB, p person, since time.Time) {
	t.Helper()
	for {
		asked := time.Now()
		a := p.get()
		if a.Status == 401 {
			break
		}
		require.Less(t, asked.Sub(since), withinASecond, "it is still answered: %s", a.Body)
		require.Contains(t, []int{200, 503}, a.Status)
	}
	refused(t, 40100, p.get())
}

// replicas are two services on one storage.
func replicas(t *testing.T, environ []string) (one, other *service) {
	t.Helper()
	return start(t, environ...), start(t, environ...)
}

func TestReplicasSeeEachOthersLogoutsWithinASecond(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		one, other := replicas(t, environ)
		p := one.person()
		for i := range 6 {
			here, there := p.again(), p.again().on(other)
			if i%2 == 1 {
				here, there = here.on(other), there.on(one)
			}
			elsewhere := here.on(there.service)
			accepted(t, elsewhere.get())
			accepted(t, here.ask("POST", "/doctor/logout", ""))
			since := time.Now()
			refused(t, 40100, here.get()) // at once where it was said
			ended(t, elsewhere, since)
			accepted(t, there.get()) // the other session lives
			accepted(t, elsewhere.ask("POST", "/doctor/logout", ""))
		}
	})
}

func TestReplicasSeeEndedSessionsOfPasswordAndPhoneWithinASecond(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		one, other := replicas(t, environ)
		p := one.person()
		there := p.again().on(other)
		accepted(t, there.get())
		accepted(t, p.changePassword(doctorPassword, "another-green-scalpel"))
		ended(t, there, time.Now())
		accepted(t, p.on(other).get()) // the caller's own session is spared everywhere
		refused(t, 40010, other.login(p.phone, doctorPassword))

		there.token = other.token(p.phone, "another-green-scalpel")
		p.phone = freshPhone()
		accepted(t, p.patch(""))
		ended(t, there, time.Now())
		accepted(t, p.on(other).get())
	})
}

func TestReplicasShareProfilesFailuresAndNewDoctors(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		one, other := replicas(t, environ)
		p := one.person()
		for i := range 10 {
			at, then := p.on([]*service{one, other}[i%2]), p.on([]*service{other, one}[i%2])
			accepted(t, at.patch(fmt.Sprintf(`"speciality":"%d"`, i)))
			require.Equal(t, fmt.Sprint(i), then.profile()["speciality"], "what was written is read at once")
		}
		refused(t, 40900, other.register(p.phone, doctorPassword, doctorName))
		for i := range 5 {
			refused(t, 40010, []*service{one, other}[i%2].login(p.phone, "wrong"))
		}
		throttled(t, one.login(p.phone, doctorPassword), time.Minute)
		throttled(t, other.login(p.phone, doctorPassword), time.Minute)
	})
}

func TestLogoutsReachReplicasWhoseConnectionsWereCut(t *testing.T) {
	environ := storage(t, "postgres")
	one, other := replicas(t, environ)
	p := one.person()
	for i := range 5 {
		here := p.again()
		accepted(t, here.on(other).get())
		if i%2 == 0 {
			postgrestest.Cut(t, one.setting("DOCTOR_STORAGE"), "")
			accepted(t, here.ask("POST", "/doctor/logout", ""))
		} else {
			accepted(t, here.ask("POST", "/doctor/logout", ""))
			postgrestest.Cut(t, one.setting("DOCTOR_STORAGE"), "")
		}
		ended(t, here.on(other), time.Now())
		accepted(t, p.on(other).get())
	}
}

// What a replica slept through it must not take for nothing: its first request after waking comes before its first look.
func TestAReplicaThatSleptAsksBeforeItTakesATokenForGood(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		one, other := replicas(t, environ)
		p := one.person()
		there := p.again().on(other)
		accepted(t, there.get())
		other.freeze()
		accepted(t, there.on(one).ask("POST", "/doctor/logout", ""))
		answers := make(chan answer, 1)
		go func() {
			a, _ := there.try("GET", profilePath, "", bearer(there.token)) // without an answer the test fails
			answers <- a
		}()
		began := time.Now()
		one.await("longer awake than a list stays fresh", func() bool { return time.Since(began) > withinASecond })
		require.NoError(t, other.command.Process.Signal(syscall.SIGCONT))
		refused(t, 40100, <-answers)
		accepted(t, p.on(other).get())
	})
}

// freeze stops a service where it is, and waits until it stands: its threads do not stop at once.
func (s *service) freeze() {
	s.t.Helper()
	require.NoError(s.t, s.command.Process.Signal(syscall.SIGSTOP))
	var status syscall.WaitStatus
	_, err := syscall.Wait4(s.command.Process.Pid, &status, syscall.WUNTRACED, nil)
	require.NoError(s.t, err)
	require.True(s.t, status.Stopped())
}

func TestAPostgresThatComesLateIsServedFrom(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t, postgrestest.Fleeting)
	environ := onCluster(t, cluster)
	cluster.Stop(t)
	s := launch(t, environ...)
	accepted(t, s.call("GET", "/healthz", ""))
	refused(t, 50300, s.login(adminPhone, adminPassword))
	a := s.call("GET", "/readyz", "")
	require.Equal(t, 50300, a.Code)
	require.Contains(t, a.Body, `"storage"`)
	cluster.Restart(t)
	s.await("ready", func() bool { return s.status(s.base+"/readyz") == 200 })
	accepted(t, s.person().get())
}

func TestWithoutItsDatabaseAReplicaNeverTakesATokenForGood(t *testing.T) {
	t.Parallel()
	s, cluster := onOwnCluster(t, postgrestest.Fleeting)
	p, out := s.person(), s.person()
	cluster.Stop(t)
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
		a := out.ask("POST", "/doctor/logout", "")
		refused(t, 50300, a)
		require.NotEmpty(t, a.Header.Get("Retry-After"))
		for _, a := range []answer{
			p.get(), p.patch(""), p.changePassword(doctorPassword, "another-green-scalpel"), s.login(p.phone, doctorPassword),
			s.register(freshPhone(), doctorPassword, doctorName),
		} {
			refused(t, 50300, a)
			require.NotEmpty(t, a.Header.Get("Retry-After"))
		}
	}
	refused(t, 40100, s.call("GET", profilePath, "", bearer("forged"))) // what needs no database is as before
	refused(t, 40001, s.call("POST", "/doctor/login", "{}"))
	accepted(t, s.call("GET", "/healthz", ""))
	s.await("unready", func() bool { return s.status(s.base+"/readyz") == 503 })
	a := s.call("GET", "/readyz", "")
	require.Equal(t, 50300, a.Code)
	require.Contains(t, a.Body, "revocations")
	// Nor is a form looked at for somebody who may be logged out.
	refused(t, 50300, p.patch(`"gender":"x"`))
	refused(t, 50300, p.ask("POST", "/doctor/register", "{}"))
	s.await("missing the storage", func() bool { return strings.Contains(s.call("GET", "/readyz", "").Body, `"storage"`) })

	cluster.Restart(t)
	s.await("ready again", func() bool { return s.status(s.base+"/readyz") == 200 })
	accepted(t, p.get())
	accepted(t, out.ask("POST", "/doctor/logout", ""))
	refused(t, 40100, out.get())
	accepted(t, s.login(p.phone, doctorPassword))
}

func TestADatabaseThatDoesNotMoveIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	s, cluster := onOwnCluster(t, postgrestest.Fleeting)
	p := s.person()
	cluster.Freeze(t)
	began := time.Now()
	codes := together(8, func(i int) int {
		switch i % 4 {
		case 0:
			return p.get().Code
		case 1:
			return p.patch("").Code
		case 2:
			return p.ask("POST", "/doctor/logout", "").Code
		default:
			return s.login(p.phone, doctorPassword).Code
		}
	})
	require.Equal(t, map[int]int{50300: 8}, codes)
	require.Less(t, time.Since(began), 12*time.Second, "a request takes ten seconds at most")
	accepted(t, s.call("GET", "/healthz", ""))
	cluster.Thaw(t)
	s.await("ready again", func() bool { return s.status(s.base+"/readyz") == 200 })
	accepted(t, s.login(p.phone, doctorPassword))
}

// onOwnCluster starts a service on a Postgres that the test may stop.
func onOwnCluster(t *testing.T, durability postgrestest.Durability) (*service, *postgrestest.Cluster) {
	t.Helper()
	cluster := postgrestest.Start(t, durability)
	return start(t, onCluster(t, cluster)...), cluster
}

// onCluster gives the settings of a service on a new database of a cluster.
func onCluster(t *testing.T, cluster *postgrestest.Cluster) []string {
	t.Helper()
	keys := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.Mkdir(keys, 0o700))
	newKey(t, filepath.Join(keys, "k1.pem"))
	return []string{
		"DOCTOR_STORAGE=" + cluster.Database(t), "DOCTOR_SIGNING_KEY_DIR=" + keys,
		"DOCTOR_BOOTSTRAP_ADMIN_PHONE=" + adminPhone, "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD=" + adminPassword,
	}
}
