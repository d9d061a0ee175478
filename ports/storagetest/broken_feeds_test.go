package storagetest

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// lookups alters what Lookup finds.
func (b *broken) lookups(alter func([]outbound.Revocation) []outbound.Revocation) {
	b.lookup = func(ctx context.Context, id doctor.ID, of doctor.SessionID) ([]outbound.Revocation, error) {
		found, err := b.Storage.Lookup(ctx, id, of)
		return alter(found), err
	}
}

// drop takes out some revocations.
func drop(some func(outbound.Revocation) bool) func([]outbound.Revocation) []outbound.Revocation {
	return func(list []outbound.Revocation) []outbound.Revocation { return slices.DeleteFunc(list, some) }
}

var brokenRevocations = []fault{
	{store: "a logout is no event", caught: []string{"Revoke stores the event"}, breaks: func(b *broken) {
		b.revoke = func(ctx context.Context, of doctor.SessionID, until time.Time, e doctor.Event) error {
			e.Doctor = 1_000_000
			return b.Storage.Revoke(ctx, of, until, e)
		}
	}},
	{store: "each logout of one session is an event", caught: []string{"voiding a void session"}, breaks: func(b *broken) {
		b.revoke = func(ctx context.Context, of doctor.SessionID, until time.Time, e doctor.Event) error {
			b.note(e)
			e.Doctor = 1_000_000
			return b.Storage.Revoke(ctx, of, until, e)
		}
	}},
	{store: "feeds bring logouts alone", caught: []string{"Update that ended sessions"}, breaks: func(b *broken) {
		b.rounds(func(r *outbound.Round, _ bool) {
			r.Revocations = drop(func(r outbound.Revocation) bool { return r.Generation != 0 })(r.Revocations)
		})
	}},
	{store: "an ended generation is remembered for an hour", caught: []string{"an ended generation"}, breaks: func(b *broken) {
		b.lookups(func(list []outbound.Revocation) []outbound.Revocation {
			for i := range list {
				list[i].Expires = inAnHour()
			}
			return list
		})
	}},
	{store: "Lookup overlooks ended generations", caught: []string{"Lookup finds what concerns"}, breaks: func(b *broken) {
		b.lookups(drop(func(r outbound.Revocation) bool { return r.Generation != 0 }))
	}},
	{store: "Lookup finds a doctor's last ended generation alone", caught: []string{"Lookup finds what concerns"}, breaks: func(b *broken) {
		b.lookups(func(list []outbound.Revocation) []outbound.Revocation {
			var last int64
			for _, r := range list {
				last = max(last, r.Generation)
			}
			return drop(func(r outbound.Revocation) bool { return r.Generation != 0 && r.Generation != last })(list)
		})
	}},
	{store: "Lookup finds everybody's ended generations", caught: []string{"Lookup finds what concerns"}, breaks: func(b *broken) {
		b.lookup = func(ctx context.Context, _ doctor.ID, of doctor.SessionID) (all []outbound.Revocation, err error) {
			for id := range doctor.ID(10) {
				found, _ := b.Storage.Lookup(ctx, id+1, of)
				all = append(all, found...)
			}
			return all, nil
		}
	}},
	{store: "Lookup knows what its own replica voided", caught: []string{"Lookup sees what another"}, breaks: func(b *broken) {
		own := map[doctor.SessionID]bool{}
		b.revoke = func(ctx context.Context, of doctor.SessionID, until time.Time, e doctor.Event) error {
			own[of] = true
			return b.Storage.Revoke(ctx, of, until, e)
		}
		b.lookups(drop(func(r outbound.Revocation) bool { return !own[r.Session] }))
	}},
	{store: "revocations never expire", caught: []string{"a revocation is over"}, breaks: func(b *broken) {
		b.revoke = func(ctx context.Context, of doctor.SessionID, _ time.Time, e doctor.Event) error {
			return b.Storage.Revoke(ctx, of, inAnHour(), e)
		}
	}},
}

var brokenFeeds = []fault{
	{store: "a feed begins with what is new", caught: []string{"the first call of Next"}, breaks: func(b *broken) {
		b.rounds(func(r *outbound.Round, first bool) {
			if first {
				r.Revocations = nil
			}
		})
	}},
	{store: "a round holds a page", caught: []string{"the first round of a feed brings"}, breaks: func(b *broken) {
		b.rounds(func(r *outbound.Round, _ bool) { r.Revocations = r.Revocations[:min(1000, len(r.Revocations))] })
	}},
	{store: "a feed brings what its own replica voided", caught: []string{"Next brings what any"}, breaks: func(b *broken) {
		own := map[doctor.SessionID]bool{}
		b.revoke = func(ctx context.Context, of doctor.SessionID, until time.Time, e doctor.Event) error {
			own[of] = true
			return b.Storage.Revoke(ctx, of, until, e)
		}
		b.rounds(func(r *outbound.Round, _ bool) {
			r.Revocations = drop(func(r outbound.Revocation) bool { return r.Generation == 0 && !own[r.Session] })(r.Revocations)
		})
	}},
	{store: "rounds tell no time", caught: []string{"each round tells"}, breaks: func(b *broken) {
		b.rounds(func(r *outbound.Round, _ bool) { r.Now = time.Time{} })
	}},
	{store: "a feed follows the numbers of its rows", caught: []string{"no revocation is skipped, however"}, breaks: func(b *broken) {
		late := b.hooks.Late // its number was given before that of whoever overtook it
		b.hooks.Late = func(t testing.TB, r outbound.Revocation) func() {
			b.first(r.Session)
			return late(t, r)
		}
		b.rounds(func(r *outbound.Round, first bool) {
			r.Revocations = drop(func(r outbound.Revocation) bool { return !first && b.knows(r.Session) })(r.Revocations)
		})
	}},
	{store: "a slow transaction is seen before it commits", caught: []string{"no revocation is skipped, however"}, breaks: func(b *broken) {
		late := b.hooks.Late
		b.hooks.Late = func(t testing.TB, r outbound.Revocation) func() { late(t, r)(); return func() {} }
	}},
	{store: "a feed whose connection was cut is silent", caught: []string{"a peer hears"}, breaks: func(b *broken) {
		var cuts atomic.Int64
		b.hooks.Cut = func(testing.TB) { cuts.Add(1) }
		b.rounds(func(r *outbound.Round, _ bool) {
			if cuts.Load() > 0 {
				r.Revocations = nil
			}
		})
	}},
	{store: "a cut connection is an error of its own", caught: []string{"after its connections were cut"}, breaks: func(b *broken) {
		var cut atomic.Bool
		b.hooks.Cut = func(testing.TB) { cut.Store(true) }
		b.get = func(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
			if cut.Swap(false) {
				return nil, errors.New("bad connection")
			}
			return b.Storage.Get(ctx, id)
		}
	}},
	{store: "feeds take connections of the pool", caught: []string{"feeds use no connection"}, breaks: func(b *broken) {
		pool := make(chan bool, 16)
		b.watch = func(ctx context.Context) (outbound.Feed, error) {
			select {
			case pool <- true:
			default:
			}
			return b.Storage.Watch(ctx)
		}
		b.get = func(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
			select {
			case pool <- true:
				defer func() { <-pool }()
				return b.Storage.Get(ctx, id)
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}},
	{store: "a closed feed goes on", caught: []string{"a closed feed brings"}, breaks: func(b *broken) {
		b.watch = func(ctx context.Context) (outbound.Feed, error) {
			right, err := b.Storage.Watch(ctx)
			return immortal{right}, err
		}
	}},
	{store: "closing a feed again is an error", caught: []string{"a closed feed brings"}, breaks: func(b *broken) {
		b.watch = func(ctx context.Context) (outbound.Feed, error) {
			right, err := b.Storage.Watch(ctx)
			return &onceOnly{Feed: right}, err
		}
	}},
}

type immortal struct{ outbound.Feed }

func (immortal) Close() error { return nil }

type onceOnly struct {
	outbound.Feed
	closed bool
}

func (f *onceOnly) Close() error {
	if f.closed {
		return errors.New("already closed")
	}
	f.closed = true
	return f.Feed.Close()
}
