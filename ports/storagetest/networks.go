package storagetest

import (
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Which networks are known to whom.
var networks = []clause{
	{"Begin tells how long a network is still known to the doctor who logged in from there, on every replica", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		a := s.attempt(s.get(id))
		began := time.Now()
		s.logsIn(a, id, time.Hour)
		for _, storage := range []outbound.Storage{s.Storage, b.Storage} {
			seen, err := storage.Begin(s.ctx, a)
			s.must("Begin", err)
			s.between("known for", seen.Known, time.Hour-time.Since(began), time.Hour)
		}
	}},

	{"a network is known to that doctor alone, and no other network is", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		s.logsIn(a, id, time.Hour)
		for i := range a.Network {
			other := a
			other.Network[i]++
			s.unknown(other)
		}
		for _, d := range []*doctor.Doctor{s.get(s.ordinary()), s.newcomer(doctor.Ordinary), nil} {
			other := s.attempt(d)
			other.Network = a.Network
			s.unknown(other)
		}
	}},

	{"a network is known to the doctor, not to the phone: it stays with who changes the phone", func(s *scene) {
		id := s.ordinary()
		before := s.get(id)
		a := s.attempt(before)
		s.logsIn(a, id, time.Hour)
		next := s.newcomer(doctor.Ordinary).Profile().Phone
		s.update(id, func(d *doctor.Doctor) {
			d.ChangeProfile(doctor.ProfileEdit{Phone: next}, doctor.SessionID{}, now())
		})
		s.add(register(s.TB, before.Profile().Phone.String(), doctor.Ordinary))
		s.unknown(a)
		a.Phone = next
		s.known(a)
	}},

	{"a network is known for Remember after a login by the storage's clock; zero leaves it as it was", func(s *scene) {
		s.timely(func(window time.Duration, onTime func(time.Time) bool) {
			id := s.ordinary()
			a := s.attempt(s.get(id))
			begun := s.clock()
			s.logsIn(a, id, window)
			s.after(begun.Add(window / 2))
			s.logsIn(a, id, window) // again from here on
			renewed := s.clock()
			s.after(begun.Add(window * 5 / 4))
			s.logsIn(a, id, 0)
			seen := s.begin(a)
			if !onTime(begun.Add(window * 3 / 2)) {
				return
			}
			if seen.Known == 0 {
				s.Fatal("the second login did not renew it")
			}
			s.after(renewed.Add(window))
			s.unknown(a)
		})
	}},

	{"only a login makes a network known: no right outcome without LoginAt, no wrong one, none that must wait", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		o := outbound.Outcome{Doctor: id, Remember: time.Hour}
		s.passes(a, o)
		o.LoginAt = time.Now()
		s.fails(a, o)
		waiting := a
		waiting.Source = s.limit(1)
		s.fails(waiting, outbound.Outcome{})
		o.Right = true
		if s.conclude(waiting, o) == 0 {
			s.Fatal("no wait is in force")
		}
		s.unknown(a)
	}},

	{"to come from no network is known to nobody", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		a.Network = [16]byte{}
		s.logsIn(a, id, time.Hour)
		s.unknown(a)
	}},
}

// logsIn concludes a login that makes its network known for a while.
func (s *scene) logsIn(a outbound.Attempt, id doctor.ID, remember time.Duration) {
	s.Helper()
	s.passes(a, outbound.Outcome{Doctor: id, LoginAt: time.Now(), Remember: remember})
}

// known stops the case unless the attempt's network is known.
func (s *scene) known(a outbound.Attempt) {
	s.Helper()
	if s.begin(a).Known == 0 {
		s.Fatal("the network is not known")
	}
}

// unknown stops the case if the attempt's network is known.
func (s *scene) unknown(a outbound.Attempt) {
	s.Helper()
	if known := s.begin(a).Known; known != 0 {
		s.Fatalf("the network is known for %s, want it unknown", known)
	}
}
