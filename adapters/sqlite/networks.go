package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

const (
	selectKnown  = `SELECT known_until FROM known_networks WHERE doctor_id = ? AND network = ?`
	replaceKnown = `INSERT OR REPLACE INTO known_networks (doctor_id, network, known_until)
		SELECT id, ?, ? FROM doctors WHERE id = ?` // one that vanished meanwhile leaves nothing
)

// known is how long a network is still known to a doctor.
func known(ctx context.Context, in *statements, id doctor.ID, network [16]byte, now time.Time) (time.Duration, error) {
	var until time.Time
	err := in.one(ctx, []any{instant{&until}}, selectKnown, int64(id), network[:])
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	return max(0, until.Sub(now)), nil
}

// remember makes the network of a login known.
func remember(ctx context.Context, tx *statements, a outbound.Attempt, o outbound.Outcome, now time.Time) error {
	if o.Remember == 0 || a.Network == [16]byte{} {
		return nil
	}
	until := now.Add(o.Remember)
	_, err := tx.exec(ctx, replaceKnown, a.Network[:], instant{&until}, int64(o.Doctor))
	return err
}
