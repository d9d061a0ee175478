package storagetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

var brokenDoctors = []fault{
	{store: "ByPhone finds nobody", caught: []string{"Add stores a new doctor"}, breaks: func(b *broken) {
		b.byPhone = func(context.Context, doctor.Phone) (*doctor.Doctor, error) { return nil, doctor.ErrNotFound }
	}},
	{store: "events are read in any order", caught: []string{"Add stores the events", "Update stores the events"}, breaks: func(b *broken) {
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			slices.SortStableFunc(page, func(a, b doctor.Entry) int { return strings.Compare(string(a.Type), string(b.Type)) })
			return page
		})
	}},
	{store: "each replica gives identities from a block of its own", caught: []string{"an identity is greater"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			return id + 100*doctor.ID(b.nth), err
		}
	}},
	{store: "two Adds share an identity", caught: []string{"identities given at once"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			return (id + 1) / 2, err
		}
	}},
	{store: "Get answers from a cache of its replica", caught: []string{"Get loads a doctor as another"}, breaks: func(b *broken) {
		var cache sync.Map
		b.get = func(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
			if d, ok := cache.Load(id); ok {
				return d.(*doctor.Doctor), nil
			}
			d, err := b.Storage.Get(ctx, id)
			cache.Store(id, d)
			return d, err
		}
	}},
	{store: "nobody is an error of the database", caught: []string{"Get and Update of an identity", "ByPhone of a phone"}, breaks: func(b *broken) {
		noRows := errors.New("no rows in result set")
		b.get = func(context.Context, doctor.ID) (*doctor.Doctor, error) { return nil, noRows }
		b.byPhone = func(context.Context, doctor.Phone) (*doctor.Doctor, error) { return nil, noRows }
	}},
	{store: "only a page of doctors is searched", caught: []string{"ten thousand doctors"}, breaks: func(b *broken) {
		b.byPhone = func(ctx context.Context, p doctor.Phone) (*doctor.Doctor, error) {
			d, err := b.Storage.ByPhone(ctx, p)
			if err == nil && d.ID() > 1000 {
				return nil, doctor.ErrNotFound
			}
			return d, err
		}
	}},
}

var brokenUpdates = []fault{
	{store: "Update returns the doctor as it was", caught: []string{"Update stores what change made"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
			before, _ := b.dry(id, change)
			_, err := b.Storage.Update(ctx, id, change)
			return before, err
		}
	}},
	{store: "an error of change is wrapped", caught: []string{"an error of change"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
			d, err := b.Storage.Update(ctx, id, change)
			if err != nil {
				err = errors.Join(err)
			}
			return d, err
		}
	}},
	{store: "what change did before its error is stored", caught: []string{"an error of change"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
			var refusal error
			d, err := b.Storage.Update(ctx, id, func(d *doctor.Doctor) error { refusal = change(d); return nil })
			if refusal != nil {
				return nil, refusal
			}
			return d, err
		}
	}},
	{store: "a failed Update leaves its events", caught: []string{"a failed Update leaves"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
			d, err := b.Storage.Update(ctx, id, change)
			if err != nil {
				_, after := b.dry(id, change)
				b.note(recorded(after)...)
			}
			return d, err
		}
	}},
	{store: "a failed Update leaves its revocation", caught: []string{"a failed Update leaves"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
			d, err := b.Storage.Update(ctx, id, change)
			if err != nil {
				b.hooks.Late(nil, outbound.Revocation{Doctor: id, Generation: 2, Expires: inAnHour()})()
			}
			return d, err
		}
	}},
	{store: "a change of nothing is an event", caught: []string{"a change that leaves the version"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
			before, after := b.dry(id, change)
			if before.Version() == after.Version() {
				b.note(doctor.Note(id, doctor.ProfileChanged, now()))
			}
			return b.Storage.Update(ctx, id, change)
		}
	}},
	{store: "an update overwrites what was stored meanwhile", caught: []string{"two updates of one doctor", "an update that begins"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
			_, after := b.dry(id, change)
			meet()
			return b.Storage.Update(ctx, id, func(d *doctor.Doctor) error { *d = *after; return nil })
		}
	}},
	{store: "an update writes the time of the last login back", caught: []string{"an update loses neither"}, breaks: func(b *broken) {
		b.writesBack(func(before *doctor.Doctor, _ doctor.Credential) outbound.Outcome {
			return outbound.Outcome{LoginAt: before.LastLoginAt()}
		})
	}},
	{store: "an update writes the hash back", caught: []string{"an update loses neither", "a change of the keys alone loses"}, breaks: func(b *broken) {
		b.writesBack(func(before *doctor.Doctor, stored doctor.Credential) outbound.Outcome {
			return outbound.Outcome{Rehash: &outbound.Rehash{Old: stored, New: before.Credential()}}
		})
	}},
}

// writesBack breaks Update: it stores a column that it read before the change.
func (b *broken) writesBack(column func(before *doctor.Doctor, stored doctor.Credential) outbound.Outcome) {
	b.update = func(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
		before, err := b.Storage.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		d, err := b.Storage.Update(ctx, id, change)
		if err == nil {
			back := column(before, d.Credential())
			back.Right, back.Doctor = true, id
			free := outbound.Limit{Key: session(), Max: 1000}
			_, err = b.Storage.Conclude(ctx, outbound.Attempt{Account: free, Source: free, Everywhere: free}, back)
		}
		return d, err
	}
}
