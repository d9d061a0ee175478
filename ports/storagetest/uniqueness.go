package storagetest

import "hospital.example/doctor-service/domain/doctor"

// The rules that span doctors: a phone, and a staff number in its hospital, belong to one.
var uniqueness = []clause{
	{"no two doctors have the same phone: the second is ErrPhoneTaken, in Add and in Update", func(s *scene) {
		first := s.newcomer(doctor.Ordinary)
		s.add(first)
		_, err := s.Storage.Add(s.ctx, register(s.TB, first.Profile().Phone.String(), doctor.Ordinary))
		s.refused("Add", err, doctor.ErrPhoneTaken)
		s.refused("Update", s.edit(s.ordinary(), doctor.ProfileEdit{Phone: first.Profile().Phone}), doctor.ErrPhoneTaken)
	}},

	{"a failed Add leaves neither state nor event", func(s *scene) {
		id := s.ordinary()
		before := s.get(id).Snapshot()
		_, err := s.Storage.Add(s.ctx, register(s.TB, before.Phone, doctor.Administrator))
		s.refused("Add", err, doctor.ErrPhoneTaken)
		found, err := s.Storage.ByPhone(s.ctx, s.get(id).Profile().Phone)
		s.must("ByPhone", err)
		s.same("ByPhone", found.Snapshot(), before)
		next := s.ordinary()
		for lost := id + 1; lost < next; lost++ {
			_, err := s.Storage.Get(s.ctx, lost)
			s.refused("Get of an identity that came to nothing", err, doctor.ErrNotFound)
			s.happened(lost)
		}
		if n := len(s.events(id)); n != 1 {
			s.Fatalf("the doctor that has the phone has %d events, want 1", n)
		}
	}},

	{"of twenty that register one phone at once, one has it", func(s *scene) {
		b := s.peer()
		wanted := s.newcomer(doctor.Ordinary).Profile().Phone.String()
		errs := atOnce(20, func(i int) error {
			_, err := turns(i, s.Replica, b).Add(s.ctx, register(s.TB, wanted, doctor.Ordinary))
			return err
		})
		s.exactly(1, s.succeeded(errs, doctor.ErrPhoneTaken), "doctors have the phone")
	}},

	{"of twenty that change to one phone at once, one has it", func(s *scene) {
		b, ids := s.peer(), s.crowd(20)
		wanted := s.newcomer(doctor.Ordinary).Profile().Phone
		errs := atOnce(len(ids), func(i int) error {
			_, err := turns(i, s.Replica, b).Update(s.ctx, ids[i], func(d *doctor.Doctor) error {
				d.ChangeProfile(doctor.ProfileEdit{Phone: wanted}, doctor.SessionID{}, now())
				return nil
			})
			return err
		})
		s.exactly(1, s.succeeded(errs, doctor.ErrPhoneTaken), "doctors have the phone")
	}},

	{"a phone that was given up is free, and found no more under who had it", func(s *scene) {
		id := s.ordinary()
		old := s.get(id).Profile().Phone
		s.must("Update", s.edit(id, doctor.ProfileEdit{Phone: s.newcomer(doctor.Ordinary).Profile().Phone}))
		_, err := s.Storage.ByPhone(s.ctx, old)
		s.refused("ByPhone", err, doctor.ErrNotFound)
		s.add(register(s.TB, old.String(), doctor.Ordinary))
	}},

	{"no two doctors have the same staff number in the same hospital", func(s *scene) {
		s.must("Update", s.edit(s.ordinary(), s.staff(7, "D1")))
		s.refused("both at once", s.edit(s.ordinary(), s.staff(7, "D1")), doctor.ErrStaffNumberTaken)
		_, err := s.Storage.Add(s.ctx, s.employee(7, "D1"))
		s.refused("Add", err, doctor.ErrStaffNumberTaken)

		mover := s.ordinary()
		s.must("Update", s.edit(mover, s.staff(8, "D1")))
		move := doctor.ProfileEdit{HospitalID: s.staff(7, "").HospitalID}
		s.refused("the hospital alone", s.edit(mover, move), doctor.ErrStaffNumberTaken)

		renamed := s.ordinary()
		s.must("Update", s.edit(renamed, s.staff(7, "D2")))
		rename := doctor.ProfileEdit{InternalID: s.staff(0, "D1").InternalID}
		s.refused("the number alone", s.edit(renamed, rename), doctor.ErrStaffNumberTaken)
	}},

	{"without a hospital or without a staff number there is no such rule", func(s *scene) {
		for range 3 {
			s.must("no hospital", s.edit(s.ordinary(), s.staff(0, "D1")))
			s.must("no staff number", s.edit(s.ordinary(), s.staff(7, "")))
			s.must("neither", s.edit(s.ordinary(), s.staff(0, "")))
			_, err := s.Storage.Add(s.ctx, s.employee(0, "D1"))
			s.must("Add without a hospital", err)
			_, err = s.Storage.Add(s.ctx, s.employee(7, ""))
			s.must("Add without a staff number", err)
		}
	}},

	{"a staff number that was given up is free", func(s *scene) {
		for _, giveUp := range []doctor.ProfileEdit{s.staff(7, "D2"), s.staff(8, "D1"), s.staff(0, "D1"), s.staff(7, "")} {
			id := s.ordinary()
			s.must("Update", s.edit(id, s.staff(7, "D1")))
			s.must("giving it up", s.edit(id, giveUp))
			next := s.ordinary()
			s.must("taking it", s.edit(next, s.staff(7, "D1")))
			s.must("clearing", s.edit(next, s.staff(0, "")))
			s.must("clearing", s.edit(id, s.staff(0, "")))
		}
	}},

	{"a disabled doctor keeps its phone and staff number", func(s *scene) {
		id := s.ordinary()
		s.must("Update", s.edit(id, s.staff(7, "D1")))
		had := s.update(id, func(d *doctor.Doctor) { d.Disable(now()) }).Profile().Phone
		_, err := s.Storage.Add(s.ctx, register(s.TB, had.String(), doctor.Ordinary))
		s.refused("Add", err, doctor.ErrPhoneTaken)
		s.refused("Update", s.edit(s.ordinary(), s.staff(7, "D1")), doctor.ErrStaffNumberTaken)
	}},

	{"of twenty that take one staff number at once, one has it", func(s *scene) {
		b, ids := s.peer(), s.crowd(20)
		for i, id := range ids { // half need the hospital, half the number
			if i%2 == 0 {
				s.must("Update", s.edit(id, s.staff(int64(100+i), "D1")))
			}
		}
		wanted := s.staff(7, "D1")
		errs := atOnce(len(ids), func(i int) error {
			_, err := turns(i/2, s.Replica, b).Update(s.ctx, ids[i], func(d *doctor.Doctor) error {
				d.ChangeProfile(wanted, doctor.SessionID{}, now())
				return nil
			})
			return err
		})
		s.exactly(1, s.succeeded(errs, doctor.ErrStaffNumberTaken), "doctors have the number")
	}},
}

// edit changes a profile.
func (s *scene) edit(id doctor.ID, e doctor.ProfileEdit) error {
	_, err := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
		d.ChangeProfile(e, doctor.SessionID{}, now())
		return nil
	})
	return err
}

// staff wishes a hospital and a number in it.
func (s *scene) staff(hospital int64, number string) doctor.ProfileEdit {
	p := said(s.TB, func(d *doctor.Snapshot) { d.HospitalID, d.InternalID = hospital, number })
	return doctor.ProfileEdit{HospitalID: doctor.SetTo(p.HospitalID), InternalID: doctor.SetTo(p.InternalID)}
}

// employee is a newcomer that has a hospital and a number from the start.
func (s *scene) employee(hospital int64, number string) *doctor.Doctor {
	d := s.newcomer(doctor.Ordinary)
	d.ChangeProfile(s.staff(hospital, number), doctor.SessionID{}, now())
	return d
}

// crowd adds n ordinary doctors.
func (s *scene) crowd(n int) []doctor.ID {
	s.Helper()
	ids := make([]doctor.ID, n)
	for i := range ids {
		ids[i] = s.ordinary()
	}
	return ids
}

// exactly stops the case at another number.
func (s *scene) exactly(want, got int, what string) {
	s.Helper()
	if got != want {
		s.Fatalf("%d %s, want %d", got, what, want)
	}
}
