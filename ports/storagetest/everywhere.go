package storagetest

import (
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What failures from wherever count for, and whom their wait spares.
var everywhere = []clause{
	{"failures from wherever count against Everywhere, and its wait is in force for every unknown network", func(s *scene) {
		for _, d := range []*doctor.Doctor{s.get(s.ordinary()), s.newcomer(doctor.Ordinary), nil} {
			a := s.attempt(d)
			a.Everywhere.Max = 3
			for range 3 {
				a = s.elsewhere(a)
				s.free(a)
				s.fails(a, outbound.Outcome{})
			}
			s.waits(a)
			s.waits(s.elsewhere(a))
			a.Network = [16]byte{}
			s.waits(s.elsewhere(a))
		}
	}},

	{"a wait of Everywhere spares known networks, where right and wrong outcomes go on", func(s *scene) {
		id, a := s.besieged(1)
		b := s.peer()
		for range 3 {
			s.free(a)
			s.fails(a, outbound.Outcome{Spared: true, Doctor: id})
			s.passes(a, outbound.Outcome{Spared: true, Doctor: id})
			seen, err := b.Storage.Begin(s.ctx, a)
			s.must("Begin", err)
			s.exactly(0, int(seen.Wait), "ns to wait")
		}
		s.waits(s.elsewhere(a))
	}},

	{"the other limits spare nobody", func(s *scene) {
		for _, reach := range []func(*outbound.Attempt){
			func(a *outbound.Attempt) { a.Account.Max = 2 },
			func(a *outbound.Attempt) { a.Source.Max = 2 },
		} {
			id, a := s.besieged(1)
			reach(&a)
			spared := outbound.Outcome{Spared: true, Doctor: id}
			s.fails(a, spared)
			s.fails(a, spared)
			right := spared
			right.Right = true
			for _, wait := range []time.Duration{s.begin(a).Wait, s.conclude(a, spared), s.conclude(a, right)} {
				if wait == 0 {
					s.Fatal("no wait is in force")
				}
			}
		}
	}},

	{"where no wait is in force, failures from known networks count against Everywhere too", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		a.Everywhere.Max = 2
		s.logsIn(a, id, time.Hour)
		for range 2 {
			s.fails(a, outbound.Outcome{Spared: true, Doctor: id})
		}
		s.waits(s.elsewhere(a))
	}},

	{"while its wait is in force nothing is counted against Everywhere", func(s *scene) {
		const first = 100 * time.Millisecond
		for range 3 {
			id := s.ordinary()
			a := s.attempt(s.get(id))
			s.logsIn(a, id, time.Hour)
			a.Everywhere = outbound.Limit{Key: session(), Max: 1, Window: time.Hour, FirstWait: first, MaxWait: time.Hour}
			elsewhere := s.elsewhere(a)
			began := time.Now()
			s.fails(elsewhere, outbound.Outcome{})
			s.fails(a, outbound.Outcome{Spared: true, Doctor: id})
			if s.begin(elsewhere).Wait == 0 {
				continue // the second failure may have come after the wait
			}
			s.runs(elsewhere, began, first)
			began = time.Now()
			s.fails(elsewhere, outbound.Outcome{}) // the second count: the wait doubles once
			s.runs(elsewhere, began, 2*first)
			return
		}
		s.Fatal("this machine is too slow for a wait of 100 ms")
	}},

	{"a right outcome forgets the counter of Everywhere", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		a.Everywhere.Max = 3
		for range 3 {
			for range 2 {
				a = s.elsewhere(a)
				s.fails(a, outbound.Outcome{})
			}
			s.passes(s.elsewhere(a), outbound.Outcome{Doctor: id})
		}
		s.fails(a, outbound.Outcome{})
		s.fails(s.elsewhere(a), outbound.Outcome{})
		s.fails(s.elsewhere(a), outbound.Outcome{})
		s.waits(s.elsewhere(a))
	}},

	{"a right outcome from a known network ends no wait of Everywhere", func(s *scene) {
		id, a := s.besieged(2)
		s.passes(a, outbound.Outcome{Spared: true, Doctor: id, LoginAt: time.Now(), Remember: time.Hour})
		s.waits(s.elsewhere(a))
		s.free(a)
	}},

	{"of sixty wrong outcomes at once from sixty networks exactly Max are counted, the others nowhere", func(s *scene) {
		id := s.ordinary()
		a := s.attempt(s.get(id))
		a.Everywhere.Max = 10
		guesses := make([]outbound.Attempt, 60)
		for i := range guesses {
			guesses[i] = s.elsewhere(a)
		}
		told := s.guess(id, guesses...)
		s.counted(a.Everywhere.Max, id, told)
		s.waits(s.elsewhere(a))
		for i, guess := range guesses {
			if told[i] == 0 {
				continue
			}
			guess.Everywhere = s.limit(1000)
			guess.Account.Max, guess.Source.Max = 2, 2
			s.fails(guess, outbound.Outcome{})
			s.free(guess) // it was the first
		}
	}},
}

// elsewhere is the same try from another network.
func (s *scene) elsewhere(a outbound.Attempt) outbound.Attempt {
	a.Account, a.Source = s.limit(1000), s.limit(1000)
	if a.Network != [16]byte{} {
		a.Network = session()
	}
	return a
}

// besieged is a doctor whose account waits everywhere after so many failures, and a try from the network known to it.
func (s *scene) besieged(after int) (doctor.ID, outbound.Attempt) {
	s.Helper()
	id := s.ordinary()
	a := s.attempt(s.get(id))
	s.logsIn(a, id, time.Hour)
	a.Everywhere.Max = after
	for range after {
		s.fails(s.elsewhere(a), outbound.Outcome{Doctor: id})
	}
	return id, a
}
