package sqlite

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

const (
	insertEvent = `INSERT INTO doctor_events (doctor_id, type, version, at, actor, fields, commitment)
		VALUES (?, ?, ?, ?, ?, ?, ?)`
	// Of a doctor that is not there any more nothing is kept that identifies people, not even of what is told late.
	insertEventValues = `INSERT INTO doctor_event_values (event_id, doctor_id, salt, changes, source, request_id)
		SELECT ?, id, ?, ?, ?, ? FROM doctors WHERE id = ?`
)

// storeDrained stores what a doctor's verbs left behind.
func storeDrained(ctx context.Context, tx *statements, id doctor.ID, left doctor.Drained) error {
	for i := range left.Events {
		left.Events[i].Doctor = id // a new doctor's events were recorded before it had an identity
	}
	if err := storeEvents(ctx, tx, left.Events...); err != nil || left.Ended == nil {
		return err
	}
	_, err := storeRevocation(ctx, tx, outbound.Revocation{
		Doctor: id, Generation: left.Ended.Generation, Session: left.Ended.Except,
		Expires: clock().Add(outbound.GenerationKept),
	})
	return err
}

func storeEvents(ctx context.Context, tx *statements, events ...doctor.Event) error {
	for _, e := range events {
		if err := storeEvent(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// storeEvent keeps what identifies people apart from the rest.
func storeEvent(ctx context.Context, tx *statements, e doctor.Event) error {
	result, err := tx.exec(ctx, insertEvent, int64(e.Doctor), text{(*string)(&e.Type)}, number{&e.Version},
		instant{&e.At}, text{(*string)(&e.Actor)}, names(e.Fields), e.Commitment[:])
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	v := e.Values
	_, err = tx.exec(ctx, insertEventValues,
		id, v.Salt[:], changes(v.Changes), text{&v.Source}, text{&v.RequestID}, int64(e.Doctor))
	return err
}
