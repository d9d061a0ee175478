package memory

import (
	"context"
	"slices"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// revocation has a place in the order in which feeds bring them; places are given under the lock, so none comes late.
type revocation struct {
	place int64
	outbound.Revocation
}

func (s *Store) revoke(r outbound.Revocation) {
	s.lastPlace++
	r.Expires = instant(r.Expires)
	s.revocations = append(s.revocations, revocation{s.lastPlace, r})
}

// unexpired picks revocations.
func (s *Store) unexpired(now time.Time, wanted func(revocation) bool) []outbound.Revocation {
	var out []outbound.Revocation
	for _, r := range s.revocations {
		if r.Expires.After(now) && wanted(r) {
			out = append(out, r.Revocation)
		}
	}
	return out
}

func (s *Store) sweepRevocations(now time.Time) {
	s.revocations = slices.DeleteFunc(s.revocations, func(r revocation) bool { return !r.Expires.After(now) })
}

// Revoke voids one session.
func (s *Store) Revoke(ctx context.Context, session doctor.SessionID, expires time.Time, event doctor.Event) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	void := func(r revocation) bool { return r.Generation == 0 && r.Session == session }
	if slices.ContainsFunc(s.revocations, void) {
		return nil
	}
	if err := storable(event); err != nil {
		return err
	}
	s.record(event)
	s.revoke(outbound.Revocation{Session: session, Expires: expires})
	return nil
}

// Lookup finds the revocations of a session and of its doctor.
func (s *Store) Lookup(ctx context.Context, id doctor.ID, session doctor.SessionID) ([]outbound.Revocation, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return s.unexpired(time.Now(), func(r revocation) bool {
		return r.Generation == 0 && r.Session == session || r.Generation != 0 && r.Doctor == id
	}), nil
}

// Watch opens a feed.
func (s *Store) Watch(ctx context.Context) (outbound.Feed, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return &feed{store: s}, nil
}

// feed remembers the place up to which it brought everything.
type feed struct {
	store  *Store
	seen   int64
	closed bool
}

// Next brings what came since the call before.
func (f *feed) Next(ctx context.Context) (outbound.Round, error) {
	if f.closed {
		return outbound.Round{}, errClosed
	}
	leave, err := f.store.enter(ctx)
	if err != nil {
		return outbound.Round{}, err
	}
	defer leave()
	now := time.Now()
	fresh := f.store.unexpired(now, func(r revocation) bool { return r.place > f.seen })
	f.seen = f.store.lastPlace
	return outbound.Round{Now: now, Revocations: fresh}, nil
}

// Close ends the feed.
func (f *feed) Close() error {
	f.closed = true
	return nil
}
