package memory

import (
	"context"
	"errors"
	"maps"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// counter is what a limit's rule looks at. It is as good as absent from forgotten on.
type counter struct {
	count     int
	waitUntil time.Time
	forgotten time.Time
}

// counterAt is the counter under a key, fresh if there is none or its time is over.
func (s *Store) counterAt(l outbound.Limit, now time.Time) counter {
	c := s.counters[l.Key]
	if !now.Before(c.forgotten) {
		return counter{forgotten: now.Add(l.Window)}
	}
	return c
}

// count adds one failure, unless the limit is in a wait, and tells whether a wait begins with it.
func (s *Store) count(l outbound.Limit, now time.Time) (begins bool) {
	c := s.counterAt(l, now)
	if c.waitUntil.After(now) {
		return false
	}
	c.count++
	if begins = c.count >= l.Max; begins {
		if l.FirstWait == 0 {
			c.waitUntil = c.forgotten
		} else {
			c.waitUntil = now.Add(doubled(l, c.count-l.Max))
			c.forgotten = c.waitUntil.Add(l.Window)
		}
	}
	s.counters[l.Key] = c
	return begins
}

// forget drops a counter, unless it is in a wait.
func (s *Store) forget(l outbound.Limit, now time.Time) {
	if !s.counters[l.Key].waitUntil.After(now) {
		delete(s.counters, l.Key)
	}
}

func doubled(l outbound.Limit, times int) time.Duration {
	wait := l.FirstWait
	for ; times > 0 && wait < l.MaxWait; times-- {
		wait *= 2
	}
	return min(wait, l.MaxWait)
}

// wait is the rest of the longest wait that an attempt is in.
func (s *Store) wait(a outbound.Attempt, spared bool, now time.Time) time.Duration {
	rest := func(l outbound.Limit) time.Duration { return s.counters[l.Key].waitUntil.Sub(now) }
	wait := max(0, rest(a.Account), rest(a.Source))
	if !spared {
		wait = max(wait, rest(a.Everywhere))
	}
	return wait
}

// knownNetwork is a network that a doctor logged in from.
type knownNetwork struct {
	doctor  doctor.ID
	network [16]byte
}

func (s *Store) sweepCounters(now time.Time) {
	for key, c := range s.counters {
		if !now.Before(c.forgotten) {
			delete(s.counters, key)
		}
	}
}

// Begin looks up who has the phone and whether the attempt must wait.
func (s *Store) Begin(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return outbound.Candidate{}, err
	}
	defer leave()
	d, err := s.byPhone(a.Phone)
	if err != nil && !errors.Is(err, doctor.ErrNotFound) {
		return outbound.Candidate{}, err
	}
	now := time.Now()
	seen := outbound.Candidate{Doctor: d}
	if d != nil {
		seen.Known = max(0, s.known[knownNetwork{d.ID(), a.Network}].Sub(now))
	}
	seen.Wait = s.wait(a, seen.Known > 0, now)
	return seen, nil
}

// Conclude decides about the attempt.
func (s *Store) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	now := time.Now()
	if wait := s.wait(a, o.Spared, now); wait > 0 {
		return wait, nil
	}
	if err := storable(o.Events, o.Throttled); err != nil {
		return 0, err
	}
	s.record(o.Events...)
	if o.Right {
		s.forget(a.Account, now)
		s.forget(a.Everywhere, now)
		s.loggedIn(a, o, now)
		return 0, nil
	}
	s.count(a.Source, now)
	here, everywhere := s.count(a.Account, now), s.count(a.Everywhere, now)
	if (here || everywhere) && o.Throttled != nil {
		s.record(*o.Throttled)
	}
	return 0, nil
}

// Forget forgets the counters of an account.
func (s *Store) Forget(ctx context.Context, account [8]byte) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	maps.DeleteFunc(s.counters, func(key [16]byte, _ counter) bool { return [8]byte(key[:8]) == account })
	return nil
}

// loggedIn notes on the doctor what a right outcome brings; nothing of it moves the version.
func (s *Store) loggedIn(a outbound.Attempt, o outbound.Outcome, now time.Time) {
	d, ok := s.doctors[o.Doctor]
	if !ok {
		return
	}
	if !o.LoginAt.IsZero() {
		d.LastLoginAt = instant(o.LoginAt)
		if o.Remember > 0 && a.Network != [16]byte{} {
			s.known[knownNetwork{o.Doctor, a.Network}] = now.Add(o.Remember)
		}
	}
	if o.Rehash != nil && d.Credential == o.Rehash.Old.PHC() {
		d.Credential = o.Rehash.New.PHC()
	}
	s.doctors[o.Doctor] = d
}

// instant is a time as the contract wants it kept.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Take counts one use.
func (s *Store) Take(ctx context.Context, l outbound.Limit) (time.Duration, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	now := time.Now()
	c := s.counterAt(l, now)
	if c.count >= l.Max {
		return c.forgotten.Sub(now), nil
	}
	c.count++
	s.counters[l.Key] = c
	return 0, nil
}
