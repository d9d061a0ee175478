package memory

import (
	"context"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
)

// record stores events in the order in which they come.
func (s *Store) record(events ...doctor.Event) {
	for _, e := range events {
		s.lastEvent++
		s.events = append(s.events, doctor.Entry{Number: s.lastEvent, Event: e})
	}
}

// Note stores an event by itself.
func (s *Store) Note(ctx context.Context, event doctor.Event) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if err := storable(event); err != nil {
		return err
	}
	s.record(event)
	return nil
}

// Events loads a doctor's events, the newest first.
func (s *Store) Events(ctx context.Context, id doctor.ID, before int64, limit int) ([]doctor.Entry, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	var found []doctor.Entry
	for _, e := range slices.Backward(s.events) {
		if e.Doctor == id && (before == 0 || e.Number < before) && len(found) < limit {
			found = append(found, e)
		}
	}
	return found, nil
}

// forgetValues drops what identifies people in a doctor's events.
func (s *Store) forgetValues(id doctor.ID) {
	for i, e := range s.events {
		if e.Doctor == id {
			s.events[i].Values, s.events[i].Erased = doctor.Values{}, true
		}
	}
}

// sweepValues drops what came after a doctor was erased.
func (s *Store) sweepValues() {
	for id := range s.erased {
		s.forgetValues(id)
	}
}
