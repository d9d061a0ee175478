package memory

import (
	"context"
	"maps"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// Erase forgets a doctor for good. Like that of Update its change runs without the lock.
func (s *Store) Erase(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) error {
	for {
		before, err := s.load(ctx, id)
		if err != nil {
			return err
		}
		d, err := doctor.Restore(before)
		if err != nil {
			return err
		}
		if err := change(d); err != nil {
			return err
		}
		if erased, err := s.erase(ctx, before, d.Drain()); erased || err != nil {
			return err
		}
	}
}

// erase removes the doctor, unless it is no longer as it was before.
func (s *Store) erase(ctx context.Context, before doctor.Snapshot, left doctor.Drained) (erased bool, err error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	id := before.ID
	switch {
	case s.doctors[id] != before:
		return false, nil
	case administers(before) && !s.administered(id):
		return false, doctor.ErrLastAdministrator
	}
	if err := storable(left.Events); err != nil {
		return false, err
	}
	delete(s.doctors, id)
	for _, c := range claimsOf(before) {
		delete(s.claims, c)
	}
	maps.DeleteFunc(s.known, func(k knownNetwork, _ time.Time) bool { return k.doctor == id })
	s.storeDrained(id, left)
	s.erased[id] = true
	s.forgetValues(id)
	return true, nil
}
