package bolt

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// counter is what a limit's rule looks at. It is as good as absent from Forgotten on.
type counter struct {
	Count     int
	WaitUntil time.Time
	Forgotten time.Time
}

// counterAt is the counter under a key, fresh if there is none or its time is over.
func counterAt(b *bbolt.Bucket, l outbound.Limit, now time.Time) (counter, error) {
	c, err := take[counter](b, l.Key[:])
	if !now.Before(c.Forgotten) {
		c = counter{Forgotten: now.Add(l.Window)}
	}
	return c, err
}

// count adds one failure, unless the limit is in a wait, and tells whether a wait begins with it.
func (in buckets) count(l outbound.Limit, now time.Time) (begins bool, err error) {
	b := in.bucket(countersBucket)
	c, err := counterAt(b, l, now)
	if err != nil || c.WaitUntil.After(now) {
		return false, err
	}
	c.Count++
	if begins = c.Count >= l.Max; begins {
		if l.FirstWait == 0 {
			c.WaitUntil = c.Forgotten
		} else {
			c.WaitUntil = now.Add(doubled(l, c.Count-l.Max))
			c.Forgotten = c.WaitUntil.Add(l.Window)
		}
	}
	return begins, put(b, l.Key[:], c)
}

// forget drops a counter, unless it is in a wait.
func (in buckets) forget(l outbound.Limit, now time.Time) error {
	b := in.bucket(countersBucket)
	c, err := take[counter](b, l.Key[:])
	if err != nil || c.WaitUntil.After(now) {
		return err
	}
	return b.Delete(l.Key[:])
}

func doubled(l outbound.Limit, times int) time.Duration {
	wait := l.FirstWait
	for ; times > 0 && wait < l.MaxWait; times-- {
		wait *= 2
	}
	return min(wait, l.MaxWait)
}

// wait is the rest of the longest wait that an attempt is in.
func (in buckets) wait(a outbound.Attempt, spared bool, now time.Time) (longest time.Duration, err error) {
	limits := []outbound.Limit{a.Account, a.Source}
	if !spared {
		limits = append(limits, a.Everywhere)
	}
	for _, l := range limits {
		c, err := take[counter](in.bucket(countersBucket), l.Key[:])
		if err != nil {
			return 0, err
		}
		longest = max(longest, c.WaitUntil.Sub(now))
	}
	return longest, nil
}

func (in buckets) sweepCounters(now time.Time) error {
	b := in.bucket(countersBucket)
	var old [][]byte
	err := each(b, nil, func(key []byte, c counter) error {
		if !now.Before(c.Forgotten) {
			old = append(old, key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return deleteAll(b, old)
}

// Begin looks up who has the phone and whether the attempt must wait.
func (s *Store) Begin(ctx context.Context, a outbound.Attempt) (seen outbound.Candidate, err error) {
	err = s.read(ctx, func(in buckets) error {
		if seen.Doctor, err = in.byClaim(phoneKey(a.Phone.String())); err != nil && !errors.Is(err, doctor.ErrNotFound) {
			return err
		}
		now := time.Now()
		if seen.Doctor != nil {
			if seen.Known, err = in.known(seen.Doctor.ID(), a.Network, now); err != nil {
				return err
			}
		}
		seen.Wait, err = in.wait(a, seen.Known > 0, now)
		return err
	})
	return seen, err
}

// Conclude decides about the attempt.
func (s *Store) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (wait time.Duration, err error) {
	err = s.write(ctx, func(in buckets) error {
		now := time.Now()
		if wait, err = in.wait(a, o.Spared, now); wait > 0 || err != nil {
			return err
		}
		if err := storable(o.Events, o.Throttled); err != nil {
			return err
		}
		if err := in.record(o.Events...); err != nil {
			return err
		}
		if o.Right {
			return in.accept(a, o, now)
		}
		return in.refuse(a, o, now)
	})
	return wait, err
}

// Forget forgets the counters of an account.
func (s *Store) Forget(ctx context.Context, account [8]byte) error {
	return s.write(ctx, func(in buckets) error {
		b := in.bucket(countersBucket)
		return deleteAll(b, under(b, account[:]))
	})
}

// accept forgets the account's counters and notes the login on the doctor.
func (in buckets) accept(a outbound.Attempt, o outbound.Outcome, now time.Time) error {
	for _, l := range []outbound.Limit{a.Account, a.Everywhere} {
		if err := in.forget(l, now); err != nil {
			return err
		}
	}
	b, key := in.bucket(doctorsBucket), number(int64(o.Doctor))
	d, err := take[doctor.Snapshot](b, key)
	if err != nil || d.ID == 0 {
		return err
	}
	if !o.LoginAt.IsZero() {
		d.LastLoginAt = instant(o.LoginAt)
		if err := in.remember(a, o, now); err != nil {
			return err
		}
	}
	if o.Rehash != nil && d.Credential == o.Rehash.Old.PHC() {
		if d.Credential = o.Rehash.New.PHC(); storable(d.Credential) != nil {
			return errText
		}
	}
	return put(b, key, d)
}

// refuse counts against all limits.
func (in buckets) refuse(a outbound.Attempt, o outbound.Outcome, now time.Time) error {
	if _, err := in.count(a.Source, now); err != nil {
		return err
	}
	here, err := in.count(a.Account, now)
	if err != nil {
		return err
	}
	everywhere, err := in.count(a.Everywhere, now)
	if err != nil || !here && !everywhere || o.Throttled == nil {
		return err
	}
	return in.record(*o.Throttled)
}

// Take counts one use.
func (s *Store) Take(ctx context.Context, l outbound.Limit) (wait time.Duration, err error) {
	err = s.write(ctx, func(in buckets) error {
		b, now := in.bucket(countersBucket), time.Now()
		c, err := counterAt(b, l, now)
		if err != nil {
			return err
		}
		if c.Count >= l.Max {
			wait = c.Forgotten.Sub(now)
			return nil
		}
		c.Count++
		return put(b, l.Key[:], c)
	})
	return wait, err
}
