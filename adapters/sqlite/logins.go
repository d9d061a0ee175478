package sqlite

import (
	"bytes"
	"context"
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Begin implements outbound.Logins.
func (s *Store) Begin(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
	d, err := s.ByPhone(ctx, a.Phone)
	if err != nil && !errors.Is(err, doctor.ErrNotFound) {
		return outbound.Candidate{}, err
	}
	var id doctor.ID // zero knows no network, and finding that out takes as long
	if d != nil {
		id = d.ID()
	}
	now := clock()
	lasts, err := known(ctx, s.readers, id, a.Network, now)
	if err != nil {
		return outbound.Candidate{}, err
	}
	wait, err := restOfWait(ctx, s.readers, a, lasts > 0, now)
	if err != nil {
		return outbound.Candidate{}, err
	}
	return outbound.Candidate{Doctor: d, Wait: wait, Known: lasts}, nil
}

// Conclude implements outbound.Logins. Nobody else counts while it looks and decides: there is one writer.
func (s *Store) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (wait time.Duration, err error) {
	err = s.writer.write(ctx, func(ctx context.Context, tx *statements) (err error) {
		now := clock()
		wait, err = restOfWait(ctx, tx, a, o.Spared, now)
		switch {
		case err != nil || wait > 0:
			return err
		case o.Right:
			return accept(ctx, tx, a, o, now)
		}
		return reject(ctx, tx, a, o, now)
	})
	if err != nil {
		return 0, err
	}
	return wait, nil
}

// reject counts a wrong password; that it begins a wait of the account, here or everywhere, is an event of its own.
func reject(ctx context.Context, tx *statements, a outbound.Attempt, o outbound.Outcome, now time.Time) error {
	begins := false
	for _, l := range []outbound.Limit{a.Account, a.Everywhere} {
		waits, err := countOne(ctx, tx, l, now)
		if err != nil {
			return err
		}
		begins = begins || waits
	}
	if _, err := countOne(ctx, tx, a.Source, now); err != nil {
		return err
	}
	if err := storeEvents(ctx, tx, o.Events...); err != nil {
		return err
	}
	if begins && o.Throttled != nil {
		return storeEvents(ctx, tx, *o.Throttled)
	}
	return nil
}

const (
	noteLogin = `UPDATE doctors SET last_login_at = ? WHERE id = ?`
	rehash    = `UPDATE doctors SET credential = ? WHERE id = ? AND credential IS ?`
)

// accept forgets the account's failures and notes the login.
func accept(ctx context.Context, tx *statements, a outbound.Attempt, o outbound.Outcome, now time.Time) error {
	for _, l := range []outbound.Limit{a.Account, a.Everywhere} {
		if _, err := tx.exec(ctx, deleteCounter, l.Key[:], instant{&now}); err != nil {
			return err
		}
	}
	if !o.LoginAt.IsZero() {
		if _, err := tx.exec(ctx, noteLogin, instant{&o.LoginAt}, int64(o.Doctor)); err != nil {
			return err
		}
		if err := remember(ctx, tx, a, o, now); err != nil {
			return err
		}
	}
	if r := o.Rehash; r != nil {
		before, after := r.Old.PHC(), r.New.PHC()
		if _, err := tx.exec(ctx, rehash, text{&after}, int64(o.Doctor), text{&before}); err != nil {
			return err
		}
	}
	return storeEvents(ctx, tx, o.Events...)
}

// Take implements outbound.Quotas.
func (s *Store) Take(ctx context.Context, l outbound.Limit) (wait time.Duration, err error) {
	if l.Max <= 0 {
		return l.Window, nil
	}
	err = s.writer.write(ctx, func(ctx context.Context, tx *statements) error {
		now := clock()
		c, err := loadCounter(ctx, tx, l.Key)
		if err != nil {
			return err
		}
		if wait = c.left(l, now); wait > 0 {
			return nil
		}
		c.add(outbound.Limit{Max: l.Max, Window: l.Window}, now)
		return storeCounter(ctx, tx, l.Key, c)
	})
	if err != nil {
		return 0, err
	}
	return wait, nil
}

// Forget implements outbound.Logins.
func (s *Store) Forget(ctx context.Context, account [8]byte) error {
	first, last := [16]byte{}, [16]byte(bytes.Repeat([]byte{0xff}, 16))
	copy(first[:], account[:])
	copy(last[:], account[:])
	return s.writer.write(ctx, func(ctx context.Context, tx *statements) error {
		_, err := tx.exec(ctx, deleteCounters, first[:], last[:])
		return err
	})
}
