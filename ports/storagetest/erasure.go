package storagetest

import (
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// How a doctor is forgotten for good.
var erasure = []clause{
	{"Erase removes the doctor: no call finds it any more, on any replica", func(s *scene) {
		b, d := s.peer(), s.keyed("mine")
		d.ChangeProfile(s.staff(7, "D1"), doctor.SessionID{}, now())
		id, other := s.add(d), s.add(s.keyed("other"))
		s.erase(id)
		for _, r := range []Replica{s.Replica, b} {
			s.Storage = r.Storage
			s.gone(id)
			for name, look := range map[string]func() error{
				"ByPhone":       func() error { _, err := s.Storage.ByPhone(s.ctx, d.Profile().Phone); return err },
				"ByStaffNumber": func() error { _, err := s.byStaffNumber(7, "D1"); return err },
			} {
				s.refused(name, look(), doctor.ErrNotFound)
			}
			if seen := s.begin(s.attempt(d)); seen.Doctor != nil {
				s.Fatalf("Begin saw doctor %d", seen.Doctor.ID())
			}
			s.finds(outbound.Query{}, other)
			s.finds(outbound.Query{Keyword: s.keyword("mine")})
			s.finds(outbound.Query{IDs: []doctor.ID{id, other}}, other)
			s.finds(outbound.Query{HospitalID: s.hospital(7)})
		}
	}},

	{"a change that records nothing erases as well", func(s *scene) {
		id := s.ordinary()
		s.must("Erase", s.Storage.Erase(s.ctx, id, func(*doctor.Doctor) error { return nil }))
		s.gone(id)
	}},

	{"Erase hands the change the doctor as it was last stored, also by another replica", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		want := s.update(id, func(d *doctor.Doctor) { d.ChangeProfile(s.fullProfile(), doctor.SessionID{}, now()) }).Snapshot()
		s.must("Erase", b.Storage.Erase(s.ctx, id, func(d *doctor.Doctor) error {
			s.same("Erase", d.Snapshot(), want)
			d.Erase(now())
			return nil
		}))
	}},

	{"the phone and the staff number of an erased doctor are free, and whoever takes them is somebody else", func(s *scene) {
		last := doctor.ID(0)
		for range 3 {
			d := register(s.TB, phone(1), doctor.Ordinary)
			d.ChangeProfile(s.staff(7, "D1"), doctor.SessionID{}, now())
			events := recorded(d)
			id := s.add(d)
			if id <= last {
				s.Fatalf("identity %d was given after %d", id, last)
			}
			s.happened(id, events...)
			found, err := s.byStaffNumber(7, "D1")
			s.must("ByStaffNumber", err)
			s.exactly(int(id), int(found.ID()), "has the staff number")
			s.erase(id)
			last = id
		}
	}},

	{"the identity of an erased doctor is never given again, were it the greatest, were the store opened anew", func(s *scene) {
		last := s.ordinary()
		for i := range 6 {
			s.erase(last)
			if i%2 == 1 {
				b := s.peer()
				s.must("Close", s.Storage.Close())
				s.Replica = b
			}
			next := s.ordinary()
			if next <= last {
				s.Fatalf("identity %d was given after %d was erased", next, last)
			}
			s.gone(last)
			last = next
		}
	}},

	{"no network is known to an erased doctor, nor to whoever has its phone next", func(s *scene) {
		id := s.ordinary()
		d := s.get(id)
		a := s.attempt(d)
		s.logsIn(a, id, time.Hour)
		s.erase(id)
		s.unknown(a)
		s.add(register(s.TB, d.Profile().Phone.String(), doctor.Ordinary))
		s.unknown(a)
	}},

	{"the sessions that the change ended are void: every feed brings it, and Lookup finds it", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		here, there := s.watch(s.Replica), s.watch(b)
		want := outbound.Revocation{Doctor: id}
		s.must("Erase", s.Storage.Erase(s.ctx, id, func(d *doctor.Doctor) error {
			d.Erase(now())
			want.Generation = d.Ended().Generation
			return nil
		}))
		here.brings(want)
		there.brings(want)
		if !contains(s.lookup(id, session()), want) {
			s.Fatalf("Lookup lacks the raised generation %d", want.Generation)
		}
		s.replays(&follower{s: s, feed: s.open(s.Replica)}, []outbound.Revocation{want})
	}},

	{"an error of an erasing change is returned as it is and nothing is stored", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		a := s.attempt(d)
		s.logsIn(a, id, time.Hour)
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		refusal := errors.New("not today")
		err := s.Storage.Erase(s.ctx, id, func(d *doctor.Doctor) error {
			d.Erase(now())
			return refusal
		})
		if err != refusal { //nolint:errorlint // as it is, not wrapped
			s.Fatalf("Erase returned %v, want the very error of change", err)
		}
		s.untouched(id, before, events, feed)
		s.known(a)
	}},

	{"Erase of an identity that was never given, or was erased, is ErrNotFound", func(s *scene) {
		gone := s.ordinary()
		s.erase(gone)
		n := len(s.history(gone))
		for _, id := range []doctor.ID{gone, gone + 1_000_000, 0, -1} {
			err := s.Storage.Erase(s.ctx, id, func(*doctor.Doctor) error {
				s.Error("change ran on nobody")
				return nil
			})
			s.refused("Erase", err, doctor.ErrNotFound)
		}
		s.exactly(n, len(s.history(gone)), "events")
	}},

	{"Erase of a doctor that cannot be restored is ErrDamaged and stores nothing", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		s.Damage(s.TB, id)
		err := s.Storage.Erase(s.ctx, id, func(*doctor.Doctor) error {
			s.Error("change ran on a damaged doctor")
			return nil
		})
		s.refused("Erase", err, doctor.ErrDamaged)
		s.happened(id, events...)
		_, err = s.Storage.Get(s.ctx, id)
		s.refused("Get", err, doctor.ErrDamaged)
	}},
}

// erase erases a doctor that must be there.
func (s *scene) erase(id doctor.ID) {
	s.Helper()
	s.must("Erase", s.Storage.Erase(s.ctx, id, end))
}

// end is the change with which a doctor is erased.
func end(d *doctor.Doctor) error {
	d.Erase(now())
	return nil
}

// gone stops the case unless nobody is there.
func (s *scene) gone(id doctor.ID) {
	s.Helper()
	_, err := s.Storage.Get(s.ctx, id)
	s.refused("Get", err, doctor.ErrNotFound)
	_, err = s.Storage.Update(s.ctx, id, func(*doctor.Doctor) error {
		s.Error("change ran on nobody")
		return nil
	})
	s.refused("Update", err, doctor.ErrNotFound)
}
