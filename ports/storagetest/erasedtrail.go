package storagetest

import (
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What stays of an erased doctor: what happened and when, and nothing that identifies anybody.
var erasedTrail = []clause{
	{"the events of an erased doctor stay, those of its end with them, but for their Values", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		s.update(id, func(d *doctor.Doctor) {
			d.ChangeProfile(s.fullProfile(), doctor.SessionID{}, now())
			d.ResetPassword(doctor.CredentialOf("$x"), now())
			events = append(events, recorded(d)...)
		})
		login := doctor.Note(id, doctor.LoggedIn, now())
		s.passes(s.attempt(d), outbound.Outcome{Doctor: id, LoginAt: time.Now(), Events: []doctor.Event{login}})
		s.must("Erase", s.Storage.Erase(s.ctx, id, func(d *doctor.Doctor) error {
			d.Disable(now())
			d.Erase(now())
			events = append(append(events, login), recorded(d)...)
			return nil
		}))
		s.erased(id, events...)
		s.must("Sweep", s.Storage.Sweep(s.ctx))
		s.erased(id, events...)
	}},

	{"the Values of other doctors' events stay", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		before := s.ordinary()
		id := s.add(d)
		after := s.ordinary()
		for _, erased := range []doctor.ID{before, after} {
			note := doctor.Note(id, doctor.AccessRefused, now())
			s.must("Note", s.Storage.Note(s.ctx, note))
			events = append(events, note)
			s.erase(erased)
			s.must("Sweep", s.Storage.Sweep(s.ctx))
			s.happened(id, events...)
		}
	}},

	{"what is still stored about an erased doctor is no error, brings nobody back, and its Values are gone after Sweep", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		a := s.attempt(d)
		a.Account.Max = 1
		feed := s.watch(s.Replica)
		s.must("Erase", s.Storage.Erase(s.ctx, id, func(d *doctor.Doctor) error {
			d.Erase(now())
			events = append(events, recorded(d)...)
			return nil
		}))
		feed.next()

		note := func(typ doctor.EventType) doctor.Event {
			e := doctor.Note(id, typ, now())
			events = append(events, e)
			return e
		}
		s.must("Note", s.Storage.Note(s.ctx, note(doctor.AccessRefused)))
		s.passes(a, outbound.Outcome{
			Doctor: id, LoginAt: time.Now(), Remember: time.Hour, Events: []doctor.Event{note(doctor.LoggedIn)},
			Rehash: &outbound.Rehash{Old: d.Credential(), New: doctor.CredentialOf("$new")},
		})
		failed, throttled := note(doctor.LoginFailed), note(doctor.LoginThrottled)
		s.fails(a, outbound.Outcome{Doctor: id, Events: []doctor.Event{failed}, Throttled: &throttled})
		void := outbound.Revocation{Session: session(), Expires: inAnHour()}
		s.must("Revoke", s.Storage.Revoke(s.ctx, void.Session, void.Expires, note(doctor.LoggedOut)))
		feed.brings(void)

		s.gone(id)
		s.must("Sweep", s.Storage.Sweep(s.ctx))
		s.erased(id, events...)
		s.add(register(s.TB, d.Profile().Phone.String(), doctor.Ordinary))
		s.unknown(a)
	}},

	{"what is stored while the doctor is erased is no error either, and keeps no Values over a Sweep", func(s *scene) {
		b := s.peer()
		for range 5 {
			id := s.ordinary()
			d := s.get(id)
			a := s.attempt(d)
			errs := atOnce(21, func(i int) error {
				storage := turns(i, s.Replica, b)
				switch i % 4 {
				case 0:
					return storage.Note(s.ctx, doctor.Note(id, doctor.AccessRefused, now()))
				case 1:
					return storage.Revoke(s.ctx, session(), inAnHour(), doctor.Note(id, doctor.LoggedOut, now()))
				case 2:
					if i == 10 {
						return storage.Erase(s.ctx, id, end)
					}
					_, err := storage.Conclude(s.ctx, a, outbound.Outcome{
						Doctor: id, Events: []doctor.Event{doctor.Note(id, doctor.LoginFailed, now())},
					})
					return err
				default:
					_, err := storage.Conclude(s.ctx, a, outbound.Outcome{
						Right: true, Doctor: id, LoginAt: time.Now(), Remember: time.Hour,
						Events: []doctor.Event{doctor.Note(id, doctor.LoggedIn, now())},
					})
					return err
				}
			})
			s.succeeded(errs, nil)
			s.gone(id)
			s.must("Sweep", s.Storage.Sweep(s.ctx))
			all := s.history(id)
			s.exactly(1+21, len(all), "events")
			for _, e := range all {
				if !e.Erased || !sameEvent(e.Event, doctor.Event{
					Doctor: id, Type: e.Type, Version: e.Version, At: e.At, Actor: e.Actor, Fields: e.Fields, Commitment: e.Commitment,
				}) {
					s.Fatalf("an event of an erased doctor has Values: %+v", e)
				}
			}
			s.add(register(s.TB, d.Profile().Phone.String(), doctor.Ordinary))
			s.unknown(a)
		}
	}},
}

// erased stops the case unless the events of an erased doctor are just these, in this order, and without their Values.
func (s *scene) erased(id doctor.ID, want ...doctor.Event) {
	s.Helper()
	got := s.history(id)
	if len(got) != len(want) {
		s.Fatalf("doctor %d has %d events, want %d", id, len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if !g.Erased {
			s.Fatalf("event %d (%s) of erased doctor %d: it does not say that its Values are gone", i, g.Type, id)
		}
		w.Doctor, w.Values = id, doctor.Values{}
		if !sameEvent(g.Event, w) {
			s.Fatalf("event %d of erased doctor %d:\n got %+v\nwant %+v", i, id, g.Event, w)
		}
	}
}
