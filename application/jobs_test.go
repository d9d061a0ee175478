package application_test

import (
	"context"
	"slices"
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
	stuck error         // what migrating fails with
	ahead time.Duration // of the storage's clock
	takes time.Duration // the next round, which begins by reading that clock
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

func (s *script) Next(ctx context.Context) (outbound.Round, error) {
	s.mu.Lock()
	now, takes, fault := time.Now().Add(s.ahead), s.takes, s.fault
	s.takes = 0
	s.mu.Unlock()
	select {
	case <-time.After(takes):
		return outbound.Round{Now: now}, fault
	case <-ctx.Done():
		return outbound.Round{}, ctx.Err()
	}
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
		Startup: application.NewStartup(s, func(context.Context) error {
			r.migrated.Add(1)
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.stuck == nil {
				s.probe.Schema.Version = s.probe.Schema.Program
			}
			return s.stuck
		}, administer, silent{}),
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

func TestEachRiskOfAStorageIsToldOnceAndKeepsNobodyFromServing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{probe: outbound.Probe{Schema: fitting, Risks: []string{"a superuser"}}}
		reports := &told{}
		start := application.NewStartup(s, nil, nobody, reports)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- start.Run(ctx) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Empty(t, start.Missing())
		require.Equal(t, []string{"a superuser"}, reports.details)
		s.set(func(s *script) { s.probe.Risks = []string{"a superuser", "an open line"} })
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"a superuser", "an open line"}, reports.details)
		cancel()
		require.NoError(t, <-done)
	})
}

func TestTheFirstRoundMayTakeLongAndSaysNothingOfTheClockThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, &script{probe: outbound.Probe{Schema: fitting}, takes: 40 * time.Second}, nobody)
		time.Sleep(40*time.Second + 50*time.Millisecond)
		require.Equal(t, []string{"revocations"}, r.missing(), "complete, but as of 40 seconds ago")
		time.Sleep(100 * time.Millisecond)
		require.Empty(t, r.missing(), "the next round is as quick as ever")
	})
}

func TestASchemaThatCannotBeMigratedIsNotBlamedOnTheStorage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{probe: outbound.Probe{Schema: outbound.Schema{Program: 2}}, stuck: outbound.ErrUnavailable}
		r := run(t, s, nobody)
		require.Equal(t, "schema", r.missing()[0])
		s.set(func(s *script) { s.stuck = nil })
		time.Sleep(3 * time.Second)
		require.Empty(t, r.missing(), "it is tried again")
	})
}

func TestStoppingIsNoFaultOfTheStorage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reports := &told{}
		ctx, cancel := context.WithCancel(context.Background())
		stuck := func(ctx context.Context, _ bool) error { <-ctx.Done(); return ctx.Err() }
		start := application.NewStartup(&script{probe: outbound.Probe{Schema: fitting}}, nil, stuck, reports)
		ended := make(chan error, 1)
		go func() { ended <- start.Run(ctx) }()
		synctest.Wait()
		cancel()
		require.NoError(t, <-ended)
		require.Empty(t, reports.all())
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

func TestAFirstAdministratorIsAddedOnlyWhereThereIsNone(t *testing.T) {
	w := newWorld(t)
	made := application.NewAdministrator{
		Phone: must(doctor.ParsePhone(phone)), Name: must(doctor.ParseName("管理员")), Password: w.chosen(rightPassword),
	}
	require.True(t, must(w.CreateFirstAdministrator(context.Background(), made)))
	require.False(t, must(w.CreateFirstAdministrator(context.Background(), made)))
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

// told keeps what was reported.
type told struct {
	mu      sync.Mutex
	what    []string
	details []string // the first of each report
}

func (r *told) Report(_ context.Context, _ outbound.Level, what string, details ...outbound.Detail) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.what = append(r.what, what)
	if len(details) > 0 {
		r.details = append(r.details, details[0].Value)
	}
}

func (r *told) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.what)
}

func TestALostFeedIsToldOnceAndSoIsItsReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, reports := &script{}, &told{}
		follower := &application.Follower{
			Revocations: s, Denylist: application.NewDenylist(time.Now), Clock: time.Now, Reporter: reports,
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- follower.Run(ctx) }()
		time.Sleep(time.Second)
		require.Empty(t, reports.all())
		s.set(func(s *script) { s.fault = outbound.ErrUnavailable })
		time.Sleep(time.Minute)
		require.Equal(t, []string{"revocations cannot be followed"}, reports.all())
		s.set(func(s *script) { s.fault = nil })
		time.Sleep(time.Minute)
		require.Equal(t, []string{"revocations cannot be followed", "revocations are followed again"}, reports.all())
		cancel()
		require.NoError(t, <-done)
	})
}

// sweeping counts the sweeps of a storage, the third of which fails.
type sweeping struct {
	outbound.Maintenance
	times atomic.Int32
}

func (s *sweeping) Sweep(context.Context) error {
	if s.times.Add(1) == 3 {
		return outbound.ErrUnavailable
	}
	return nil
}

func TestWhatHasExpiredIsSweptEachMinuteAndAFaultIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		storage, denylist, reports := &sweeping{}, application.NewDenylist(time.Now), &told{}
		denylist.Add(outbound.Revocation{Session: doctor.SessionID{1}, Expires: time.Now().Add(90 * time.Second)})
		upkeep := application.Upkeep{Storage: storage, Denylist: denylist, Reporter: reports}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- upkeep.Run(ctx) }()
		time.Sleep(61 * time.Second)
		require.EqualValues(t, 1, storage.times.Load())
		require.Equal(t, 1, denylist.Size(), "it has not expired yet")
		time.Sleep(time.Minute)
		require.EqualValues(t, 2, storage.times.Load())
		require.Zero(t, denylist.Size())
		require.Empty(t, reports.all())
		time.Sleep(time.Minute)
		require.Equal(t, []string{"expired rows were not deleted"}, reports.all())
		cancel()
		require.NoError(t, <-done)
	})
}
