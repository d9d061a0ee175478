package bolt

import (
	"bytes"
	"context"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// revoke gives a revocation its place. There is one writer at a time, so no place is given and committed late.
func (in buckets) revoke(r outbound.Revocation) error {
	b := in.bucket(revocationsBucket)
	place, err := b.NextSequence()
	if err != nil {
		return err
	}
	r.Expires = instant(r.Expires)
	if err := put(b, number(int64(place)), r); err != nil || r.Generation != 0 {
		return err
	}
	return in.bucket(sessionsBucket).Put(r.Session[:], number(int64(place)))
}

// Revoke voids one session.
func (s *Store) Revoke(ctx context.Context, session doctor.SessionID, expires time.Time, event doctor.Event) error {
	return s.write(ctx, func(in buckets) error {
		if in.bucket(sessionsBucket).Get(session[:]) != nil {
			return nil
		}
		if err := storable(event); err != nil {
			return err
		}
		if err := in.record(event); err != nil {
			return err
		}
		return in.revoke(outbound.Revocation{Session: session, Expires: expires})
	})
}

// unexpired finds revocations from a place on.
func (in buckets) unexpired(from int64, wanted func(outbound.Revocation) bool) (found []outbound.Revocation, err error) {
	now := time.Now()
	err = each(in.bucket(revocationsBucket), number(from), func(_ []byte, r outbound.Revocation) error {
		if r.Expires.After(now) && wanted(r) {
			found = append(found, r)
		}
		return nil
	})
	return found, err
}

// Lookup finds the revocations of a session and of its doctor.
func (s *Store) Lookup(ctx context.Context, id doctor.ID, session doctor.SessionID) (found []outbound.Revocation, err error) {
	err = s.read(ctx, func(in buckets) error {
		found, err = in.unexpired(0, func(r outbound.Revocation) bool {
			return r.Generation == 0 && r.Session == session || r.Generation != 0 && r.Doctor == id
		})
		return err
	})
	return found, err
}

func (in buckets) sweepRevocations(now time.Time) error {
	var places, sessions [][]byte
	err := each(in.bucket(revocationsBucket), nil, func(place []byte, r outbound.Revocation) error {
		if !r.Expires.After(now) {
			places = append(places, place)
			if r.Generation == 0 {
				sessions = append(sessions, bytes.Clone(r.Session[:]))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := deleteAll(in.bucket(revocationsBucket), places); err != nil {
		return err
	}
	return deleteAll(in.bucket(sessionsBucket), sessions)
}

// Watch opens a feed.
func (s *Store) Watch(ctx context.Context) (outbound.Feed, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return &feed{store: s}, nil
}

// feed remembers the place up to which it brought everything.
type feed struct {
	store  *Store
	seen   int64
	closed bool
}

// Next brings what was committed since the call before.
func (f *feed) Next(ctx context.Context) (round outbound.Round, err error) {
	if f.closed {
		return round, errClosed
	}
	err = f.store.read(ctx, func(in buckets) error {
		round.Now = time.Now()
		round.Revocations, err = in.unexpired(f.seen+1, func(outbound.Revocation) bool { return true })
		f.seen = int64(in.bucket(revocationsBucket).Sequence())
		return err
	})
	return round, err
}

// Close ends the feed.
func (f *feed) Close() error {
	f.closed = true
	return nil
}
