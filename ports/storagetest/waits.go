package storagetest

import (
	"slices"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What failures count for.
var waits = []clause{
	{"of a hundred wrong outcomes at once exactly Max are counted, the others are told to wait", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		a.Account.Max = 5
		s.counted(a.Account.Max, id, s.guess(id, slices.Repeat([]outbound.Attempt{a}, 100)...))
	}},

	{"the count that reaches Max begins a wait, of any limit, and Conclude and Begin return its rest", func(s *scene) {
		for _, reach := range []func(*outbound.Attempt){
			func(a *outbound.Attempt) { a.Account.Max = 3 },
			func(a *outbound.Attempt) { a.Source.Max = 3 },
			func(a *outbound.Attempt) { a.Everywhere.Max = 3 },
		} {
			a := s.attempt(s.get(s.ordinary()))
			reach(&a)
			for range 3 {
				s.free(a)
				s.fails(a, outbound.Outcome{})
			}
			s.waits(a)
		}
	}},

	{"Throttled is stored once when a wait of the account begins, here or everywhere, not the source's, after the other events", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		want := recorded(d)
		id := s.add(d)
		for _, limit := range []struct{ account, source, everywhere int }{
			{1000, 1, 1000}, {1, 1000, 1000}, {1, 1, 1000}, {2, 1000, 2}, {1000, 1000, 1}, {1, 1, 1}, {1000, 1, 1},
		} {
			a := s.attempt(d)
			a.Account.Max, a.Source.Max, a.Everywhere.Max = limit.account, limit.source, limit.everywhere
			failed, throttled := doctor.Note(id, doctor.LoginFailed, now()), doctor.Note(id, doctor.LoginThrottled, now())
			s.fails(a, outbound.Outcome{Doctor: id, Events: []doctor.Event{failed}, Throttled: &throttled})
			if want = append(want, failed); limit.account == 1 || limit.everywhere == 1 {
				want = append(want, throttled)
			}
			s.happened(id, want...)
		}
	}},

	{"during a wait nothing is written or counted, whatever the outcome", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		before := s.get(id).Snapshot()
		a := s.attempt(d)
		a.Account.Max, a.Source.Max = 2, 1
		s.fails(a, outbound.Outcome{}) // the source waits from now on, the account counts one
		for _, right := range []bool{true, false, true, false} {
			throttled := doctor.Note(id, doctor.LoginThrottled, now())
			wait := s.conclude(a, outbound.Outcome{
				Right: right, Doctor: id, LoginAt: time.Now(), Throttled: &throttled,
				Events: []doctor.Event{doctor.Note(id, doctor.LoggedIn, now())},
				Rehash: &outbound.Rehash{Old: doctor.CredentialOf(before.Credential), New: doctor.CredentialOf("$new")},
			})
			if wait == 0 {
				s.Fatal("no wait is in force")
			}
		}
		s.same("during a wait", s.get(id).Snapshot(), before)
		s.happened(id, events...)

		elsewhere := a // the same account from a network that may try
		elsewhere.Source = s.limit(1000)
		s.free(elsewhere)                      // the wrong outcomes were not counted
		s.fails(elsewhere, outbound.Outcome{}) // the second
		s.waits(elsewhere)                     // the right ones did not forget the first
	}},

	{"of several waits the longest is told", func(s *scene) {
		const short = 10 * time.Minute
		for longest := range 3 {
			a := s.attempt(s.get(s.ordinary()))
			for i, limit := range []*outbound.Limit{&a.Account, &a.Source, &a.Everywhere} {
				limit.Max = 1
				if i != longest {
					limit.FirstWait = short
				}
			}
			s.fails(a, outbound.Outcome{})
			for _, wait := range []time.Duration{s.begin(a).Wait, s.conclude(a, outbound.Outcome{})} {
				if wait <= short {
					s.Fatalf("a wait of %s is told, want the longer one of an hour", wait)
				}
			}
		}
	}},

	{"a right outcome forgets the account's counter and never the source's", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		a.Account.Max, a.Source.Max = 2, 4
		for range 3 {
			s.fails(a, outbound.Outcome{})
			s.passes(a, outbound.Outcome{Doctor: id})
			s.free(a)
		}
		s.fails(a, outbound.Outcome{})
		s.waits(a) // the source's fourth
		a.Source = s.limit(1000)
		s.free(a) // the account's first
	}},

	{"a counter belongs to its key alone", func(s *scene) {
		a := s.attempt(s.get(s.ordinary()))
		a.Account.Max, a.Source.Max, a.Everywhere.Max = 1, 1, 1
		s.fails(a, outbound.Outcome{})
		for i := range a.Account.Key {
			b := a
			b.Account.Key[i]++
			b.Source.Key[i]++
			b.Everywhere.Key[i]++
			s.free(b)
		}
		s.waits(a)
	}},

	{"unknown phones, and what is no phone, behave the same", func(s *scene) {
		for _, nobody := range []*doctor.Doctor{s.newcomer(doctor.Ordinary), nil} {
			a := s.attempt(nobody)
			a.Account.Max = 3
			s.fails(a, outbound.Outcome{})
			s.fails(a, outbound.Outcome{})
			s.passes(a, outbound.Outcome{})
			for range 3 {
				s.free(a)
				s.fails(a, outbound.Outcome{})
			}
			s.waits(a)
		}
	}},

	{"a counter counts on every replica", func(s *scene) {
		b := s.peer()
		a := s.attempt(nil)
		a.Account.Max = 10
		for i := range 10 {
			wait, err := turns(i, s.Replica, b).Conclude(s.ctx, a, outbound.Outcome{})
			s.must("Conclude", err)
			if wait != 0 {
				s.Fatalf("count %d of 10 must wait %s", i+1, wait)
			}
		}
		s.waits(a)
		seen, err := b.Storage.Begin(s.ctx, a)
		s.must("Begin", err)
		if seen.Wait == 0 {
			s.Fatal("the other replica knows of no wait")
		}
	}},
}

// guess concludes wrong outcomes at once, in turns on two replicas, and returns what each was told.
func (s *scene) guess(id doctor.ID, guesses ...outbound.Attempt) []time.Duration {
	s.Helper()
	b, told := s.peer(), make([]time.Duration, len(guesses))
	errs := atOnce(len(guesses), func(i int) (err error) {
		throttled := doctor.Note(id, doctor.LoginThrottled, now())
		told[i], err = turns(i, s.Replica, b).Conclude(s.ctx, guesses[i], outbound.Outcome{
			Doctor: id, Throttled: &throttled,
			Events: []doctor.Event{doctor.Note(id, doctor.LoginFailed, now())},
		})
		return err
	})
	s.succeeded(errs, nil)
	return told
}

// counted stops the case unless just so many guesses were counted, with their events and that of a wait.
func (s *scene) counted(limit int, id doctor.ID, told []time.Duration) {
	s.Helper()
	counted, seen := 0, map[doctor.EventType]int{}
	for _, wait := range told {
		switch {
		case wait == 0:
			counted++
		case wait < 0 || wait > time.Hour:
			s.Fatalf("told to wait %s of at most an hour", wait)
		}
	}
	for _, e := range s.events(id) {
		seen[e.Type]++
	}
	s.exactly(limit, counted, "wrong outcomes were counted")
	s.exactly(limit, seen[doctor.LoginFailed], "failures are events")
	s.exactly(1, seen[doctor.LoginThrottled], "waits are events")
}
