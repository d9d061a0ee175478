package storagetest

import (
	"context"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

var brokenNetworks = []fault{
	{store: "no network is ever known", caught: []string{"Begin tells how long", "a wait of Everywhere spares"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told { o.Remember = 0; return nil })
	}},
	{store: "each replica knows networks of its own", caught: []string{"Begin tells how long"}, breaks: func(b *broken) {
		b.begins(func(a *outbound.Attempt) func(*outbound.Candidate) { a.Network[0] += byte(b.nth); return nil })
		b.concludes(func(a *outbound.Attempt, _ *outbound.Outcome) told { a.Network[0] += byte(b.nth); return nil })
	}},
	{store: "networks are kept in part", caught: []string{"a network is known to that doctor"}, breaks: func(b *broken) {
		b.begins(func(a *outbound.Attempt) func(*outbound.Candidate) { a.Network[15] = 0; return nil })
		b.concludes(func(a *outbound.Attempt, _ *outbound.Outcome) told { a.Network[15] = 0; return nil })
	}},
	{store: "a network that one doctor knows is known to all", caught: []string{"a network is known to that doctor"}, breaks: func(b *broken) {
		b.knowsFor(func(a outbound.Attempt) any { return a.Network })
	}},
	{store: "networks are known to phones", caught: []string{"a network is known to the doctor, not", "no network is known to an erased"}, breaks: func(b *broken) {
		b.knowsFor(func(a outbound.Attempt) any { return [2]any{a.Phone, a.Network} })
	}},
	{store: "networks are known for ever", caught: []string{"a network is known for Remember"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told { o.Remember *= 1000; return nil })
	}},
	{store: "the first login says how long a network is known", caught: []string{"a network is known for Remember"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			if o.Remember > 0 && !b.first(a.Network) {
				o.Remember = 0
			}
			return nil
		})
	}},
	{store: "a login that has nothing to remember makes forget", caught: []string{"a network is known for Remember"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told { o.Remember = max(o.Remember, 1); return nil })
	}},
	{store: "every right outcome makes a network known", caught: []string{"only a login makes"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told {
			if o.Right && o.LoginAt.IsZero() {
				o.LoginAt = time.Now()
			}
			return nil
		})
	}},
	{store: "failures make a network known", caught: []string{"only a login makes"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			login := *o
			return func(wait time.Duration) time.Duration {
				if wait == 0 && !login.Right {
					b.visit(*a, login)
				}
				return wait
			}
		})
	}},
	{store: "a login that must wait makes its network known", caught: []string{"only a login makes"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			login := *o
			return func(wait time.Duration) time.Duration {
				if wait > 0 && login.Right {
					b.visit(*a, login)
				}
				return wait
			}
		})
	}},
	{store: "no network is a network", caught: []string{"to come from no network"}, breaks: func(b *broken) {
		b.begins(func(a *outbound.Attempt) func(*outbound.Candidate) { a.Network[0] ^= 1; return nil })
		b.concludes(func(a *outbound.Attempt, _ *outbound.Outcome) told { a.Network[0] ^= 1; return nil })
	}},
}

var brokenEverywhere = []fault{
	{store: "failures from wherever are not counted", caught: []string{"failures from wherever"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, _ *outbound.Outcome) told { a.Everywhere = b.unreached(); return nil })
	}},
	{store: "phones that nobody has never wait everywhere", caught: []string{"failures from wherever"}, breaks: func(b *broken) {
		b.begin = func(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
			seen, err := b.Storage.Begin(ctx, a)
			if err == nil && seen.Doctor == nil {
				a.Everywhere = b.unreached()
				return b.Storage.Begin(ctx, a)
			}
			return seen, err
		}
	}},
	{store: "who comes from no network is spared", caught: []string{"failures from wherever"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			o.Spared = o.Spared || a.Network == [16]byte{}
			return nil
		})
	}},
	{store: "Begin spares nobody", caught: []string{"a wait of Everywhere spares", "a right outcome from a known"}, breaks: func(b *broken) {
		b.begin = func(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
			seen, err := b.Storage.Begin(ctx, a)
			a.Network = [16]byte{}
			strict, _ := b.Storage.Begin(ctx, a)
			seen.Wait = max(seen.Wait, strict.Wait)
			return seen, err
		}
	}},
	{store: "Conclude spares nobody", caught: []string{"a wait of Everywhere spares"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told { o.Spared = false; return nil })
	}},
	{store: "a known network is spared every wait", caught: []string{"the other limits spare"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			if o.Spared {
				a.Account.Key, a.Source.Key = session(), session()
			}
			return nil
		})
	}},
	{store: "failures from known networks do not count everywhere", caught: []string{"where no wait is in force"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			if o.Spared {
				a.Everywhere = b.unreached()
			}
			return nil
		})
	}},
	{store: "failures that are spared make the next wait longer", caught: []string{"while its wait is in force"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			if o.Spared && !o.Right {
				b.known.Store(a.Everywhere.Key, true)
			} else if b.knows(a.Everywhere.Key) {
				a.Everywhere.FirstWait *= 2
			}
			return nil
		})
	}},
	{store: "a right outcome does not forget the counter of Everywhere", caught: []string{"a right outcome forgets the counter"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			if o.Right {
				a.Everywhere = b.unreached()
			}
			return nil
		})
	}},
	{store: "a right outcome opens the door for everybody", caught: []string{"a right outcome from a known"}, breaks: func(b *broken) {
		opens := func(a *outbound.Attempt) {
			if b.knows(a.Everywhere.Key) {
				a.Everywhere.Key[0]++
			}
		}
		b.begins(func(a *outbound.Attempt) func(*outbound.Candidate) { opens(a); return nil })
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			opens(a)
			if o.Right && o.Spared {
				b.known.Store(a.Everywhere.Key, true)
			}
			return nil
		})
	}},
	{store: "Conclude looks whether Everywhere waits, then counts", caught: []string{"of sixty wrong"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
			seen, _ := b.Storage.Begin(context.Background(), *a)
			meet()
			o.Spared = seen.Wait == 0
			return nil
		})
	}},
	{store: "what Everywhere refuses is counted on the account", caught: []string{"of sixty wrong"}, breaks: func(b *broken) {
		b.concludes(func(a *outbound.Attempt, _ *outbound.Outcome) told {
			return func(wait time.Duration) time.Duration {
				if wait > 0 {
					only := outbound.Attempt{Account: a.Account, Source: b.unreached(), Everywhere: b.unreached()}
					_, _ = b.Storage.Conclude(context.Background(), only, outbound.Outcome{})
				}
				return wait
			}
		})
	}},
}

// unreached is a limit that no other attempt has.
func (b *broken) unreached() outbound.Limit {
	return outbound.Limit{Key: session(), Max: 1000, Window: time.Hour}
}

// visit makes a network known behind everybody's back.
func (b *broken) visit(a outbound.Attempt, login outbound.Outcome) {
	a.Account, a.Source, a.Everywhere = b.unreached(), b.unreached(), b.unreached()
	login.Right, login.Events = true, nil
	_, _ = b.Storage.Conclude(context.Background(), a, login)
}

// knowsFor breaks whose networks are known: what goes by another key.
func (b *broken) knowsFor(key func(outbound.Attempt) any) {
	b.concludes(func(a *outbound.Attempt, o *outbound.Outcome) told {
		if o.Remember > 0 {
			b.known.Store(key(*a), true)
		}
		return nil
	})
	b.begin = func(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
		seen, err := b.Storage.Begin(ctx, a)
		if err == nil && b.knows(key(a)) {
			seen.Known = time.Hour
		}
		return seen, err
	}
}
