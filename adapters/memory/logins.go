package memory

import (
	"context"
	"errors"
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

// count adds one failure and tells whether a wait begins with it.
func (s *Store) count(l outbound.Limit, now time.Time) (begins bool) {
	c := s.counterAt(l, now)
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

func doubled(l outbound.Limit, times int) time.Duration {
	wait := l.FirstWait
	for ; times > 0 && wait < l.MaxWait; times-- {
		wait *= 2
	}
	return min(wait, l.MaxWait)
}

// wait is the rest of the longest wait that an attempt is in.
func (s *Store) wait(a outbound.Attempt, now time.Time) time.Duration {
	account, source := s.counters[a.Account.Key], s.counters[a.Source.Key]
	return max(0, account.waitUntil.Sub(now), source.waitUntil.Sub(now))
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
	return outbound.Candidate{Doctor: d, Wait: s.wait(a, time.Now())}, nil
}

// Conclude decides about the attempt.
func (s *Store) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	now := time.Now()
	if wait := s.wait(a, now); wait > 0 {
		return wait, nil
	}
	if err := storable(o.Events, o.Throttled); err != nil {
		return 0, err
	}
	s.events = append(s.events, o.Events...)
	if o.Right {
		delete(s.counters, a.Account.Key)
		s.loggedIn(o)
		return 0, nil
	}
	s.count(a.Source, now)
	if s.count(a.Account, now) && o.Throttled != nil {
		s.events = append(s.events, *o.Throttled)
	}
	return 0, nil
}

// loggedIn notes on the doctor what a right outcome brings; neither moves the version.
func (s *Store) loggedIn(o outbound.Outcome) {
	d, ok := s.doctors[o.Doctor]
	if !ok {
		return
	}
	if !o.LoginAt.IsZero() {
		d.LastLoginAt = instant(o.LoginAt)
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
