package storagetest

import (
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// What may be done so many times in a while.
var quotas = []clause{
	{"Take passes Max times and then tells the time until the window ends", func(s *scene) {
		l := s.quota(3, time.Hour)
		for range 3 {
			s.exactly(0, int(s.take(l)), "ns to wait")
		}
		for range 3 {
			s.between("the wait", s.take(l), time.Hour-patience, time.Hour)
		}
	}},

	{"exactly Max of fifty uses at once pass", func(s *scene) {
		const n, most = 50, 20
		l, b := s.quota(most, time.Hour), s.peer()
		told := make([]time.Duration, n)
		errs := atOnce(n, func(i int) (err error) {
			told[i], err = turns(i, s.Replica, b).Take(s.ctx, l)
			return err
		})
		s.succeeded(errs, nil)
		passed := 0
		for _, wait := range told {
			if wait == 0 {
				passed++
			}
		}
		s.exactly(most, passed, "uses passed")
	}},

	{"a refused use counts nothing and puts nothing off: when the window ends, Max pass again", func(s *scene) {
		s.timely(func(window time.Duration, onTime func(time.Time) bool) {
			l, begun, began := s.quota(2, window), s.clock(), time.Now()
			s.exactly(0, int(s.take(l)), "ns to wait")
			counted := time.Now()
			s.exactly(0, int(s.take(l)), "ns to wait")
			if !onTime(begun.Add(window)) {
				return
			}
			for wait := time.Duration(1); wait > 0; pause() {
				atMost := window - time.Since(counted)
				begun = s.clock() // the use that passes is the first of a new window
				if wait = s.take(l); wait > 0 {
					s.between("the wait", wait, window-time.Since(began), atMost)
				}
			}
			s.between("until the window ends", time.Since(began), window, patience)
			s.exactly(0, int(s.take(l)), "ns to wait")
			if refused := s.take(l) > 0; onTime(begun.Add(window)) && !refused {
				s.Fatal("more than Max uses passed in the second window")
			}
		})
	}},

	{"a quota belongs to its key alone, and no wait doubles", func(s *scene) {
		l := s.quota(1, time.Hour)
		l.FirstWait, l.MaxWait = time.Nanosecond, 100*time.Hour
		s.take(l)
		for range 5 {
			s.between("the wait", s.take(l), time.Hour-patience, time.Hour)
		}
		for i := range l.Key {
			other := l
			other.Key[i]++
			s.exactly(0, int(s.take(other)), "ns to wait")
		}
	}},
}

func (s *scene) quota(most int, window time.Duration) outbound.Limit {
	return outbound.Limit{Key: session(), Max: most, Window: window}
}

// take uses a quota once.
func (s *scene) take(l outbound.Limit) time.Duration {
	s.Helper()
	wait, err := s.Storage.Take(s.ctx, l)
	s.must("Take", err)
	if wait < 0 {
		s.Fatalf("Take: a wait of %s", wait)
	}
	return wait
}
