package storagetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// concludes breaks Conclude: something else is asked of it, or told about it.
func (b *broken) concludes(alter func(a *outbound.Attempt, o *outbound.Outcome) (after func(time.Duration) time.Duration)) {
	b.conclude = func(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
		after := alter(&a, &o)
		wait, err := b.Storage.Conclude(ctx, a, o)
		if after != nil && err == nil {
			wait = after(wait)
		}
		return wait, err
	}
}

// begins breaks Begin.
func (b *broken) begins(alter func(a *outbound.Attempt) (after func(*outbound.Candidate))) {
	b.begin = func(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
		after := alter(&a)
		seen, err := b.Storage.Begin(ctx, a)
		if after != nil {
			after(&seen)
		}
		return seen, err
	}
}

// limits breaks every rule on a counter.
func (b *broken) limits(alter func(*outbound.Limit)) {
	all := func(a *outbound.Attempt) { alter(&a.Account); alter(&a.Source); alter(&a.Everywhere) }
	b.begins(func(a *outbound.Attempt) func(*outbound.Candidate) { all(a); return nil })
	b.concludes(func(a *outbound.Attempt, _ *outbound.Outcome) func(time.Duration) time.Duration { all(a); return nil })
	b.take = func(ctx context.Context, l outbound.Limit) (time.Duration, error) {
		alter(&l)
		return b.Storage.Take(ctx, l)
	}
}

type told = func(time.Duration) time.Duration

var brokenLogins = []fault{
	{store: "Begin sees nobody", caught: []string{"Begin looks up"}, breaks: func(b *broken) {
		b.begins(func(*outbound.Attempt) func(*outbound.Candidate) {
			return func(c *outbound.Candidate) { c.Doctor = nil }
		})
	}},
	{store: "Begin fails for an unknown phone", caught: []string{"Begin finds nobody"}, breaks: func(b *broken) {
		b.begin = func(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
			seen, err := b.Storage.Begin(ctx, a)
			if err == nil && seen.Doctor == nil {
				err = doctor.ErrNotFound
			}
			return seen, err
		}
	}},
	{store: "Begin counts", caught: []string{"Begin writes nothing"}, breaks: func(b *broken) {
		b.begin = func(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
			_, _ = b.Storage.Conclude(ctx, a, outbound.Outcome{})
			return b.Storage.Begin(ctx, a)
		}
	}},
	{store: "the time of the login is not kept", caught: []string{"a right outcome stores"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told { o.LoginAt = time.Time{}; return nil })
	}},
	{store: "a login is no event", caught: []string{"a right outcome stores"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told { o.Events = nil; return nil })
	}},
	{store: "every right outcome is a login", caught: []string{"a right outcome without LoginAt"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told {
			if o.LoginAt.IsZero() {
				o.LoginAt = time.Now()
			}
			return nil
		})
	}},
	{store: "a rehash overwrites a new password", caught: []string{"a right outcome replaces the hash"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told {
			if o.Rehash != nil {
				d, _ := b.Storage.Get(context.Background(), o.Doctor)
				o.Rehash = &outbound.Rehash{Old: d.Credential(), New: o.Rehash.New}
			}
			return nil
		})
	}},
	{store: "a rehash moves the version", caught: []string{"a right outcome replaces the hash"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told {
			_, _ = b.Storage.Update(context.Background(), o.Doctor, func(d *doctor.Doctor) error {
				d.ChangePassword(d.Credential(), doctor.SessionID{}, now())
				return nil
			})
			return nil
		})
	}},
	{store: "a wrong outcome is a login", caught: []string{"a wrong outcome stores"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told { o.Right = true; return nil })
	}},
	{store: "a doctor that vanished is an error", caught: []string{"a doctor that vanished"}, breaks: func(b *broken) {
		b.conclude = func(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
			if _, err := b.Storage.Get(ctx, o.Doctor); errors.Is(err, doctor.ErrNotFound) {
				return 0, err
			}
			return b.Storage.Conclude(ctx, a, o)
		}
	}},
	{store: "right logins at once refuse each other", caught: []string{"concurrent conclusions"}, breaks: func(b *broken) {
		var one sync.Mutex
		b.conclude = func(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
			if !one.TryLock() {
				return time.Second, nil
			}
			defer one.Unlock()
			meet()
			return b.Storage.Conclude(ctx, a, o)
		}
	}},
}

var brokenWaits = []fault{
	{store: "Conclude looks whether it may count, then counts", caught: []string{"of a hundred wrong"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, _ *outbound.Outcome) told {
			seen, _ := b.Storage.Begin(context.Background(), *a)
			meet()
			return func(wait time.Duration) time.Duration {
				if seen.Wait == 0 {
					return 0
				}
				return wait
			}
		})
	}},
	{store: "Begin knows of no wait", caught: []string{"the count that reaches Max"}, breaks: func(b *broken) {
		b.begins(func(*outbound.Attempt) func(*outbound.Candidate) {
			return func(c *outbound.Candidate) { c.Wait = 0 }
		})
	}},
	{store: "the count after Max begins a wait", caught: []string{"the count that reaches Max"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) { l.Max++ })
	}},
	{store: "a wait of the account is no event", caught: []string{"Throttled is stored"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told { o.Throttled = nil; return nil })
	}},
	{store: "a wait of the source is an event", caught: []string{"Throttled is stored"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			event := o.Throttled
			o.Throttled = nil
			return func(wait time.Duration) time.Duration {
				if seen, _ := b.Storage.Begin(context.Background(), *a); seen.Wait > 0 {
					b.note(*event)
				}
				return wait
			}
		})
	}},
	{store: "refused attempts are events", caught: []string{"during a wait nothing"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told {
			return func(wait time.Duration) time.Duration {
				if wait > 0 {
					b.note(o.Events...)
				}
				return wait
			}
		})
	}},
	{store: "a right outcome in a wait forgets the account's counter", caught: []string{"during a wait nothing"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			return func(wait time.Duration) time.Duration {
				if wait > 0 && o.Right {
					_, _ = b.Storage.Conclude(context.Background(), outbound.Attempt{Account: a.Account}, outbound.Outcome{Right: true})
				}
				return wait
			}
		})
	}},
	{store: "the account's wait is told first", caught: []string{"of several waits"}, breaks: func(b *broken) {
		b.begins(func(a *outbound.Attempt) func(*outbound.Candidate) {
			only := outbound.Attempt{Account: a.Account}
			return func(c *outbound.Candidate) {
				if seen, _ := b.Storage.Begin(context.Background(), only); seen.Wait > 0 {
					c.Wait = seen.Wait
				}
			}
		})
	}},
	{store: "a right outcome forgets no counter", caught: []string{"a right outcome forgets the account"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			if o.Right {
				a.Account.Key = session()
			}
			return nil
		})
	}},
	{store: "a right outcome forgets the source's counter too", caught: []string{"a right outcome forgets the account"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			source := a.Source
			return func(wait time.Duration) time.Duration {
				if o.Right {
					_, _ = b.Storage.Conclude(context.Background(), outbound.Attempt{Account: source}, outbound.Outcome{Right: true})
				}
				return wait
			}
		})
	}},
	{
		store:  "keys are kept in part",
		caught: []string{"a counter belongs to its key", "a quota belongs to its key"},
		breaks: func(b *broken) { b.limits(func(l *outbound.Limit) { l.Key[15] = 0 }) },
	},
	{store: "unknown phones are not counted", caught: []string{"unknown phones"}, breaks: func(b *broken) {
		b.conclude = func(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
			if o.Doctor == 0 {
				return 0, nil
			}
			return b.Storage.Conclude(ctx, a, o)
		}
	}},
	{store: "each replica counts for itself", caught: []string{"a counter counts on every"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) { l.Key[0] += byte(b.nth) })
	}},
	{store: "waits do not double", caught: []string{"a wait is of FirstWait"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) { l.MaxWait = l.FirstWait })
	}},
	{store: "waits grow without an end", caught: []string{"a wait is never longer"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) { l.MaxWait = 24 * time.Hour })
	}},
	{store: "a wait without FirstWait is of a whole window", caught: []string{"without FirstWait"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) {
			if l.FirstWait == 0 {
				l.FirstWait, l.MaxWait = l.Window, l.Window
			}
		})
	}},
	{store: "windows are too long", caught: []string{"a window begins"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) { l.Window *= 3 })
	}},
	{store: "windows are too short", caught: []string{"within its window"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) { l.Window /= 2 })
	}},
	{store: "a counter is forgotten when its wait ends", caught: []string{"after a wait"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) { l.Window = 1 })
	}},
	{store: "a counter is kept too long after its wait", caught: []string{"after a wait"}, breaks: func(b *broken) {
		b.limits(func(l *outbound.Limit) { l.Window = time.Hour })
	}},
	{store: "a quota tells no time", caught: []string{"Take passes"}, breaks: func(b *broken) {
		b.take = func(ctx context.Context, l outbound.Limit) (time.Duration, error) {
			wait, err := b.Storage.Take(ctx, l)
			return min(wait, time.Second), err
		}
	}},
	{store: "one use too many passes", caught: []string{"exactly Max of fifty"}, breaks: func(b *broken) {
		b.take = func(ctx context.Context, l outbound.Limit) (time.Duration, error) {
			l.Max++
			return b.Storage.Take(ctx, l)
		}
	}},
	{store: "a refused use puts the window's end off", caught: []string{"a refused use"}, breaks: func(b *broken) {
		var off time.Time
		b.take = func(ctx context.Context, l outbound.Limit) (time.Duration, error) {
			wait, err := b.Storage.Take(ctx, l)
			if wait > 0 {
				off = time.Now().Add(l.Window)
			}
			return max(wait, time.Until(off)), err
		}
	}},
}
