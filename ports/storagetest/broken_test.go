package storagetest

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// The suite is tested by stores that are broken on purpose, each of which must be caught by the clause that names its
// fault; and every clause must catch one, or it would prove nothing.

// fault is a way to break a store that is right.
type fault struct {
	store  string        // what is wrong with it
	caught []string      // by which clauses: how their sentences begin
	breaks func(*broken) // asked for each replica
	driver func(*outbound.StorageDriver)
}

func faults() (all []fault) {
	for _, some := range [][]fault{
		brokenDoctors, brokenUpdates, brokenUniqueness, brokenAdministrators, brokenRevocations, brokenTrail, brokenFeeds,
		brokenLogins, brokenWaits, brokenNetworks, brokenEverywhere, brokenForgetting, brokenDirectory, brokenPages,
		brokenKeywords, brokenKeys, brokenErasure, brokenErasedTrail, brokenErasedAtOnce, brokenExactness, brokenLifecycle,
	} {
		all = append(all, some...)
	}
	return all
}

func TestEachBrokenStoreIsCaughtByTheClauseThatNamesItsFault(t *testing.T) {
	for _, f := range faults() {
		t.Run(f.store, func(t *testing.T) {
			t.Parallel()
			for _, begins := range f.caught {
				c := clauseThat(t, begins)
				if found := record(t, func(t testing.TB) { prove(t, harness(f), c) }); !found.failed {
					t.Errorf("%q did not catch it", c.says)
				} else if testing.Verbose() {
					t.Log(strings.Join(found.said, "\n"))
				}
			}
		})
	}
}

func TestEveryClauseCatchesABrokenStore(t *testing.T) {
	catches := map[string]bool{}
	for _, f := range faults() {
		for _, begins := range f.caught {
			catches[clauseThat(t, begins).says] = true
		}
	}
	for _, c := range contract() {
		if !catches[c.says] {
			t.Errorf("%q catches nothing", c.says)
		}
	}
}

func TestTheUnbrokenStoreIsCaughtByNone(t *testing.T) {
	for _, c := range contract() {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			if found := record(t, func(t testing.TB) { prove(t, harness(fault{}), c) }); found.failed {
				t.Error(strings.Join(found.said, "\n"))
			}
		})
	}
}

// clauseThat finds the one clause whose sentence begins so.
func clauseThat(t *testing.T, begins string) clause {
	t.Helper()
	var found []clause
	for _, c := range contract() {
		if strings.HasPrefix(c.says, begins) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d clauses begin with %q", len(found), begins)
	}
	return found[0]
}

// harness opens stores in memory that have a fault.
func harness(f fault) Harness {
	driver := memory.Driver()
	if f.driver != nil {
		f.driver(&driver)
	}
	return Harness{
		Driver: driver,
		Empty: func(testing.TB) outbound.StorageOptions {
			url := func() (string, error) { return "memory:", nil }
			return outbound.StorageOptions{URL: url, SchemaURL: url}
		},
		Open: func(testing.TB) Replica {
			if f.breaks == nil {
				f.breaks = func(*broken) {}
			}
			return replica(memory.New(), f, &shared{})
		},
	}
}

func replica(right *memory.Store, f fault, s *shared) Replica {
	b := &broken{Storage: right, shared: s, nth: int(s.replicas.Add(1))}
	b.hooks = Replica{
		Peer:   func(testing.TB) Replica { return replica(right.Peer(), f, s) },
		Cut:    func(testing.TB) {},
		Damage: func(_ testing.TB, id doctor.ID) { right.Damage(id) },
		Late:   func(_ testing.TB, r outbound.Revocation) func() { return func() { right.Slip(r) } },
	}
	f.breaks(b)
	b.hooks.Storage = b
	return b.hooks
}

// shared is what the replicas of one broken store know together.
type shared struct {
	replicas atomic.Int64
	count    atomic.Int64
	known    sync.Map
}

// first tells whether a thing was never seen before.
func (s *shared) first(thing any) bool {
	_, seen := s.known.LoadOrStore(thing, true)
	return !seen
}

func (s *shared) knows(thing any) bool {
	_, seen := s.known.Load(thing)
	return seen
}

// broken is a store that does some things its own way.
type broken struct {
	outbound.Storage // the one that is right
	*shared
	nth   int // which replica it is, from 1
	hooks Replica

	add, addFirst func(context.Context, *doctor.Doctor) (doctor.ID, error)
	get           func(context.Context, doctor.ID) (*doctor.Doctor, error)
	byPhone       func(context.Context, doctor.Phone) (*doctor.Doctor, error)
	update        func(context.Context, doctor.ID, func(*doctor.Doctor) error) (*doctor.Doctor, error)
	erasing       func(context.Context, doctor.ID, func(*doctor.Doctor) error) error
	finding       func(context.Context, outbound.Query) (outbound.Page, error)
	byNumber      func(context.Context, doctor.Reference, doctor.StaffNumber) (*doctor.Doctor, error)
	trail         func(context.Context, doctor.ID, int64, int) ([]doctor.Entry, error)
	forget        func(context.Context, [8]byte) error
	begin         func(context.Context, outbound.Attempt) (outbound.Candidate, error)
	conclude      func(context.Context, outbound.Attempt, outbound.Outcome) (time.Duration, error)
	take          func(context.Context, outbound.Limit) (time.Duration, error)
	revoke        func(context.Context, doctor.SessionID, time.Time, doctor.Event) error
	noting        func(context.Context, doctor.Event) error
	lookup        func(context.Context, doctor.ID, doctor.SessionID) ([]outbound.Revocation, error)
	watch         func(context.Context) (outbound.Feed, error)
	probe         func(context.Context) (outbound.Probe, error)
	sweep         func(context.Context) error
	shut          func() error
}

func (b *broken) Add(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	if b.add != nil {
		return b.add(ctx, d)
	}
	return b.Storage.Add(ctx, d)
}

func (b *broken) AddFirstAdministrator(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	if b.addFirst != nil {
		return b.addFirst(ctx, d)
	}
	return b.Storage.AddFirstAdministrator(ctx, d)
}

func (b *broken) Get(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
	if b.get != nil {
		return b.get(ctx, id)
	}
	return b.Storage.Get(ctx, id)
}

func (b *broken) ByPhone(ctx context.Context, p doctor.Phone) (*doctor.Doctor, error) {
	if b.byPhone != nil {
		return b.byPhone(ctx, p)
	}
	return b.Storage.ByPhone(ctx, p)
}

func (b *broken) Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	if b.update != nil {
		return b.update(ctx, id, change)
	}
	return b.Storage.Update(ctx, id, change)
}

func (b *broken) Erase(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) error {
	if b.erasing != nil {
		return b.erasing(ctx, id, change)
	}
	return b.Storage.Erase(ctx, id, change)
}

func (b *broken) Find(ctx context.Context, q outbound.Query) (outbound.Page, error) {
	if b.finding != nil {
		return b.finding(ctx, q)
	}
	return b.Storage.Find(ctx, q)
}

func (b *broken) ByStaffNumber(
	ctx context.Context, hospital doctor.Reference, n doctor.StaffNumber,
) (*doctor.Doctor, error) {
	if b.byNumber != nil {
		return b.byNumber(ctx, hospital, n)
	}
	return b.Storage.ByStaffNumber(ctx, hospital, n)
}

func (b *broken) Events(ctx context.Context, id doctor.ID, before int64, limit int) ([]doctor.Entry, error) {
	if b.trail != nil {
		return b.trail(ctx, id, before, limit)
	}
	return b.Storage.Events(ctx, id, before, limit)
}

func (b *broken) Forget(ctx context.Context, account [8]byte) error {
	if b.forget != nil {
		return b.forget(ctx, account)
	}
	return b.Storage.Forget(ctx, account)
}

func (b *broken) Begin(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
	if b.begin != nil {
		return b.begin(ctx, a)
	}
	return b.Storage.Begin(ctx, a)
}

func (b *broken) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	if b.conclude != nil {
		return b.conclude(ctx, a, o)
	}
	return b.Storage.Conclude(ctx, a, o)
}

func (b *broken) Take(ctx context.Context, l outbound.Limit) (time.Duration, error) {
	if b.take != nil {
		return b.take(ctx, l)
	}
	return b.Storage.Take(ctx, l)
}

func (b *broken) Revoke(ctx context.Context, of doctor.SessionID, until time.Time, e doctor.Event) error {
	if b.revoke != nil {
		return b.revoke(ctx, of, until, e)
	}
	return b.Storage.Revoke(ctx, of, until, e)
}

func (b *broken) Note(ctx context.Context, e doctor.Event) error {
	if b.noting != nil {
		return b.noting(ctx, e)
	}
	return b.Storage.Note(ctx, e)
}

func (b *broken) Lookup(ctx context.Context, id doctor.ID, of doctor.SessionID) ([]outbound.Revocation, error) {
	if b.lookup != nil {
		return b.lookup(ctx, id, of)
	}
	return b.Storage.Lookup(ctx, id, of)
}

func (b *broken) Watch(ctx context.Context) (outbound.Feed, error) {
	if b.watch != nil {
		return b.watch(ctx)
	}
	return b.Storage.Watch(ctx)
}

func (b *broken) Probe(ctx context.Context) (outbound.Probe, error) {
	if b.probe != nil {
		return b.probe(ctx)
	}
	return b.Storage.Probe(ctx)
}

func (b *broken) Sweep(ctx context.Context) error {
	if b.sweep != nil {
		return b.sweep(ctx)
	}
	return b.Storage.Sweep(ctx)
}

func (b *broken) Close() error {
	if b.shut != nil {
		return b.shut()
	}
	return b.Storage.Close()
}

// What faults are made of.

// meet lets other goroutines come as far as this one, so that a race is lost every time.
func meet() {
	for range 20 {
		runtime.Gosched()
	}
	pause()
}

// reads alters what comes back of every doctor.
func (b *broken) reads(alter func(*doctor.Snapshot)) {
	altered := func(d *doctor.Doctor, err error) (*doctor.Doctor, error) {
		if err != nil {
			return nil, err
		}
		s := d.Snapshot()
		alter(&s)
		return doctor.Restore(s)
	}
	b.get = func(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
		return altered(b.Storage.Get(ctx, id))
	}
	b.byPhone = func(ctx context.Context, p doctor.Phone) (*doctor.Doctor, error) {
		return altered(b.Storage.ByPhone(ctx, p))
	}
}

// note stores events behind everybody's back.
func (b *broken) note(events ...doctor.Event) {
	free := outbound.Limit{Key: session(), Max: 1000, Window: time.Hour}
	_, _ = b.Storage.Conclude(context.Background(), outbound.Attempt{Account: free, Source: free, Everywhere: free},
		outbound.Outcome{Right: true, Events: events})
}

// entries breaks pages of events.
func (b *broken) entries(alter func([]doctor.Entry) []doctor.Entry) {
	b.trail = func(ctx context.Context, id doctor.ID, before int64, limit int) ([]doctor.Entry, error) {
		page, err := b.Storage.Events(ctx, id, before, limit)
		return alter(page), err
	}
}

// dry is what a doctor would become; nothing is stored.
func (b *broken) dry(id doctor.ID, change func(*doctor.Doctor) error) (before, after *doctor.Doctor) {
	d, err := b.Storage.Get(context.Background(), id)
	if err != nil {
		return nil, nil
	}
	look := *d
	_ = change(&look)
	return d, &look
}

// administrators counts active ones, or all.
func (b *broken) administrators(all bool) (n int) {
	for id := doctor.ID(1); id < 50; id++ {
		d, err := b.Storage.Get(context.Background(), id)
		if err == nil && d.Role() == doctor.Administrator && (all || d.IsActiveAdministrator()) {
			n++
		}
	}
	return n
}

// rounds alters what feeds bring; first tells the first round of each.
func (b *broken) rounds(alter func(r *outbound.Round, first bool)) {
	b.watch = func(ctx context.Context) (outbound.Feed, error) {
		right, err := b.Storage.Watch(ctx)
		if err != nil {
			return nil, err
		}
		first := true
		return brokenFeed{Feed: right, next: func(ctx context.Context) (outbound.Round, error) {
			r, err := right.Next(ctx)
			alter(&r, first)
			first = false
			return r, err
		}}, nil
	}
}

type brokenFeed struct {
	outbound.Feed
	next func(context.Context) (outbound.Round, error)
}

func (f brokenFeed) Next(ctx context.Context) (outbound.Round, error) { return f.next(ctx) }
