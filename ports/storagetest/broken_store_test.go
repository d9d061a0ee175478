package storagetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// spells breaks every text that is read.
func (b *broken) spells(as func(string) string) {
	b.reads(func(s *doctor.Snapshot) {
		s.Name, s.Speciality, s.InternalID = as(s.Name), as(s.Speciality), as(s.InternalID)
	})
}

// tells breaks every time that is read.
func (b *broken) tells(as func(time.Time) time.Time) {
	b.reads(func(s *doctor.Snapshot) { s.CreatedAt, s.UpdatedAt = as(s.CreatedAt), as(s.UpdatedAt) })
}

const (
	exactText   = "text comes back exactly"
	alikeTexts  = "texts that differ only"
	nulText     = "text with a NUL"
	exactTime   = "times come back"
	afterClose  = "closing again does nothing"
	sweeping    = "Sweep changes no answer"
	overContext = "a call whose context is over"
)

var brokenExactness = []fault{
	{store: "trailing blanks are lost", caught: []string{exactText}, breaks: func(b *broken) {
		b.spells(func(s string) string {
			if cut := strings.TrimRight(s, " "); cut != "" {
				return cut
			}
			return s
		})
	}},
	{store: "letters and accents are composed", caught: []string{exactText}, breaks: func(b *broken) {
		b.spells(func(s string) string { return strings.ReplaceAll(s, "e\u0301", "\u00e9") })
	}},
	{store: "rare characters become question marks", caught: []string{exactText}, breaks: func(b *broken) {
		b.spells(func(s string) string {
			return strings.Map(func(r rune) rune {
				if r > 0xffff {
					return '?'
				}
				return r
			}, s)
		})
	}},
	{store: "backslashes escape", caught: []string{exactText}, breaks: func(b *broken) {
		b.spells(func(s string) string { return strings.ReplaceAll(s, `\n`, "\n") })
	}},
	{store: "texts are cut at 255", caught: []string{exactText}, breaks: func(b *broken) {
		b.spells(func(s string) string { return string([]rune(s)[:min(255, len([]rune(s)))]) })
	}},
	{store: "what stood before is not in the events", caught: []string{exactText, "Update stores the events"}, breaks: func(b *broken) {
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			for i, e := range page {
				page[i].Values.Changes = slices.Clone(e.Values.Changes)
				for j := range page[i].Values.Changes {
					page[i].Values.Changes[j].Before = ""
				}
			}
			return page
		})
	}},
	{store: "letter case does not matter", caught: []string{alikeTexts}, breaks: func(b *broken) {
		b.confuses(strings.ToLower)
	}},
	{store: "trailing blanks do not matter", caught: []string{alikeTexts}, breaks: func(b *broken) {
		b.confuses(func(s string) string { return strings.TrimRight(s, " ") })
	}},
	{store: "text ends at a NUL", caught: []string{nulText}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			s := d.Snapshot()
			phone, _, cut := strings.Cut(s.Phone, "\x00")
			if cut {
				s.ID, s.Phone = 1, "cut"+phone
				d, _ = doctor.Restore(s)
			}
			return b.Storage.Add(ctx, d)
		}
	}},
	{store: "a refused text makes the store unavailable", caught: []string{nulText}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			if err != nil {
				err = outbound.ErrUnavailable
			}
			return id, err
		}
	}},
	{store: "a refused text breaks the connection", caught: []string{nulText}, breaks: func(b *broken) {
		var aborted atomic.Bool
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			aborted.Store(aborted.Load() || err != nil)
			return id, err
		}
		b.get = func(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
			if aborted.Load() {
				return nil, errors.New("current transaction is aborted")
			}
			return b.Storage.Get(ctx, id)
		}
	}},
	{store: "times are kept to the millisecond", caught: []string{exactTime}, breaks: func(b *broken) {
		b.tells(func(t time.Time) time.Time { return t.Truncate(time.Millisecond) })
	}},
	{store: "times are kept as nanoseconds of 64 bits", caught: []string{exactTime}, breaks: func(b *broken) {
		b.tells(func(t time.Time) time.Time { return time.Unix(0, t.UnixNano()) })
	}},
	{store: "times before 1970 are lost", caught: []string{exactTime}, breaks: func(b *broken) {
		b.tells(func(t time.Time) time.Time { return time.UnixMicro(max(0, t.UnixMicro())) })
	}},
	{store: "a login's zone is dropped", caught: []string{exactTime}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told {
			_, offset := o.LoginAt.Zone()
			o.LoginAt = o.LoginAt.Add(time.Duration(offset) * time.Second)
			return nil
		})
	}},
	{store: "a date is a midnight in Shanghai, read in UTC", caught: []string{"a date has no zone"}, breaks: func(b *broken) {
		b.reads(func(s *doctor.Snapshot) {
			midnight, _ := time.ParseInLocation(time.DateOnly, s.BirthDate, time.FixedZone("Shanghai", 8*3600))
			s.BirthDate = midnight.UTC().Format(time.DateOnly)
		})
	}},
	{store: "numbers are floating", caught: []string{"numbers come back"}, breaks: func(b *broken) {
		b.reads(func(s *doctor.Snapshot) { s.HospitalID = int64(float64(s.HospitalID)) })
	}},
	{store: "never is 1970", caught: []string{"what is not set"}, breaks: func(b *broken) {
		b.reads(func(s *doctor.Snapshot) {
			if s.LastLoginAt.IsZero() {
				s.LastLoginAt = time.Unix(0, 0)
			}
		})
	}},
	{store: "what is not set is unknown", caught: []string{"what is not set"}, breaks: func(b *broken) {
		b.reads(func(s *doctor.Snapshot) {
			if s.Gender == "" {
				s.Gender = "未知"
			}
		})
	}},
	{store: "sessions end at a zero byte", caught: []string{"sessions and salts"}, breaks: func(b *broken) {
		b.revoke = func(ctx context.Context, of doctor.SessionID, until time.Time, e doctor.Event) error {
			var cut doctor.SessionID
			for i := 0; i < len(of) && of[i] != 0; i++ {
				cut[i] = of[i]
			}
			return b.Storage.Revoke(ctx, cut, until, e)
		}
	}},
}

// confuses takes phones for one that are alike in a form.
func (b *broken) confuses(form func(string) string) {
	b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
		if !b.first(form(d.Profile().Phone.String())) {
			return 0, doctor.ErrPhoneTaken
		}
		return b.Storage.Add(ctx, d)
	}
}

var brokenLifecycle = []fault{
	{store: "every store has an administrator", caught: []string{"Probe tells"}, breaks: func(b *broken) {
		b.probes(func(p *outbound.Probe) { p.Administered = true })
	}},
	{store: "the clock is a minute late", caught: []string{"Probe tells"}, breaks: func(b *broken) {
		b.probes(func(p *outbound.Probe) { p.Now = p.Now.Add(-time.Minute) })
	}},
	{store: "the schema is older than the program", caught: []string{"Probe tells"}, breaks: func(b *broken) {
		b.probes(func(p *outbound.Probe) { p.Schema.Version = 0 })
	}},
	{store: "the clock stands", caught: []string{"the storage's clock runs on"}, breaks: func(b *broken) {
		began := time.Now()
		b.probes(func(p *outbound.Probe) { p.Now = began })
	}},
	{store: "Sweep deletes what is in force", caught: []string{sweeping}, breaks: func(b *broken) {
		b.sweeps(func() {})
		b.rounds(func(r *outbound.Round, _ bool) {
			if b.knows("swept") {
				r.Revocations = nil
			}
		})
	}},
	{store: "Sweep deletes counters that still count", caught: []string{sweeping}, breaks: func(b *broken) {
		b.sweeps(func() {})
		b.limits(func(l *outbound.Limit) {
			if b.knows("swept") {
				l.Key[0]++
			}
		})
	}},
	{store: "Sweep moves the places that feeds remember", caught: []string{"feeds go on over"}, breaks: func(b *broken) {
		var skip atomic.Bool
		b.sweeps(func() { skip.Store(true) })
		b.rounds(func(r *outbound.Round, _ bool) {
			if skip.Swap(false) {
				r.Revocations = nil
			}
		})
	}},
	{store: "a closed store works on", caught: []string{afterClose}, breaks: func(b *broken) {
		b.shut = func() error { return nil }
	}},
	{store: "closing again is an error", caught: []string{afterClose}, breaks: func(b *broken) {
		b.shut = func() error {
			if !b.first("closed") {
				return errors.New("already closed")
			}
			return b.Storage.Close()
		}
	}},
	{store: "closed is an error of the database", caught: []string{afterClose, "calls under way while"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
			d, err := b.Storage.Update(ctx, id, change)
			if errors.Is(err, outbound.ErrUnavailable) {
				err = errors.New("sql: database is closed")
			}
			return d, err
		}
	}},
	{store: "closing one closes all", caught: []string{"closing one replica"}, breaks: func(b *broken) {
		b.shut = func() error { b.first("closed"); return b.Storage.Close() }
		b.revoke = func(ctx context.Context, of doctor.SessionID, until time.Time, e doctor.Event) error {
			if b.knows("closed") {
				return outbound.ErrUnavailable
			}
			return b.Storage.Revoke(ctx, of, until, e)
		}
	}},
	{store: "a damaged doctor is nobody", caught: []string{"a stored doctor that cannot"}, breaks: func(b *broken) {
		b.begin = func(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
			seen, err := b.Storage.Begin(ctx, a)
			if errors.Is(err, doctor.ErrDamaged) {
				err = nil
			}
			return seen, err
		}
	}},
	{store: "a cancelled Update takes place", caught: []string{overContext}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
			return b.Storage.Update(context.WithoutCancel(ctx), id, change)
		}
	}},
	{store: "a cancelled Add takes place and says it did not", caught: []string{overContext}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
			d, err := b.Storage.Update(context.WithoutCancel(ctx), id, change)
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return d, err
		}
	}},
	{store: "feeds do not listen to contexts", caught: []string{"Next and Watch honour"}, breaks: func(b *broken) {
		b.watch = func(ctx context.Context) (outbound.Feed, error) {
			right, err := b.Storage.Watch(ctx)
			return brokenFeed{right, func(ctx context.Context) (outbound.Round, error) {
				return right.Next(context.WithoutCancel(ctx))
			}}, err
		}
	}},
	{store: "a cancelled Update leaves the state and forgets the events", caught: []string{"a call that is cancelled under way"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
			d, err := b.Storage.Update(ctx, id, change)
			if gaveUp(err) {
				_, _ = b.Storage.Update(context.WithoutCancel(ctx), id, func(d *doctor.Doctor) error {
					err := change(d)
					d.Drain()
					return err
				})
			}
			return d, err
		}
	}},
	{store: "a cancelled Add leaves the doctor and forgets the event", caught: []string{"a doctor whose Add is cancelled"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			if gaveUp(err) {
				d.Drain()
				_, _ = b.Storage.Add(context.WithoutCancel(ctx), d)
			}
			return id, err
		}
	}},
	{store: "changes run under one lock", caught: []string{"a call returns soon"}, breaks: func(b *broken) {
		var lock sync.Mutex
		b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
			lock.Lock()
			defer lock.Unlock()
			return b.Storage.Update(ctx, id, change)
		}
	}},
	{store: "the driver answers to another scheme", caught: []string{"a driver answers"}, driver: func(d *outbound.StorageDriver) {
		d.Schemes = []string{"mem"}
	}},
	{store: "the file of an embedded database has no name", caught: []string{"a driver answers"}, driver: func(d *outbound.StorageDriver) {
		d.Path = func(string) (string, error) { return "", nil }
	}},
	{store: "any URL opens", caught: []string{"what can never work"}, driver: func(d *outbound.StorageDriver) {
		open := d.Open
		d.Open = func(ctx context.Context, o outbound.StorageOptions) (outbound.Storage, error) {
			o.URL = func() (string, error) { return "memory:", nil }
			return open(ctx, o)
		}
	}},
	{store: "a missing schema is taken for one that fits", caught: []string{"without a schema"}, driver: func(d *outbound.StorageDriver) {
		d.Migrate = func(context.Context, outbound.StorageOptions) error { return nil }
	}},
	{store: "one migrates and the others fail", caught: []string{"several replicas may migrate"}, driver: func(d *outbound.StorageDriver) {
		var once shared
		d.Migrate = func(context.Context, outbound.StorageOptions) error {
			if !once.first("migrated") {
				return errors.New("table schema_info exists")
			}
			return nil
		}
	}},
}

func (b *broken) probes(alter func(*outbound.Probe)) {
	b.probe = func(ctx context.Context) (outbound.Probe, error) {
		p, err := b.Storage.Probe(ctx)
		alter(&p)
		return p, err
	}
}

func (b *broken) sweeps(after func()) {
	b.sweep = func(ctx context.Context) error {
		b.first("swept")
		defer after()
		return b.Storage.Sweep(ctx)
	}
}
