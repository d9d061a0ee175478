package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

func TestAWriteThatBreaksARuleFailsAloneInItsBatch(t *testing.T) {
	path := migrated(t)
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, path)
		_, err := s.Add(t.Context(), newcomer(t, 1))
		require.NoError(t, err)

		var running sync.WaitGroup
		errs := make([]error, 10)
		undone := errors.New("after all had been written")
		release := hold(t, s)
		for i := range errs {
			running.Go(func() {
				errs[i] = s.writer.write(t.Context(), func(ctx context.Context, tx *statements) error {
					_, err := add(ctx, tx, newcomer(t, max(i, 1))) // 0 and 1 want a phone that is taken
					if i == 2 {
						return undone
					}
					return err
				})
			})
		}
		synctest.Wait() // all are waiting for their turn: the batch that is held open takes them
		release()
		running.Wait()
		for i, want := range []error{doctor.ErrPhoneTaken, doctor.ErrPhoneTaken, undone, nil, nil, nil, nil, nil, nil, nil} {
			require.ErrorIs(t, errs[i], want, i)
		}
		require.Len(t, phones(t, path), 8)
	})
}

func TestWhoeverWaitsIsCommittedTogetherAndNobodyIsAnsweredBefore(t *testing.T) {
	path := migrated(t)
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, path)
		var ran, answeredEarly atomic.Int64
		var running sync.WaitGroup
		const n = 20
		release := hold(t, s)
		for range n {
			running.Go(func() {
				err := s.writer.write(t.Context(), func(context.Context, *statements) error { ran.Add(1); return nil })
				if ran.Load() < n || err != nil {
					answeredEarly.Add(1)
				}
			})
		}
		synctest.Wait()
		release()
		running.Wait()
		require.Zero(t, answeredEarly.Load())
	})
}

func TestAFailedCommitFailsTheWholeBatch(t *testing.T) {
	path := migrated(t)
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, path)
		var running sync.WaitGroup
		errs := make([]error, 5)
		release := hold(t, s)
		for i := range errs {
			running.Go(func() {
				if i == 0 { // values without an event: looked at when all is committed
					errs[i] = s.writer.write(t.Context(), func(ctx context.Context, tx *statements) error {
						_, deferred := tx.exec(ctx, `PRAGMA defer_foreign_keys = ON`)
						_, orphan := tx.exec(ctx, `INSERT INTO doctor_event_values (event_id, doctor_id, salt, changes) VALUES (404, 1, x'', '[]')`)
						return errors.Join(deferred, orphan)
					})
				} else {
					_, errs[i] = s.Add(t.Context(), newcomer(t, i))
				}
			})
		}
		synctest.Wait()
		release()
		running.Wait()
		for _, err := range errs {
			require.ErrorIs(t, err, outbound.ErrUnavailable)
		}
		require.Empty(t, phones(t, path))

		_, err := s.Add(t.Context(), newcomer(t, 1))
		require.NoError(t, err, "the next batch begins afresh")
	})
}

func TestAFullDiskFailsWhatWasNotCommittedAndNothingElse(t *testing.T) {
	path := migrated(t)
	s := opened(t, path)
	stored := 0
	var err error
	room := func(more int) {
		require.NoError(t, s.writer.write(t.Context(), func(ctx context.Context, tx *statements) error {
			var pages int
			if err := tx.one(ctx, []any{&pages}, `PRAGMA page_count`); err != nil {
				return err
			}
			return tx.one(ctx, []any{&pages}, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+more))
		}))
	}
	room(2)
	for err == nil && stored < 10_000 {
		if _, err = s.Add(t.Context(), newcomer(t, stored)); err == nil {
			stored++
		}
	}
	require.ErrorIs(t, err, outbound.ErrUnavailable)
	require.ErrorContains(t, err, "full")
	require.Len(t, phones(t, path), stored)

	room(20)
	_, err = s.Add(t.Context(), newcomer(t, stored))
	require.NoError(t, err, "once there is room again")
}

func TestAPanicOfAChangeIsItsCallersAlone(t *testing.T) {
	s := opened(t, migrated(t))
	id, err := s.Add(t.Context(), newcomer(t, 1))
	require.NoError(t, err)

	rename := func(d *doctor.Doctor) { d.ResetPassword(doctor.CredentialOf("other"), occasion()) }
	require.PanicsWithValue(t, "boom", func() {
		_, _ = s.Update(t.Context(), id, func(d *doctor.Doctor) error { rename(d); panic("boom") })
	})
	var running sync.WaitGroup
	running.Go(func() {
		_, _ = s.Update(t.Context(), id, func(d *doctor.Doctor) error { rename(d); runtime.Goexit(); return nil })
	})
	running.Wait()

	d, err := s.Update(t.Context(), id, func(*doctor.Doctor) error { return nil })
	require.NoError(t, err)
	require.EqualValues(t, 1, d.Version())
}

func TestWhoGivesUpWhileWaitingIsNotExecuted(t *testing.T) {
	path := migrated(t)
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, path)
		release := hold(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		var executed atomic.Bool
		var err error
		running.Go(func() {
			err = s.writer.write(ctx, func(context.Context, *statements) error { executed.Store(true); return nil })
		})
		synctest.Wait()
		cancel()
		running.Wait() // although the writer is still busy
		require.ErrorIs(t, err, context.Canceled)
		release()
		require.NoError(t, s.Close())
		require.False(t, executed.Load())
	})
}

func TestAFileThatAnotherProcessKeepsLockedIsUnavailableUntilItLetsGo(t *testing.T) {
	path := migrated(t)
	s, err := openFile(t.Context(), path, 100*time.Millisecond)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	id, err := s.Add(t.Context(), newcomer(t, 1))
	require.NoError(t, err)

	other, err := beside(t, path).Beginx()
	require.NoError(t, err)
	_, err = s.Add(t.Context(), newcomer(t, 2))
	require.ErrorIs(t, err, outbound.ErrUnavailable)
	_, err = s.Get(t.Context(), id)
	require.NoError(t, err, "reads wait for nobody")

	require.NoError(t, other.Rollback())
	_, err = s.Add(t.Context(), newcomer(t, 2))
	require.NoError(t, err)
}

func TestAContextEndsTheWaitForAnotherProcess(t *testing.T) {
	path := migrated(t)
	s := opened(t, path)
	other, err := beside(t, path).Beginx()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err = s.Add(ctx, newcomer(t, 1))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(began), writerPatience/2)
	require.NoError(t, other.Rollback())
}

func TestCloseFinishesTheBatchUnderWayAndEmptiesTheLog(t *testing.T) {
	path := migrated(t)
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, path)
		var running sync.WaitGroup
		var under, late, closed error
		release := make(chan struct{})
		running.Go(func() {
			under = s.writer.write(t.Context(), func(ctx context.Context, tx *statements) error {
				<-release
				_, err := add(ctx, tx, newcomer(t, 1))
				return err
			})
		})
		synctest.Wait()
		running.Go(func() { closed = s.Close() })
		synctest.Wait()
		running.Go(func() { _, late = s.Add(t.Context(), newcomer(t, 2)) })
		synctest.Wait()
		close(release)
		running.Wait()
		require.NoError(t, under)
		require.NoError(t, closed)
		require.ErrorIs(t, late, outbound.ErrUnavailable)
		require.NoError(t, s.Close())
	})
	_, err := os.Stat(path + "-wal")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Len(t, phones(t, path), 1)
}

// hold keeps a batch open until release is called, which returns when the batch was committed.
func hold(t *testing.T, s *Store) (release func()) {
	begun, let := make(chan struct{}), make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		err := s.writer.write(context.Background(), func(context.Context, *statements) error {
			close(begun)
			<-let
			return nil
		})
		if err != nil && !errors.Is(err, outbound.ErrUnavailable) { // where the test makes the commit fail
			t.Error(err)
		}
	})
	<-begun
	return func() { close(let); running.Wait() }
}

func phones(t *testing.T, path string) (all []string) {
	t.Helper()
	require.NoError(t, beside(t, path).Select(&all, `SELECT phone FROM doctors ORDER BY id`))
	return all
}

func newcomer(t testing.TB, n int) *doctor.Doctor { return register(t, n, doctor.Ordinary) }

func administrator(t testing.TB) *doctor.Doctor { return register(t, 0, doctor.Administrator) }

func register(t testing.TB, n int, role doctor.Role) *doctor.Doctor {
	t.Helper()
	phone, err := doctor.ParsePhone(fmt.Sprintf("138%08d", n))
	require.NoError(t, err)
	name, err := doctor.ParseName("王小明")
	require.NoError(t, err)
	d := doctor.Register(doctor.Registration{Phone: phone, Name: name, Role: role}, occasion())
	d.Index(spell)
	return d
}

// spell knows the name that all have here.
func spell(name string) []string { return []string{"wang", "xiao", "ming"}[:len([]rune(name))] }

func occasion() doctor.Occasion { return doctor.Occasion{At: time.Now(), Actor: doctor.CommandLine} }
