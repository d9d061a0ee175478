package storagetest

import "hospital.example/doctor-service/domain/doctor"

// Once there is an active administrator, there is always one; the first is added once.
var administrators = []clause{
	{"Update that would leave no active administrator is ErrLastAdministrator and stores nothing", func(s *scene) {
		d := s.newcomer(doctor.Administrator)
		events := recorded(d)
		id := s.add(d)
		s.ordinary()
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		for _, end := range endings {
			_, err := s.Storage.Update(s.ctx, id, end)
			s.refused("Update", err, doctor.ErrLastAdministrator)
			s.untouched(id, before, events, feed)
		}
	}},

	{"a disabled administrator is none that remains", func(s *scene) {
		id, other := s.administrator(), s.administrator()
		s.update(other, func(d *doctor.Doctor) { d.Disable(now()) })
		for _, end := range endings {
			_, err := s.Storage.Update(s.ctx, id, end)
			s.refused("Update", err, doctor.ErrLastAdministrator)
		}
		s.update(other, func(d *doctor.Doctor) { d.Enable(now()) })
		s.update(id, func(d *doctor.Doctor) { d.Disable(now()) })
	}},

	{"whoever becomes an administrator, by whichever way, is one that remains", func(s *scene) {
		promoted, added := s.ordinary(), s.administrator()
		s.update(promoted, func(d *doctor.Doctor) { d.ChangeRole(doctor.Administrator, now()) })
		s.update(added, func(d *doctor.Doctor) { d.ChangeRole(doctor.Ordinary, now()) })
		_, err := s.Storage.Update(s.ctx, promoted, endings[0])
		s.refused("Update", err, doctor.ErrLastAdministrator)

		s.update(added, func(d *doctor.Doctor) { d.Disable(now()); d.ChangeRole(doctor.Administrator, now()) })
		_, err = s.Storage.Update(s.ctx, promoted, endings[0])
		s.refused("Update beside one that was promoted while disabled", err, doctor.ErrLastAdministrator)

		s.update(added, func(d *doctor.Doctor) { d.Enable(now()) })
		s.update(promoted, func(d *doctor.Doctor) { d.Disable(now()); d.ChangeRole(doctor.Ordinary, now()) })
		_, err = s.Storage.Update(s.ctx, added, endings[1])
		s.refused("Update", err, doctor.ErrLastAdministrator)
	}},

	{"the last administrator may change all else, and others may be disabled", func(s *scene) {
		last, other := s.administrator(), s.ordinary()
		s.must("Update", s.edit(last, s.fullProfile()))
		s.update(last, func(d *doctor.Doctor) { d.ResetPassword(doctor.CredentialOf("$x"), now()) })
		s.update(last, func(d *doctor.Doctor) { d.Disable(now()); d.Enable(now()) })
		s.update(other, func(d *doctor.Doctor) { d.Disable(now()) })
	}},

	{"where there never was an active administrator, nobody is kept from changing", func(s *scene) {
		disabled := s.newcomer(doctor.Administrator)
		disabled.Disable(now())
		id := s.add(disabled)
		s.must("Update", s.edit(id, s.fullProfile()))
		s.update(id, func(d *doctor.Doctor) { d.ChangeRole(doctor.Ordinary, now()) })
		s.update(s.ordinary(), func(d *doctor.Doctor) { d.Disable(now()) })
	}},

	{"two administrators that disable each other at once: one remains", func(s *scene) {
		b, remaining := s.peer(), doctor.ID(0)
		for range 10 {
			pair := []doctor.ID{s.administrator(), s.administrator()}
			if remaining != 0 {
				s.update(remaining, func(d *doctor.Doctor) { d.Disable(now()) })
			}
			errs := atOnce(2, func(i int) error {
				_, err := turns(i, s.Replica, b).Update(s.ctx, pair[1-i], endings[0])
				return err
			})
			s.exactly(1, s.succeeded(errs, doctor.ErrLastAdministrator), "administrators were disabled")
			if remaining = pair[1]; errs[0] == nil { // the first call disabled the second of the pair
				remaining = pair[0]
			}
		}
	}},

	{"twenty administrators that resign at once: one remains", func(s *scene) {
		const n = 20
		b, ids := s.peer(), make([]doctor.ID, n)
		for i := range ids {
			ids[i] = s.administrator()
		}
		errs := atOnce(n, func(i int) error {
			_, err := turns(i/2, s.Replica, b).Update(s.ctx, ids[i], endings[i%2])
			return err
		})
		s.exactly(n-1, s.succeeded(errs, doctor.ErrLastAdministrator), "administrators resigned")
		active := 0
		for _, id := range ids {
			if s.get(id).IsActiveAdministrator() {
				active++
			}
		}
		s.exactly(1, active, "active administrators remain")
	}},

	{"AddFirstAdministrator adds where there is none, as Add does", func(s *scene) {
		s.ordinary()
		d := s.newcomer(doctor.Administrator)
		want, events := d.Snapshot(), recorded(d)
		id, err := s.Storage.AddFirstAdministrator(s.ctx, d)
		s.must("AddFirstAdministrator", err)
		want.ID = id
		s.same("Get", s.get(id).Snapshot(), want)
		s.happened(id, events...)
		_, err = s.Storage.Update(s.ctx, id, endings[0])
		s.refused("disabling it", err, doctor.ErrLastAdministrator)
	}},

	{"AddFirstAdministrator is refused like Add: a taken phone is ErrPhoneTaken", func(s *scene) {
		taken := s.get(s.ordinary()).Profile().Phone.String()
		_, err := s.Storage.AddFirstAdministrator(s.ctx, register(s.TB, taken, doctor.Administrator))
		s.refused("AddFirstAdministrator", err, doctor.ErrPhoneTaken)
		s.must("Update", s.edit(s.ordinary(), s.staff(7, "D1")))
		d := s.newcomer(doctor.Administrator)
		d.ChangeProfile(s.staff(7, "D1"), doctor.SessionID{}, now())
		_, err = s.Storage.AddFirstAdministrator(s.ctx, d)
		s.refused("AddFirstAdministrator", err, doctor.ErrStaffNumberTaken)
	}},

	{"AddFirstAdministrator beside an administrator, also a disabled one, is ErrAdministratorExists, asked first", func(s *scene) {
		disabled := s.newcomer(doctor.Administrator)
		disabled.Disable(now())
		taken := disabled.Profile().Phone.String()
		s.add(disabled)
		for range 2 {
			for _, d := range []*doctor.Doctor{
				s.newcomer(doctor.Administrator),
				register(s.TB, taken, doctor.Administrator),
			} {
				_, err := s.Storage.AddFirstAdministrator(s.ctx, d)
				s.refused("AddFirstAdministrator", err, doctor.ErrAdministratorExists)
			}
			s.administrator()
		}
	}},

	{"of twenty AddFirstAdministrator at once, on two replicas, exactly one adds", func(s *scene) {
		const n = 20
		b, people := s.peer(), make([]*doctor.Doctor, n)
		for i := range people {
			people[i] = s.newcomer(doctor.Administrator)
		}
		errs := atOnce(n, func(i int) error {
			_, err := turns(i, s.Replica, b).AddFirstAdministrator(s.ctx, people[i])
			return err
		})
		s.exactly(1, s.succeeded(errs, doctor.ErrAdministratorExists), "administrators were added")
	}},
}

// endings are the two ways in which an administrator ceases to be an active one.
var endings = []func(*doctor.Doctor) error{
	func(d *doctor.Doctor) error { d.Disable(now()); return nil },
	func(d *doctor.Doctor) error { d.ChangeRole(doctor.Ordinary, now()); return nil },
}
