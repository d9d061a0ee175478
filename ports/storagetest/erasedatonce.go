package storagetest

import (
	"errors"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Who may not be erased, and what becomes of a doctor that is erased and changed at once.
var erasedAtOnce = []clause{
	{"Erase that would leave no active administrator is ErrLastAdministrator and stores nothing", func(s *scene) {
		d := s.newcomer(doctor.Administrator)
		events := recorded(d)
		id, disabled := s.add(d), s.administrator()
		s.update(disabled, func(d *doctor.Doctor) { d.Disable(now()) })
		s.ordinary()
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		for _, way := range []func(*doctor.Doctor) error{
			end,
			func(d *doctor.Doctor) error { d.Disable(now()); return end(d) },
			func(d *doctor.Doctor) error { d.ChangeRole(doctor.Ordinary, now()); return end(d) },
			func(*doctor.Doctor) error { return nil },
		} {
			s.refused("Erase", s.Storage.Erase(s.ctx, id, way), doctor.ErrLastAdministrator)
			s.untouched(id, before, events, feed)
		}
	}},

	{"others may be erased: ordinary doctors, disabled administrators, and active ones beside another", func(s *scene) {
		s.erase(s.ordinary()) // where there never was an administrator
		s.update(s.ordinary(), func(d *doctor.Doctor) { d.ChangeRole(doctor.Administrator, now()) })
		for range 2 {
			s.erase(s.ordinary())
			disabled := s.administrator()
			s.update(disabled, func(d *doctor.Doctor) { d.Disable(now()) })
			s.erase(disabled)
			s.erase(s.administrator())
		}
	}},

	{"an erased administrator is none that remains, and none that AddFirstAdministrator finds", func(s *scene) {
		disabled := s.newcomer(doctor.Administrator)
		disabled.Disable(now())
		s.erase(s.add(disabled))
		if s.probe().Administered {
			s.Fatal("Probe tells of an administrator, and there is none")
		}
		first, err := s.Storage.AddFirstAdministrator(s.ctx, s.newcomer(doctor.Administrator))
		s.must("AddFirstAdministrator", err)
		s.erase(s.administrator())
		_, err = s.Storage.Update(s.ctx, first, endings[0])
		s.refused("Update", err, doctor.ErrLastAdministrator)
		s.refused("Erase", s.Storage.Erase(s.ctx, first, end), doctor.ErrLastAdministrator)
		if !s.probe().Administered {
			s.Fatal("Probe tells of no administrator, and there is one")
		}
	}},

	{"of twenty that erase one doctor at once, one does, and the others are ErrNotFound", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		errs := atOnce(20, func(i int) error { return turns(i, s.Replica, b).Erase(s.ctx, id, end) })
		s.exactly(1, s.succeeded(errs, doctor.ErrNotFound), "erasures took place")
		s.exactly(2, len(s.history(id)), "events (registered, erased)")
	}},

	{"two administrators that erase each other at once, or one disables the other: one remains", func(s *scene) {
		b := s.peer()
		for i := range 10 {
			pair := []doctor.ID{s.administrator(), s.administrator()}
			for _, d := range s.find(outbound.Query{Limit: 10}).Doctors {
				if d.ID() != pair[0] && d.ID() != pair[1] {
					s.erase(d.ID())
				}
			}
			errs := atOnce(2, func(n int) error {
				if n == 1 && i%2 == 1 {
					_, err := b.Storage.Update(s.ctx, pair[0], endings[0])
					return err
				}
				return turns(n, s.Replica, b).Erase(s.ctx, pair[1-n], end)
			})
			s.exactly(1, s.succeeded(errs, doctor.ErrLastAdministrator), "administrators went")
			s.exactly(1, s.activeAdministrators(), "active administrators remain")
		}
	}},

	{"twenty administrators that are erased at once: one remains", func(s *scene) {
		const n = 20
		b, ids := s.peer(), make([]doctor.ID, n)
		for i := range ids {
			ids[i] = s.administrator()
		}
		errs := atOnce(n, func(i int) error { return turns(i, s.Replica, b).Erase(s.ctx, ids[i], end) })
		s.exactly(n-1, s.succeeded(errs, doctor.ErrLastAdministrator), "administrators were erased")
		s.exactly(1, s.activeAdministrators(), "active administrators remain")
	}},

	{"an update whose doctor is erased while its change runs took place before, or finds nobody: nobody comes back", func(s *scene) {
		b := s.peer()
		for range 3 {
			id := s.ordinary()
			var erasing error
			grown := s.beside(
				func(during func()) error { return s.grow(s.Storage, id, during) },
				func() { erasing = b.Storage.Erase(s.ctx, id, end) },
			)
			s.must("Erase", erasing)
			s.endsOnce(id, grown)
		}
	}},

	{"a doctor that is updated while an erasing change runs is erased all the same, the update before it or nowhere", func(s *scene) {
		b := s.peer()
		for range 3 {
			id := s.ordinary()
			var grown error
			s.must("Erase", s.beside(
				func(during func()) error {
					return s.Storage.Erase(s.ctx, id, func(d *doctor.Doctor) error {
						during()
						return end(d)
					})
				},
				func() { grown = s.grow(b.Storage, id, nil) },
			))
			s.endsOnce(id, grown)
		}
	}},

	{"a doctor that is erased amid twenty updates keeps the events of just those that took place", func(s *scene) {
		b := s.peer()
		for range 5 {
			id := s.ordinary()
			errs := atOnce(21, func(i int) error {
				if i == 10 {
					return b.Storage.Erase(s.ctx, id, end)
				}
				return s.grow(turns(i, s.Replica, b), id, nil)
			})
			s.must("Erase", errs[10])
			s.endsOnce(id, append(errs[:10], errs[11:]...)...)
		}
	}},

	{"a phone is given to one of those who want it while its doctor is erased, and to none before", func(s *scene) {
		b := s.peer()
		for range 5 {
			d := s.newcomer(doctor.Ordinary)
			id := s.add(d)
			errs := atOnce(10, func(i int) error {
				if i == 5 {
					return s.Storage.Erase(s.ctx, id, end)
				}
				_, err := turns(i, s.Replica, b).Add(s.ctx, register(s.TB, d.Profile().Phone.String(), doctor.Ordinary))
				return err
			})
			s.must("Erase", errs[5])
			if taken := s.succeeded(append(errs[:5], errs[6:]...), doctor.ErrPhoneTaken); taken > 1 {
				s.Fatalf("%d doctors were given the phone", taken)
			}
		}
	}},
}

// beside makes a call within a change that another call runs, waits for both, and returns what the outer one ended with.
func (s *scene) beside(outer func(during func()) error, inner func()) (ended error) {
	s.Helper()
	s.meanwhile(
		func(during func()) error { ended = outer(during); return nil },
		func() error { inner(); return nil },
	)
	return ended
}

// endsOnce stops the case unless an erased doctor has the events of the updates that took place, then that of its end.
func (s *scene) endsOnce(id doctor.ID, updates ...error) {
	s.Helper()
	took := 0
	for _, err := range updates {
		if err == nil {
			took++
		} else if !errors.Is(err, doctor.ErrNotFound) {
			s.Fatalf("Update beside Erase: got error %v, want none or %v", err, doctor.ErrNotFound)
		}
	}
	s.gone(id)
	events := s.history(id)
	s.exactly(1+took+1, len(events), "events")
	for i, e := range events {
		if !e.Erased || int(e.Version) != i+1 || (e.Type == doctor.DoctorErased) != (i == len(events)-1) {
			s.Fatalf("event %d of %d: %+v", i, len(events), e)
		}
	}
}

// activeAdministrators counts them.
func (s *scene) activeAdministrators() (n int) {
	s.Helper()
	for _, d := range s.find(outbound.Query{Limit: 1000}).Doctors {
		if d.IsActiveAdministrator() {
			n++
		}
	}
	return n
}
