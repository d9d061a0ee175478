package application_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// index runs the job until the test ends, and returns what it reports.
func (w *world) index(on outbound.Storage) *told {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reports, done := &told{}, make(chan error, 1)
	x := application.Indexing{Storage: on, Pinyin: spelt, Reporter: reports, Tidy: func() { w.tidied++ }}
	go func() { done <- x.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		require.NoError(w.t, <-done)
	})
	return reports
}

// updates counts what is stored, and does something before each.
type updates struct {
	outbound.Storage
	n      atomic.Int64
	before func(id doctor.ID) error
}

func (u *updates) Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	u.n.Add(1)
	if u.before != nil {
		if err := u.before(id); err != nil {
			return nil, err
		}
	}
	return u.Storage.Update(ctx, id, change)
}

// unindexed adds doctors as a program did that knew no keys.
func (w *world) unindexed(n int) (all []*doctor.Doctor) {
	for i := range n {
		all = append(all, w.doctor(fmt.Sprintf("137%08d", i), doctor.Ordinary))
	}
	return all
}

func TestIndexingBringsMissingAndStaleKeysUpToDateAndMovesNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		doctors := w.unindexed(450) // three pages
		w.change(doctors[7].ID(), func(d *doctor.Doctor) { d.Index(func(string) []string { return []string{"a", "b", "c"} }) })
		require.Empty(t, w.found("wxm"))
		on := &updates{Storage: w.store}
		reports := w.index(on)
		time.Sleep(time.Second)
		require.Len(t, w.found("wxm"), 100, "a page of them")
		for _, before := range doctors {
			after := must(w.store.Get(context.Background(), before.ID()))
			want := before.Snapshot()
			before.Index(spelt)
			want.SearchKeys = before.SearchKeys()
			require.Equal(t, want, after.Snapshot())
			require.Len(t, w.events(before.ID()), 1)
		}
		require.EqualValues(t, len(doctors), on.n.Load())

		synctest.Wait()
		require.Equal(t, 1, w.tidied, "once a walk")
		time.Sleep(23 * time.Hour)
		w.change(doctors[3].ID(), func(d *doctor.Doctor) { // an older program beside this one
			d.ChangeProfile(doctor.ProfileEdit{Name: must(doctor.ParseName("单雄信"))}, doctor.SessionID{}, doctor.Occasion{At: time.Now()})
		})
		require.Empty(t, w.found("shan"))
		time.Sleep(time.Hour)
		require.Equal(t, []doctor.ID{doctors[3].ID()}, w.found("shan"))
		require.EqualValues(t, len(doctors)+1, on.n.Load(), "whose keys are right is not stored again")
		require.Empty(t, reports.all())
	})
}

func TestIndexingKnowsThatADoctorMayBeErasedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		doctors := w.unindexed(3)
		on := &updates{Storage: w.store, before: func(id doctor.ID) error {
			if id != doctors[1].ID() {
				return nil
			}
			return w.store.Erase(context.Background(), id, func(d *doctor.Doctor) error { d.Erase(doctor.Occasion{At: time.Now()}); return nil })
		}}
		reports := w.index(on)
		time.Sleep(time.Second)
		require.Equal(t, []doctor.ID{doctors[0].ID(), doctors[2].ID()}, w.found("wxm"))
		require.Empty(t, reports.all())
	})
}

func TestIndexingIsHeldUpByNoDoctorThatCannotBeStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		doctors := w.unindexed(4)
		w.store.Damage(doctors[1].ID())
		var broken atomic.Bool
		broken.Store(true)
		on := &updates{Storage: w.store, before: func(id doctor.ID) error {
			if (id == doctors[0].ID() || id == doctors[2].ID()) && broken.Load() {
				return fmt.Errorf("row %d, that nothing fits into", id)
			}
			return nil
		}}
		reports := w.index(on)
		time.Sleep(time.Second)
		require.Equal(t, []doctor.ID{doctors[3].ID()}, w.found("wxm"))
		require.Equal(t, []string{"search keys were not brought up to date"}, reports.all())
		require.Equal(t, []string{"doctor 1: row 1, that nothing fits into"}, reports.details)
		broken.Store(false)
		asked := on.n.Load()
		time.Sleep(time.Hour)
		require.Equal(t, asked, on.n.Load(), "nobody walks past everybody again for one who cannot be stored")
		time.Sleep(23 * time.Hour)
		require.Equal(t, []doctor.ID{doctors[0].ID(), doctors[2].ID(), doctors[3].ID()}, w.found("wxm"))
	})
}

func TestIndexingWaitsForAStorageThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.unindexed(3)
		var down atomic.Bool
		down.Store(true)
		on := &updates{Storage: w.store, before: func(doctor.ID) error {
			if down.Load() {
				return outbound.ErrUnavailable
			}
			return nil
		}}
		reports := w.index(on)
		time.Sleep(5*time.Minute + time.Second)
		require.EqualValues(t, 6, on.n.Load(), "it asks once a minute, not for each doctor")
		require.Len(t, reports.all(), 6)
		down.Store(false)
		time.Sleep(time.Minute)
		require.Len(t, w.found("wxm"), 3)
	})
}
