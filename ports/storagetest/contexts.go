package storagetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Each method honours its context, and a call that is given up leaves nothing half done.
var contexts = []clause{
	{"a call whose context is over returns soon with its error or ErrUnavailable, and stores nothing", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		over, cancel := context.WithCancel(s.ctx)
		cancel()
		late, cancel := context.WithDeadline(s.ctx, time.Now().Add(-time.Hour))
		defer cancel()
		for _, ctx := range []context.Context{over, late} {
			for name, call := range s.calls(ctx, s.Storage, id) {
				if err := s.within(soon, name, call); !gaveUp(err) {
					s.Fatalf("%s: got error %v, want the context's or ErrUnavailable", name, err)
				}
			}
		}
		s.untouched(id, before, events, feed)
	}},

	{"Next and Watch honour their contexts too", func(s *scene) {
		feed := s.watch(s.Replica)
		over, cancel := context.WithCancel(s.ctx)
		cancel()
		if _, err := feed.feed.Next(over); !gaveUp(err) {
			s.Fatalf("Next: got error %v, want the context's or ErrUnavailable", err)
		}
		if _, err := s.Storage.Watch(over); !gaveUp(err) {
			s.Fatalf("Watch: got error %v, want the context's or ErrUnavailable", err)
		}
		s.again(s.Replica, feed).brings(s.logout(s.Replica, s.ordinary()))
	}},

	{"a call that is cancelled under way takes place or does not: state, events and revocations agree", func(s *scene) {
		id := s.ordinary()
		for i := range 60 {
			before := s.get(id)
			n := len(s.events(id))
			ctx, cancel := context.WithTimeout(s.ctx, time.Duration(i)*50*time.Microsecond)
			_, err := s.Storage.Update(ctx, id, func(d *doctor.Doctor) error {
				if i%3 == 0 {
					cancel()
				}
				d.ResetPassword(doctor.CredentialOf("$x"), now())
				return nil
			})
			cancel()
			if err != nil && !gaveUp(err) {
				s.Fatalf("Update: got error %v, want the context's or ErrUnavailable", err)
			}
			after := s.get(id)
			done := after.Version() - before.Version()
			ended := outbound.Revocation{Doctor: id, Generation: before.Generation() + 1}
			switch {
			case done != 0 && done != 1, err == nil && done != 1:
				s.Fatalf("Update returned %v and took place %d times", err, done)
			case int64(len(s.events(id))-n) != done:
				s.Fatalf("Update took place %d times and stored %d events", done, len(s.events(id))-n)
			case contains(s.lookup(id, session()), ended) != (done == 1):
				s.Fatalf("Update took place %d times; its revocation does not say so", done)
			}
		}
	}},

	{"a doctor whose Add is cancelled under way is there with its event, or not at all", func(s *scene) {
		for i := range 60 {
			d := s.newcomer(doctor.Ordinary)
			ctx, cancel := context.WithTimeout(s.ctx, time.Duration(i)*50*time.Microsecond)
			_, err := s.Storage.Add(ctx, d)
			cancel()
			if err != nil && !gaveUp(err) {
				s.Fatalf("Add: got error %v, want the context's or ErrUnavailable", err)
			}
			switch found, lookErr := s.Storage.ByPhone(s.ctx, d.Profile().Phone); {
			case lookErr == nil:
				s.exactly(1, len(s.events(found.ID())), "events")
			case err == nil:
				s.Fatalf("Add succeeded and the doctor is not there: %v", lookErr)
			default:
				s.refused("ByPhone", lookErr, doctor.ErrNotFound)
			}
		}
	}},

	{"a doctor whose Erase is cancelled under way is there with all its events, or gone with all its Values", func(s *scene) {
		for i := range 40 {
			id := s.ordinary()
			ended := outbound.Revocation{Doctor: id, Generation: 2}
			ctx, cancel := context.WithTimeout(s.ctx, time.Duration(i)*50*time.Microsecond)
			err := s.Storage.Erase(ctx, id, func(d *doctor.Doctor) error {
				if i%3 == 0 {
					cancel()
				}
				return end(d)
			})
			cancel()
			if err != nil && !gaveUp(err) {
				s.Fatalf("Erase: got error %v, want the context's or ErrUnavailable", err)
			}
			_, lookErr := s.Storage.Get(s.ctx, id)
			if lookErr == nil && err != nil {
				s.exactly(1, len(s.events(id)), "events")
			} else {
				s.endsOnce(id)
			}
			if contains(s.lookup(id, session()), ended) != (lookErr != nil) {
				s.Fatal("the revocation does not say whether Erase took place")
			}
		}
	}},

	{"a call returns soon after its context is over, also while a change takes long", func(s *scene) {
		for _, slowly := range []func(id doctor.ID, change func(*doctor.Doctor) error) error{
			func(id doctor.ID, change func(*doctor.Doctor) error) error {
				_, err := s.Storage.Update(s.ctx, id, change)
				return err
			},
			func(id doctor.ID, change func(*doctor.Doctor) error) error { return s.Storage.Erase(s.ctx, id, change) },
		} {
			id, other := s.ordinary(), s.ordinary()
			slow, hold := make(chan struct{}), make(chan struct{})
			finish, done := sync.OnceFunc(func() { close(hold) }), make(chan error, 1)
			s.Cleanup(finish)
			go func() {
				first := true
				done <- slowly(id, func(d *doctor.Doctor) error {
					if first {
						first = false
						close(slow)
						<-hold
					}
					d.Disable(now())
					return nil
				})
			}()
			<-slow
			ctx, cancel := context.WithTimeout(s.ctx, 50*time.Millisecond)
			defer cancel()
			calls := s.calls(ctx, s.Storage, id)
			calls["Erase"] = func() error { return s.Storage.Erase(ctx, other, end) }
			for name, call := range calls {
				if err := s.within(soon, name, call); err != nil && !gaveUp(err) {
					s.Fatalf("%s: got error %v, want none, the context's or ErrUnavailable", name, err)
				}
			}
			finish()
			s.must("the slow change", <-done)
		}
	}},
}

// within stops the case if a call does not return in time, which a hung one never does.
func (s *scene) within(limit time.Duration, name string, call func() error) error {
	s.Helper()
	returned := make(chan error, 1)
	go func() { returned <- call() }()
	select {
	case err := <-returned:
		return err
	case <-time.After(limit):
		s.Fatalf("%s did not return within %s", name, limit)
		return nil
	}
}

// calls are all that one may ask of a storage, changes first.
func (s *scene) calls(ctx context.Context, storage outbound.Storage, id doctor.ID) map[string]func() error {
	person, admin := s.newcomer(doctor.Ordinary), s.newcomer(doctor.Administrator)
	attempt, quota := s.attempt(person), s.quota(1, time.Hour)
	staff := said(s.TB, func(d *doctor.Snapshot) { d.HospitalID, d.InternalID = 7, "D1" })
	return map[string]func() error{
		"Add": func() error { _, err := storage.Add(ctx, person); return err },
		"AddFirstAdministrator": func() error {
			_, err := storage.AddFirstAdministrator(ctx, admin)
			return but(err, doctor.ErrAdministratorExists)
		},
		"Get":     func() error { _, err := storage.Get(ctx, id); return err },
		"ByPhone": func() error { _, err := storage.ByPhone(ctx, s.phoneOne()); return err },
		"Update": func() error {
			_, err := storage.Update(ctx, id, func(d *doctor.Doctor) error {
				d.ResetPassword(doctor.CredentialOf("$x"), now())
				return nil
			})
			return err
		},
		"Erase": func() error { return storage.Erase(ctx, id, end) },
		"Begin": func() error { _, err := storage.Begin(ctx, attempt); return err },
		"Conclude": func() error {
			_, err := storage.Conclude(ctx, attempt, outbound.Outcome{
				Right: true, Doctor: id, LoginAt: time.Now(),
				Events: []doctor.Event{doctor.Note(id, doctor.LoggedIn, now())},
			})
			return err
		},
		"Forget": func() error { return storage.Forget(ctx, [8]byte(attempt.Account.Key[:8])) },
		"Find": func() error {
			_, err := storage.Find(ctx, outbound.Query{Keyword: s.keyword("1"), Limit: 10})
			return err
		},
		"ByStaffNumber": func() error {
			_, err := storage.ByStaffNumber(ctx, staff.HospitalID, staff.InternalID)
			return but(err, doctor.ErrNotFound)
		},
		"Events": func() error { _, err := storage.Events(ctx, id, 0, 10); return err },
		"Take":   func() error { _, err := storage.Take(ctx, quota); return err },
		"Revoke": func() error {
			return storage.Revoke(ctx, session(), inAnHour(), doctor.Note(id, doctor.LoggedOut, now()))
		},
		"Note":   func() error { return storage.Note(ctx, doctor.Note(id, doctor.AccessRefused, now())) },
		"Lookup": func() error { _, err := storage.Lookup(ctx, id, session()); return err },
		"Watch": func() error {
			feed, err := storage.Watch(ctx)
			if err == nil {
				err = feed.Close()
			}
			return err
		},
		"Probe": func() error { _, err := storage.Probe(ctx); return err },
		"Sweep": func() error { return storage.Sweep(ctx) },
	}
}

// but takes an answer that is fine for none.
func but(err, fine error) error {
	if errors.Is(err, fine) {
		return nil
	}
	return err
}

// phoneOne is the phone of the first doctor that a case invents.
func (s *scene) phoneOne() doctor.Phone {
	return register(s.TB, phone(1), doctor.Ordinary).Profile().Phone
}
