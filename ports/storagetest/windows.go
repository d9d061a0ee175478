package storagetest

import (
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// How waits and windows run, by the storage's clock. The times are short here, since rules are parameters; where a slow
// machine misses a moment the case is tried again with longer times.
var windows = []clause{
	{"a wait is of FirstWait, then doubled with every further count up to MaxWait", func(s *scene) {
		const first, most = 100 * time.Millisecond, 350 * time.Millisecond
		a := s.attempt(nil)
		a.Account = outbound.Limit{Key: session(), Max: 2, Window: time.Hour, FirstWait: first, MaxWait: most}
		s.fails(a, outbound.Outcome{})
		for _, want := range []time.Duration{first, 2 * first, most, most} {
			s.free(a)
			began := time.Now()
			s.fails(a, outbound.Outcome{})
			s.runs(a, began, want)
		}
	}},

	{"a wait is never longer than MaxWait, after however many counts", func(s *scene) {
		const most = 10 * time.Millisecond
		a := s.attempt(nil)
		a.Account = outbound.Limit{Key: session(), Max: 1, Window: time.Hour, FirstWait: most, MaxWait: most}
		for range 80 {
			began := time.Now()
			s.fails(a, outbound.Outcome{})
			s.runs(a, began, most)
		}
	}},

	{"without FirstWait a wait lasts until the window ends, and all is forgotten then", func(s *scene) {
		s.timely(func(window time.Duration, onTime func(time.Time) bool) {
			a := s.attempt(nil)
			a.Source = outbound.Limit{Key: session(), Max: 2, Window: window}
			for range 2 {
				begun, began := s.clock(), time.Now()
				s.fails(a, outbound.Outcome{})
				s.after(s.clock().Add(window / 4))
				s.fails(a, outbound.Outcome{})
				if !onTime(begun.Add(window)) {
					return
				}
				s.between("the wait", s.begin(a).Wait, window-time.Since(began), window*3/4)
				s.runs(a, began, window)
			}
		})
	}},

	{"a window begins with the first count: Window later it is forgotten", func(s *scene) {
		s.timely(func(window time.Duration, onTime func(time.Time) bool) {
			a := s.attempt(nil)
			a.Account.Max, a.Account.Window = 3, window
			begun := s.clock()
			s.fails(a, outbound.Outcome{})
			counted := s.clock()
			s.after(begun.Add(window * 3 / 4))
			s.fails(a, outbound.Outcome{})
			if !onTime(begun.Add(window)) {
				return
			}
			s.after(counted.Add(window))
			for range 2 {
				s.fails(a, outbound.Outcome{})
			}
			s.free(a)
		})
	}},

	{"within its window a count is kept", func(s *scene) {
		s.timely(func(window time.Duration, onTime func(time.Time) bool) {
			a := s.attempt(nil)
			a.Account.Max, a.Account.Window = 2, window
			begun := s.clock()
			s.fails(a, outbound.Outcome{})
			s.after(begun.Add(window * 3 / 4))
			s.fails(a, outbound.Outcome{})
			if onTime(begun.Add(window)) {
				s.waits(a)
			}
		})
	}},

	{"after a wait the counter is kept for Window, and then forgotten", func(s *scene) {
		s.timely(func(window time.Duration, onTime func(time.Time) bool) {
			first := window * 3 / 2 // the wait ends later than Window after the first count
			a := s.attempt(nil)
			a.Account = outbound.Limit{Key: session(), Max: 1, Window: window, FirstWait: first, MaxWait: time.Hour}

			begun, began := s.clock(), time.Now()
			s.fails(a, outbound.Outcome{})
			s.runs(a, began, first)
			began = time.Now()
			s.fails(a, outbound.Outcome{})
			counted := s.clock()
			if !onTime(begun.Add(first + window)) {
				return
			}
			s.runs(a, began, 2*first)

			s.after(counted.Add(2*first + window))
			began = time.Now()
			s.fails(a, outbound.Outcome{})
			s.runs(a, began, first)
		})
	}},
}

// timely runs a case with times long enough that this machine hits its moments. The case returns early when onTime says
// that a moment was missed, and is then run again with twice the time.
func (s *scene) timely(try func(window time.Duration, onTime func(latest time.Time) bool)) {
	s.Helper()
	for window := 200 * time.Millisecond; ; window *= 2 {
		missed := false
		try(window, func(latest time.Time) bool {
			missed = missed || !s.clock().Before(latest)
			return !missed
		})
		if !missed {
			return
		}
	}
}

// runs stops the case unless a wait that began at the earliest at a moment is of a length, and waits until it is over.
func (s *scene) runs(a outbound.Attempt, began time.Time, length time.Duration) {
	s.Helper()
	rest := s.begin(a).Wait
	s.between("the wait", rest, length-time.Since(began), length)
	for s.begin(a).Wait > 0 {
		pause()
	}
	s.between("until it is over", time.Since(began), length, patience)
}

// between stops the case at a duration out of bounds, give or take what clocks differ.
func (s *scene) between(what string, got, least, most time.Duration) {
	s.Helper()
	const slack = 2 * time.Millisecond
	if got < least-slack || got > most+slack {
		s.Fatalf("%s is %s, want %s to %s", what, got, least, most)
	}
}
