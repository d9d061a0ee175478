package storagetest

import (
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What Begin shows, and what Conclude stores beside its counting.
var logins = []clause{
	{"Begin looks up who has the phone", func(s *scene) {
		id := s.ordinary()
		want := s.update(id, func(d *doctor.Doctor) { d.ChangeProfile(s.fullProfile(), doctor.SessionID{}, now()) })
		seen := s.begin(s.attempt(want))
		if seen.Doctor == nil || seen.Wait != 0 {
			s.Fatalf("Begin saw %+v, want doctor %d and no wait", seen, id)
		}
		s.same("Begin", seen.Doctor.Snapshot(), want.Snapshot())
	}},

	{"Begin finds nobody for a phone that nobody has, and for none", func(s *scene) {
		s.ordinary()
		for _, nobody := range []*doctor.Doctor{s.newcomer(doctor.Ordinary), nil} {
			if seen := s.begin(s.attempt(nobody)); seen.Doctor != nil || seen.Wait != 0 {
				s.Fatalf("Begin saw %+v, want nobody and no wait", seen)
			}
		}
	}},

	{"Begin writes nothing: a hundred of them begin no wait", func(s *scene) {
		a := s.attempt(s.get(s.ordinary()))
		a.Account.Max, a.Source.Max, a.Everywhere.Max = 1, 1, 1
		for range 100 {
			s.begin(a)
		}
		s.fails(a, outbound.Outcome{})
	}},

	{"a right outcome stores its events and the time of the login", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		want := s.get(id).Snapshot()
		want.LastLoginAt = time.Date(2026, 11, 5, 9, 0, 0, 1000, time.UTC)
		event := doctor.Note(id, doctor.LoggedIn, now())
		s.passes(s.attempt(d), outbound.Outcome{
			Doctor: id, LoginAt: want.LastLoginAt, Events: []doctor.Event{event},
		})
		s.same("after a login", s.get(id).Snapshot(), want)
		s.happened(id, append(events, event)...)
	}},

	{"a right outcome without LoginAt leaves the time of the last login", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		for range 2 { // once for a doctor that never logged in
			want := s.get(id).Snapshot()
			s.passes(a, outbound.Outcome{Doctor: id, Events: []doctor.Event{doctor.Note(id, doctor.LoginRefused, now())}})
			s.same("after a refused login", s.get(id).Snapshot(), want)
			s.passes(a, outbound.Outcome{Doctor: id, LoginAt: time.Now().Truncate(time.Microsecond)})
		}
	}},

	{"a right outcome replaces the hash only if the stored one is still Old, and moves no version", func(s *scene) {
		id := s.ordinary()
		want := s.get(id).Snapshot()
		old, next := doctor.CredentialOf(want.Credential), doctor.CredentialOf("$argon2id$new")
		rehash := outbound.Outcome{Doctor: id, Rehash: &outbound.Rehash{Old: old, New: next}}
		s.passes(s.attempt(s.get(id)), rehash)
		want.Credential = next.PHC()
		s.same("after a rehash", s.get(id).Snapshot(), want)

		want = s.update(id, func(d *doctor.Doctor) { d.ResetPassword(doctor.CredentialOf("$reset"), now()) }).Snapshot()
		rehash.LoginAt = time.Now().Truncate(time.Microsecond)
		s.passes(s.attempt(s.get(id)), rehash)
		want.LastLoginAt = rehash.LoginAt
		s.same("after a rehash that came too late", s.get(id).Snapshot(), want)
	}},

	{"a wrong outcome stores its events and leaves the doctor alone", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		want := s.get(id).Snapshot()
		first, second := doctor.Note(id, doctor.LoginFailed, now()), doctor.Note(id, doctor.LoginFailed, now())
		s.fails(s.attempt(d), outbound.Outcome{
			Doctor: id, LoginAt: time.Now(), Events: []doctor.Event{first, second},
			Rehash: &outbound.Rehash{Old: doctor.CredentialOf(want.Credential), New: doctor.CredentialOf("$new")},
		})
		s.same("after a wrong outcome", s.get(id).Snapshot(), want)
		s.happened(id, append(events, first, second)...)
	}},

	{"a doctor that vanished meanwhile is no error", func(s *scene) {
		vanished := s.ordinary() + 1_000_000
		for _, right := range []bool{true, false} {
			_, err := s.Storage.Conclude(s.ctx, s.attempt(nil), outbound.Outcome{
				Right: right, Doctor: vanished, LoginAt: time.Now(), Remember: time.Hour,
				Events: []doctor.Event{doctor.Note(vanished, doctor.LoggedIn, now())},
				Rehash: &outbound.Rehash{Old: doctor.CredentialOf("$a"), New: doctor.CredentialOf("$b")},
			})
			s.must("Conclude", err)
		}
		_, err := s.Storage.Get(s.ctx, vanished)
		s.refused("Get", err, doctor.ErrNotFound)
	}},

	{"concurrent conclusions of right outcomes never refuse each other: twenty at once all pass", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		a := s.attempt(s.get(id))
		a.Account.Max, a.Source.Max, a.Everywhere.Max = 2, 2, 2
		s.fails(a, outbound.Outcome{})
		waits := make([]time.Duration, 20)
		errs := atOnce(len(waits), func(i int) (err error) {
			waits[i], err = turns(i, s.Replica, b).Conclude(s.ctx, a, outbound.Outcome{
				Right: true, Doctor: id, LoginAt: time.Now(), Remember: time.Hour,
				Events: []doctor.Event{doctor.Note(id, doctor.LoggedIn, now())},
			})
			return err
		})
		s.succeeded(errs, nil)
		for _, wait := range waits {
			if wait != 0 {
				s.Fatalf("a right login had to wait %s for the others", wait)
			}
		}
		s.exactly(1+len(waits), len(s.events(id)), "events")
	}},
}

// attempt is a try at a doctor's phone, or at none, from a network of its own, with limits of its own that nothing reaches.
func (s *scene) attempt(d *doctor.Doctor) outbound.Attempt {
	a := outbound.Attempt{
		Account: s.limit(1000), Source: s.limit(1000), Everywhere: s.limit(1000), Network: session(),
	}
	if d != nil {
		a.Phone = d.Profile().Phone
	}
	return a
}

// limit begins a wait of an hour at the count of most, under a key of its own.
func (s *scene) limit(most int) outbound.Limit {
	return outbound.Limit{Key: session(), Max: most, Window: time.Hour, FirstWait: time.Hour, MaxWait: time.Hour}
}

// begin looks at an attempt.
func (s *scene) begin(a outbound.Attempt) outbound.Candidate {
	s.Helper()
	seen, err := s.Storage.Begin(s.ctx, a)
	s.must("Begin", err)
	return seen
}

// conclude decides about an attempt.
func (s *scene) conclude(a outbound.Attempt, o outbound.Outcome) time.Duration {
	s.Helper()
	wait, err := s.Storage.Conclude(s.ctx, a, o)
	s.must("Conclude", err)
	if wait < 0 {
		s.Fatalf("Conclude: a wait of %s", wait)
	}
	return wait
}

// passes concludes a right outcome that need not wait.
func (s *scene) passes(a outbound.Attempt, o outbound.Outcome) {
	s.Helper()
	o.Right = true
	if wait := s.conclude(a, o); wait != 0 {
		s.Fatalf("a right outcome must wait %s, want none", wait)
	}
}

// fails concludes a wrong outcome that is counted.
func (s *scene) fails(a outbound.Attempt, o outbound.Outcome) {
	s.Helper()
	if wait := s.conclude(a, o); wait != 0 {
		s.Fatalf("a wrong outcome must wait %s and is not counted, want none", wait)
	}
}

// waits stops the case unless the attempt is in a wait: Begin and Conclude say so, whatever the outcome.
func (s *scene) waits(a outbound.Attempt) {
	s.Helper()
	for _, wait := range []time.Duration{
		s.begin(a).Wait, s.conclude(a, outbound.Outcome{}), s.conclude(a, outbound.Outcome{Right: true}),
	} {
		if wait == 0 {
			s.Fatal("no wait is in force")
		}
	}
}

// free stops the case if the attempt is in a wait.
func (s *scene) free(a outbound.Attempt) {
	s.Helper()
	if wait := s.begin(a).Wait; wait != 0 {
		s.Fatalf("a wait of %s is in force, want none", wait)
	}
}
