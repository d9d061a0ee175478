package postgres

import (
	"context"
	"database/sql"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

var revokeSession = `
	WITH voided AS (
		INSERT INTO revocations (session, expires_at) VALUES ($1, $2)
		ON CONFLICT (session) WHERE generation = 0 DO NOTHING
		RETURNING id
	), ` + storing("voided", "e.doctor_id", "$3") + `
	SELECT count(*) FROM voided`

// Revoke voids one session.
func (s *Store) Revoke(ctx context.Context, session doctor.SessionID, expires time.Time, event doctor.Event) error {
	events, err := record(event)
	if err != nil {
		return err
	}
	var voided int64
	return s.one(ctx, &voided, revokeSession, session[:], instant(expires), events)
}

const selectRevocations = `
	SELECT doctor_id, generation, session, expires_at FROM revocations
	WHERE generation = 0 AND session = $1 AND expires_at > clock_timestamp()
	UNION ALL
	SELECT doctor_id, generation, session, expires_at FROM revocations
	WHERE generation > 0 AND doctor_id = $2 AND expires_at > clock_timestamp()`

// Lookup finds the revocations of a session and of its doctor.
func (s *Store) Lookup(ctx context.Context, id doctor.ID, session doctor.SessionID) ([]outbound.Revocation, error) {
	var rows []revocationRow
	if err := s.all(ctx, &rows, selectRevocations, session[:], int64(id)); err != nil {
		return nil, err
	}
	out := make([]outbound.Revocation, len(rows))
	for i, r := range rows {
		out[i] = r.revocation()
	}
	return out, nil
}

// revocationRow is a stored revocation; all is null in a round of the feed that brings none.
type revocationRow struct {
	Doctor     sql.Null[int64]     `db:"doctor_id"`
	Generation sql.Null[int64]     `db:"generation"`
	Session    []byte              `db:"session"`
	Expires    sql.Null[time.Time] `db:"expires_at"`
}

func (r revocationRow) revocation() outbound.Revocation {
	out := outbound.Revocation{
		Doctor:     doctor.ID(r.Doctor.V),
		Generation: r.Generation.V,
		Expires:    r.Expires.V.UTC(),
	}
	copy(out.Session[:], r.Session)
	return out
}
