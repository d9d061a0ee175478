package storagetest

import (
	"slices"

	"hospital.example/doctor-service/domain/doctor"
)

// What Add, Get and ByPhone promise.
var doctors = []clause{
	{"Add stores a new doctor, which Get and ByPhone then load", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		want := d.Snapshot()
		want.ID = s.add(d)
		s.same("Get", s.get(want.ID).Snapshot(), want)
		found, err := s.Storage.ByPhone(s.ctx, d.Profile().Phone)
		s.must("ByPhone", err)
		s.same("ByPhone", found.Snapshot(), want)
	}},

	{"Add stores the events under the new identity, in their order", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		d.Disable(now())
		d.Enable(now())
		want := recorded(d)
		s.happened(s.add(d), want...)
	}},

	{"an identity is greater than any given before, by whichever replica, also after a failed Add", func(s *scene) {
		b := s.peer()
		last := doctor.ID(0)
		for i := range 20 {
			id, err := turns(i, s.Replica, b).Add(s.ctx, s.newcomer(doctor.Ordinary))
			s.must("Add", err)
			if id <= last {
				s.Fatalf("identity %d was given after %d", id, last)
			}
			last = id
			_, err = turns(i/2, s.Replica, b).Add(s.ctx, register(s.TB, phone(1), doctor.Ordinary))
			s.refused("Add with a taken phone", err, doctor.ErrPhoneTaken)
		}
	}},

	{"identities given at once are all different", func(s *scene) {
		const n = 20
		ids, people := make([]doctor.ID, n), make([]*doctor.Doctor, n)
		for i := range people {
			people[i] = s.newcomer(doctor.Ordinary)
		}
		b := s.peer()
		errs := atOnce(n, func(i int) (err error) {
			ids[i], err = turns(i, s.Replica, b).Add(s.ctx, people[i])
			return err
		})
		s.succeeded(errs, nil)
		slices.Sort(ids)
		if len(slices.Compact(ids)) != n || ids[0] < 1 {
			s.Fatalf("identities %v are not %d different ones from 1", ids, n)
		}
	}},

	{"Get loads a doctor as another replica stored it last", func(s *scene) {
		id := s.ordinary()
		b := s.peer()
		for range 5 {
			want := s.update(id, func(d *doctor.Doctor) { d.ResetPassword(doctor.CredentialOf("$x"), now()) })
			got, err := b.Storage.Get(s.ctx, id)
			s.must("Get", err)
			s.same("Get from the peer", got.Snapshot(), want.Snapshot())
		}
	}},

	{"Get and Update of an identity that was never given are ErrNotFound", func(s *scene) {
		never := s.ordinary() + 1_000_000
		for _, id := range []doctor.ID{never, 0, -1} {
			_, err := s.Storage.Get(s.ctx, id)
			s.refused("Get", err, doctor.ErrNotFound)
			_, err = s.Storage.Update(s.ctx, id, func(*doctor.Doctor) error {
				s.Error("change ran on nobody")
				return nil
			})
			s.refused("Update", err, doctor.ErrNotFound)
		}
	}},

	{"ByPhone of a phone that nobody has is ErrNotFound", func(s *scene) {
		s.ordinary()
		for _, nobody := range []doctor.Phone{{}, s.newcomer(doctor.Ordinary).Profile().Phone} {
			_, err := s.Storage.ByPhone(s.ctx, nobody)
			s.refused("ByPhone", err, doctor.ErrNotFound)
		}
	}},
}
