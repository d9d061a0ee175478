package storagetest

import (
	"errors"
	"strings"
	"sync"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What Update promises for one doctor.
var updates = []clause{
	{"Update stores what change made and returns the doctor as stored", func(s *scene) {
		id := s.ordinary()
		returned := s.update(id, func(d *doctor.Doctor) {
			d.ChangeProfile(s.fullProfile(), doctor.SessionID{}, now())
			d.ResetPassword(doctor.CredentialOf("$new"), now())
			d.Disable(now())
		}).Snapshot()
		s.same("Update", returned, s.get(id).Snapshot())
		if returned.Speciality == "" || returned.Credential != "$new" || returned.Status != "disabled" {
			s.Fatalf("the change is not in what was stored: %+v", returned)
		}
	}},

	{"Update stores the events of a change in their order, after those before", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		want := recorded(d)
		id := s.add(d)
		for range 3 {
			s.update(id, func(d *doctor.Doctor) {
				d.ChangeProfile(s.fullProfile(), session(), now())
				d.ChangePassword(doctor.CredentialOf("$new"), session(), now())
				d.Disable(now())
				d.Enable(now())
				want = append(want, recorded(d)...)
			})
		}
		s.happened(id, want...)
	}},

	{"an error of change is returned as it is and nothing is stored", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		refusal := errors.New("not today")
		_, err := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
			d.ChangeProfile(s.fullProfile(), session(), now())
			return refusal
		})
		if err != refusal { //nolint:errorlint // as it is, not wrapped
			s.Fatalf("Update returned %v, want the very error of change", err)
		}
		s.untouched(id, before, events, feed)
	}},

	{"a failed Update leaves neither state nor event nor revocation", func(s *scene) {
		taken := s.newcomer(doctor.Ordinary)
		s.add(taken)
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		_, err := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
			d.ChangePassword(doctor.CredentialOf("$new"), session(), now())
			d.ChangeProfile(doctor.ProfileEdit{Phone: taken.Profile().Phone}, session(), now())
			return nil
		})
		s.refused("Update to a taken phone", err, doctor.ErrPhoneTaken)
		s.untouched(id, before, events, feed)
	}},

	{"a change that leaves the version and records no event stores nothing", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		for _, change := range []func(*doctor.Doctor){
			func(*doctor.Doctor) {},
			func(d *doctor.Doctor) { d.Enable(now()) },
			func(d *doctor.Doctor) { *d = *restored(s.TB, func(n *doctor.Snapshot) { n.ID, n.Name = id, "李四" }) },
		} {
			s.same("Update", s.update(id, change).Snapshot(), before)
			s.untouched(id, before, events, feed)
		}
	}},

	{"two updates of one doctor never overwrite each other: twenty at once all take place", func(s *scene) {
		const n = 20
		id, b := s.ordinary(), s.peer()
		errs := atOnce(n, func(i int) error { return s.grow(turns(i, s.Replica, b), id, nil) })
		s.succeeded(errs, nil)
		s.grown(id, n)
	}},

	{"an update that begins while another's change runs is not lost, nor is the other", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		for i := range 3 {
			s.meanwhile(
				func(during func()) error { return s.grow(s.Storage, id, during) },
				func() error { return s.grow(b.Storage, id, nil) },
			)
			s.grown(id, 2*(i+1))
		}
	}},

	{"an update loses neither the time nor the rehash of a login that is concluded while its change runs", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		for i := range 3 {
			before := s.get(id)
			login := outbound.Outcome{
				Right: true, Doctor: id, LoginAt: before.CreatedAt().AddDate(0, 0, i+1),
				Rehash: &outbound.Rehash{Old: before.Credential(), New: doctor.CredentialOf(before.Credential().PHC() + "x")},
			}
			s.meanwhile(
				func(during func()) error { return s.grow(s.Storage, id, during) },
				func() error { _, err := b.Storage.Conclude(s.ctx, s.attempt(before), login); return err },
			)
			s.grown(id, i+1)
			if after := s.get(id); !after.LastLoginAt().Equal(login.LoginAt) {
				s.Fatal("the time of the login is lost")
			} else if after.Credential().PHC() != login.Rehash.New.PHC() {
				s.Fatal("the rehash is lost")
			}
		}
	}},
}

// grow changes a doctor in a way that shows how often it was done; during runs within the change, the first time.
func (s *scene) grow(storage outbound.Storage, id doctor.ID, during func()) error {
	_, err := storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
		if during != nil {
			during()
		}
		more := speciality(s, d.Profile().Speciality.String()+"+")
		d.ChangeProfile(doctor.ProfileEdit{Speciality: doctor.SetTo(more)}, doctor.SessionID{}, now())
		return nil
	})
	return err
}

// grown stops the case unless a new doctor grew n times, each with its event.
func (s *scene) grown(id doctor.ID, n int) {
	s.Helper()
	d := s.get(id)
	if d.Version() != int64(1+n) || d.Profile().Speciality.String() != strings.Repeat("+", n) {
		s.Fatalf("after %d updates: version %d, %q", n, d.Version(), d.Profile().Speciality)
	}
	events := s.events(id)
	s.exactly(1+n, len(events), "events")
	for i, e := range events {
		s.exactly(i+1, int(e.Version), "is the version of the event that came next")
	}
}

// meanwhile makes a call within a change that another call runs, and waits for both. A storage that locks lets the inner
// one wait until the change is over.
func (s *scene) meanwhile(outer func(during func()) error, inner func() error) {
	s.Helper()
	returned := make(chan error, 1)
	during := sync.OnceFunc(func() {
		over := make(chan struct{})
		go func() { defer close(over); returned <- inner() }()
		select {
		case <-over:
		case <-time.After(soon / 10):
		}
	})
	s.must("the call whose change runs", outer(during))
	s.must("the call meanwhile", <-returned)
}

// untouched stops the case if anything of a change was stored.
func (s *scene) untouched(id doctor.ID, state doctor.Snapshot, events []doctor.Event, feed *follower) {
	s.Helper()
	s.same("after a change that stores nothing", s.get(id).Snapshot(), state)
	s.happened(id, events...)
	if news := feed.news(); len(news) > 0 {
		s.Fatalf("a change that stores nothing ended sessions: %+v", news)
	}
}

// fullProfile is an edit of every field, different each time.
func (s *scene) fullProfile() doctor.ProfileEdit {
	s.people++
	n := s.people
	p := said(s.TB, func(d *doctor.Snapshot) {
		d.Phone = phone(n)
		d.Name = "李" + strings.Repeat("四", n%40+1)
		d.Gender, d.BirthDate = "女", "1988-02-29"
		d.HospitalID, d.DepartmentID = int64(n), int64(n)+1
		d.InternalID = "D-" + phone(n)
		d.PositionRank, d.Speciality = "主任医师", "心血管内科\n"+phone(n)
		d.AvatarURL = "https://example.org/" + phone(n)
	})
	if n%2 == 0 {
		p.Gender = said(s.TB, func(d *doctor.Snapshot) { d.Gender = "男" }).Gender
	}
	return editOf(p)
}

// editOf wishes a whole profile.
func editOf(p doctor.Profile) doctor.ProfileEdit {
	return doctor.ProfileEdit{
		Phone:        p.Phone,
		Name:         p.Name,
		Gender:       doctor.SetTo(p.Gender),
		BirthDate:    doctor.SetTo(p.BirthDate),
		HospitalID:   doctor.SetTo(p.HospitalID),
		InternalID:   doctor.SetTo(p.InternalID),
		DepartmentID: doctor.SetTo(p.DepartmentID),
		PositionRank: doctor.SetTo(p.PositionRank),
		Speciality:   doctor.SetTo(p.Speciality),
		AvatarURL:    doctor.SetTo(p.AvatarURL),
	}
}

func speciality(s *scene, text string) doctor.Speciality {
	return said(s.TB, func(d *doctor.Snapshot) { d.Speciality = text }).Speciality
}
