package application_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// script is a storage whose probes and feeds are as the test says.
type script struct {
	outbound.Storage
	mu    sync.Mutex
	probe outbound.Probe
	fault error
	ahead time.Duration // of the storage's clock
}

func (s *script) set(change func(*script)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *script) Probe(context.Context) (outbound.Probe, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.probe, s.fault
}

func (s *script) Watch(context.Context) (outbound.Feed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s, s.fault
}

func (s *script) Next(context.Context) (outbound.Round, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return outbound.Round{Now: time.Now().Add(s.ahead)}, s.fault
}

func (*script) Close() error { return nil }

var fitting = outbound.Schema{Version: 2, ServesFrom: 1, Program: 2}

// replica runs the jobs on a scripted storage.
type replica struct {
	*application.Readiness
	script   *script
	migrated atomic.Int32
	ended    chan error
}

func run(t *testing.T, s *script, administer func(context.Context, bool) error) *replica {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &replica{script: s, ended: make(chan error, 1)}
	denylist := application.NewDenylist(time.Now)
	r.Readiness = &application.Readiness{
		Denylist: denylist,
		Follower: &application.Follower{Revocations: s, Denylist: denylist, Clock: time.Now, Reporter: silent{}},
		Startup: (&application.Startup{Storage: s, Reporter: silent{}, Administer: administer, Migrate: func(context.Context) error {
			r.migrated.Add(1)
			s.set(func(s *script) { s.probe.Schema.Version = s.probe.Schema.Program })
			return nil
		}}).Begin(),
	}
	var jobs sync.WaitGroup
	jobs.Go(func() { r.ended <- r.Startup.Run(ctx) })
	jobs.Go(func() { _ = r.Follower.Run(ctx) })
	t.Cleanup(func() { cancel(); jobs.Wait() })
	return r
}

func (r *replica) missing() (what []string) {
	synctest.Wait()
	for _, m := range r.Missing() {
		what = append(what, m.What)
	}
	return what
}

func nobody(context.Context, bool) error { return nil }

func TestAReplicaIsReadyWhenStorageAnswersAndItsSchemaFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, &script{probe: outbound.Probe{Schema: outbound.Schema{Program: 2}}}, nobody)
		require.Empty(t, r.missing())
		require.True(t, r.Serving())
		require.EqualValues(t, 1, r.migrated.Load(), "an empty schema is migrated, once")
		r.Drain()
		require.Equal(t, []string{"drain"}, r.missing())
	})
}

func TestAStorageThatDoesNotAnswerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{fault: outbound.ErrUnavailable, probe: outbound.Probe{Schema: fitting}}
		r := run(t, s, nobody)
		time.Sleep(time.Minute)
		require.Equal(t, []string{"storage", "revocations"}, r.missing())
		require.False(t, r.Serving())
		s.set(func(s *script) { s.fault = nil })
		time.Sleep(3 * time.Second)
		require.Empty(t, r.missing())
		s.set(func(s *script) { s.fault = outbound.ErrUnavailable })
		time.Sleep(1100 * time.Millisecond)
		require.Contains(t, r.missing(), "revocations", "a second without the feed is told")
		time.Sleep(10 * time.Second)
		require.Contains(t, r.missing(), "storage")
	})
}

func TestASchemaOfTheFutureThatNoLongerServesUsIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{probe: outbound.Probe{Schema: outbound.Schema{Version: 4, ServesFrom: 3, Program: 2}}}
		r := run(t, s, nobody)
		require.Equal(t, "schema", r.missing()[0])
		require.Contains(t, r.Missing()[0].Reason, "version 4")
		require.Contains(t, r.Missing()[0].Reason, "version 2")
		require.Zero(t, r.migrated.Load())
	})
}

func TestAClockFarFromStoragesMakesAReplicaUnready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{probe: outbound.Probe{Schema: fitting}, ahead: 14 * time.Second}
		r := run(t, s, nobody)
		require.Empty(t, r.missing())
		s.set(func(s *script) { s.ahead = -45 * time.Second })
		time.Sleep(time.Second)
		require.Equal(t, []string{"clock"}, r.missing())
		require.Contains(t, r.Missing()[0].Reason, "45s")
	})
}

func TestASettingThatCanNeverWorkEndsTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, &script{probe: outbound.Probe{Schema: fitting}}, func(context.Context, bool) error {
			return application.ErrBootstrapPhone
		})
		require.ErrorIs(t, <-r.ended, application.ErrBootstrapPhone)
	})
}

func (w *world) chosen(plain string) doctor.ChosenPassword {
	w.t.Helper()
	return must(w.Settings.Policy.Choose("password", doctor.TypedPassword(plain), doctor.Phone{}, doctor.Name{}))
}

func TestReplicasThatBootstrapTogetherCreateOneAdministrator(t *testing.T) {
	w := newWorld(t)
	first := application.NewAdministrator{
		Phone: must(doctor.ParsePhone("13800000000")), Name: must(doctor.ParseName("管理员")),
		Password: w.chosen(rightPassword),
	}
	parallel(8, func() {
		if err := w.Bootstrap(context.Background(), first, false); err != nil {
			t.Error(err)
		}
	})
	result, err := w.login("13800000000", rightPassword)
	require.NoError(t, err)
	require.Equal(t, doctor.Administrator, result.Role)
	require.EqualValues(t, 1, result.ID)
	require.NoError(t, w.Bootstrap(context.Background(), first, true))
}

func TestABootstrapPhoneThatBelongsToAnOrdinaryDoctorCanNeverWork(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	err := w.Bootstrap(context.Background(), application.NewAdministrator{
		Phone: must(doctor.ParsePhone(phone)), Name: must(doctor.ParseName("管理员")),
	}, false)
	require.ErrorIs(t, err, application.ErrBootstrapPhone)
}

func TestTheFirstStartAnnouncesAnAdministratorOnlyWhenItMadeOne(t *testing.T) {
	w := newWorld(t)
	made := application.NewAdministrator{
		Phone: must(doctor.ParsePhone(phone)), Name: must(doctor.ParseName("管理员")), Password: w.chosen(rightPassword),
	}
	announced := 0
	for range 2 {
		require.NoError(t, w.FirstStart(context.Background(), made, func() { announced++ }))
	}
	require.Equal(t, 1, announced)
}

func TestAReplicaLearnsOfALogoutElsewhereWithinARound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New()
		denylist := application.NewDenylist(time.Now)
		follower := &application.Follower{Revocations: store, Denylist: denylist, Clock: time.Now, Reporter: silent{}}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- follower.Run(ctx) }()
		synctest.Wait()
		session := doctor.SessionID{1}
		claims := outbound.Claims{Session: session, Doctor: 1, Generation: 1}
		require.NoError(t, store.Peer().Revoke(ctx, session, time.Now().Add(time.Hour), doctor.Note(1, doctor.LoggedOut, doctor.Occasion{})))
		require.False(t, denylist.Voids(claims))
		time.Sleep(150 * time.Millisecond)
		synctest.Wait()
		require.True(t, denylist.Voids(claims))
		cancel()
		require.NoError(t, <-done)
	})
}

func TestTheDenylistForgetsWhatHasExpiredAndNothingElse(t *testing.T) {
	now := time.Now()
	list := application.NewDenylist(func() time.Time { return now })
	list.Add(
		outbound.Revocation{Session: doctor.SessionID{1}, Expires: now.Add(time.Minute)},
		outbound.Revocation{Session: doctor.SessionID{2}, Expires: now.Add(time.Hour)},
		outbound.Revocation{Doctor: 7, Generation: 3, Session: doctor.SessionID{9}, Expires: now.Add(time.Minute)},
		outbound.Revocation{Doctor: 7, Generation: 2, Expires: now.Add(time.Hour)}, // came late, says less
	)
	require.True(t, list.Voids(outbound.Claims{Doctor: 7, Generation: 2}))
	require.False(t, list.Voids(outbound.Claims{Doctor: 7, Generation: 2, Session: doctor.SessionID{9}}), "the spared session")
	require.False(t, list.Voids(outbound.Claims{Doctor: 7, Generation: 3}))
	now = now.Add(2 * time.Minute)
	list.Sweep()
	require.Equal(t, 1, list.Size())
	require.True(t, list.Voids(outbound.Claims{Session: doctor.SessionID{2}}))
}
