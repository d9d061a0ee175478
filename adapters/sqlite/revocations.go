package sqlite

import (
	"context"
	"database/sql"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

const (
	insertRevocation = `INSERT INTO revocations (doctor_id, generation, session, expires_at) VALUES (?, ?, ?, ?)
		ON CONFLICT DO NOTHING` // a logout is stored once

	selectRevocations = `SELECT doctor_id, generation, session, expires_at FROM revocations
		WHERE expires_at > ?1 AND (generation IS NULL AND session = ?2 OR generation IS NOT NULL AND doctor_id = ?3)
		ORDER BY id`
)

// revocationPlaces are where the columns of a revocation are, for reading and for writing.
func revocationPlaces(r *outbound.Revocation) []any {
	return []any{number{(*int64)(&r.Doctor)}, number{&r.Generation}, session{&r.Session}, instant{&r.Expires}}
}

// Revoke implements outbound.Revocations.
func (s *Store) Revoke(ctx context.Context, id doctor.SessionID, expires time.Time, event doctor.Event) error {
	return s.writer.write(ctx, func(ctx context.Context, tx *statements) error {
		result, err := storeRevocation(ctx, tx, outbound.Revocation{Session: id, Expires: expires})
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return storeEvents(ctx, tx, event)
	})
}

func storeRevocation(ctx context.Context, tx *statements, r outbound.Revocation) (sql.Result, error) {
	return tx.exec(ctx, insertRevocation, revocationPlaces(&r)...)
}

// Lookup implements outbound.Revocations.
func (s *Store) Lookup(ctx context.Context, id doctor.ID, of doctor.SessionID) (found []outbound.Revocation, err error) {
	var (
		r   outbound.Revocation
		now = clock()
	)
	err = s.readers.each(ctx, revocationPlaces(&r), func() { found = append(found, r) },
		selectRevocations, instant{&now}, session{&of}, int64(id))
	return found, err
}
