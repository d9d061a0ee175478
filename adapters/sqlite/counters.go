package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// counter is what is counted under the key of a Limit.
type counter struct {
	count     int
	waitUntil time.Time // zero: no wait has begun
	forgetAt  time.Time
}

// add counts once more, and tells whether that begins a wait.
func (c *counter) add(l outbound.Limit, now time.Time) (waits bool) {
	if !c.forgetAt.After(now) {
		*c = counter{forgetAt: now.Add(l.Window)}
	}
	c.count++
	if c.count < l.Max {
		return false
	}
	if l.FirstWait == 0 {
		c.waitUntil = c.forgetAt
		return true
	}
	wait := l.FirstWait
	for range c.count - l.Max {
		if wait >= l.MaxWait {
			break
		}
		wait = min(2*wait, l.MaxWait)
	}
	c.waitUntil = now.Add(wait)
	c.forgetAt = c.waitUntil.Add(l.Window)
	return true
}

// left is how long the window still lasts if l is used up in it.
func (c *counter) left(l outbound.Limit, now time.Time) time.Duration {
	if c.count < l.Max || !c.forgetAt.After(now) {
		return 0
	}
	return c.forgetAt.Sub(now)
}

const (
	selectCounter  = `SELECT count, wait_until, forget_at FROM login_counters WHERE key = ?`
	replaceCounter = `INSERT OR REPLACE INTO login_counters (key, count, wait_until, forget_at) VALUES (?, ?, ?, ?)`
	deleteCounter  = `DELETE FROM login_counters WHERE key = ? AND coalesce(wait_until, 0) <= ?` // not in a wait
	deleteCounters = `DELETE FROM login_counters WHERE key BETWEEN ? AND ?`
	lastWait       = `SELECT max(wait_until) FROM login_counters WHERE key IN (?, ?, ?)` // a wait ends before it is forgotten
)

func loadCounter(ctx context.Context, tx *statements, key [16]byte) (c counter, err error) {
	err = tx.one(ctx, []any{&c.count, instant{&c.waitUntil}, instant{&c.forgetAt}}, selectCounter, key[:])
	if errors.Is(err, sql.ErrNoRows) {
		return counter{}, nil
	}
	return c, err
}

// countOne counts once more under the key of a limit, unless that is in a wait.
func countOne(ctx context.Context, tx *statements, l outbound.Limit, now time.Time) (waits bool, err error) {
	c, err := loadCounter(ctx, tx, l.Key)
	if err != nil {
		return false, err
	}
	if c.waitUntil.After(now) {
		return false, nil
	}
	waits = c.add(l, now)
	return waits, storeCounter(ctx, tx, l.Key, c)
}

func storeCounter(ctx context.Context, tx *statements, key [16]byte, c counter) error {
	_, err := tx.exec(ctx, replaceCounter, key[:], c.count, instant{&c.waitUntil}, instant{&c.forgetAt})
	return err
}

// restOfWait is the longest wait of an attempt that is in force; zero: none is.
func restOfWait(ctx context.Context, in *statements, a outbound.Attempt, spared bool, now time.Time) (time.Duration, error) {
	everywhere := a.Everywhere.Key[:]
	if spared {
		everywhere = nil
	}
	var until time.Time
	if err := in.one(ctx, []any{instant{&until}}, lastWait, a.Account.Key[:], a.Source.Key[:], everywhere); err != nil {
		return 0, err
	}
	return max(0, until.Sub(now)), nil
}
