package sqlite

import (
	"context"
	"math"

	"hospital.example/doctor-service/domain/doctor"
)

// An event whose values are not there is one of an erased doctor.
const selectEvents = `SELECT e.id, e.doctor_id, e.type, e.version, e.at, e.actor, e.fields, e.commitment,
	v.event_id IS NULL, v.salt, v.changes, v.source, v.request_id
	FROM doctor_events e LEFT JOIN doctor_event_values v ON v.event_id = e.id
	WHERE e.doctor_id = ? AND e.id < ? ORDER BY e.id DESC LIMIT ?`

// entryPlaces are where the columns of an event are.
func entryPlaces(e *doctor.Entry) []any {
	v := &e.Values
	return []any{
		&e.Number, &e.Doctor, &e.Type,
		number{&e.Version},
		instant{&e.At},
		&e.Actor, (*names)(&e.Fields), octets(e.Commitment[:]),
		&e.Erased, octets(v.Salt[:]), (*changes)(&v.Changes),
		text{&v.Source},
		text{&v.RequestID},
	}
}

// Note implements outbound.Trail.
func (s *Store) Note(ctx context.Context, event doctor.Event) error {
	return s.writer.write(ctx, func(ctx context.Context, tx *statements) error { return storeEvent(ctx, tx, event) })
}

// Events implements outbound.Trail.
func (s *Store) Events(ctx context.Context, id doctor.ID, before int64, limit int) (found []doctor.Entry, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	var e doctor.Entry
	err = s.readers.each(ctx, entryPlaces(&e), func() { found = append(found, e) }, selectEvents, int64(id), before, limit)
	return found, err
}
