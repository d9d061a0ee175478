package postgres

import (
	"context"
	"database/sql"
	"errors"

	"hospital.example/doctor-service/domain/doctor"
)

// An erasure: $1 id, $2 the state of the row that it was decided on, $3 … $7 as standing has them, $8 the last events.
//
// A part sees what was there when the statement began. Whatever gives a doctor a key or a network writes to its row as
// well; so if that is still the one that was loaded, nothing can have come in between, and nothing comes afterwards.
// Events do not: values that come late are left to sweeps.
var (
	selectToErase = `SELECT xmin::text AS state, ` + doctorColumns + ` FROM doctors WHERE id = $1`

	eraseDoctor = `
	WITH gone AS (
		DELETE FROM doctors WHERE id = $1 AND xmin = $2::text::xid RETURNING id, search_keys
	), unknown AS (
		DELETE FROM known_networks USING gone WHERE doctor_id = gone.id
	), voided AS (
		DELETE FROM doctor_event_values USING gone WHERE doctor_id = gone.id
	), noted AS (
		INSERT INTO erasures (doctor_id) SELECT id FROM gone
	), ` + unkeying("gone", `string_to_array(gone.search_keys, E'\n')`) + standing("gone", 3) +
		keeping("gone", "gone.id", "$8") + `
	SELECT id FROM gone`
)

// Erase forgets a doctor for good.
func (s *Store) Erase(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) error {
	return untilStill(ctx, func() error {
		var row struct {
			doctorRow
			State string `db:"state"`
		}
		switch err := s.one(ctx, &row, selectToErase, int64(id)); {
		case errors.Is(err, sql.ErrNoRows):
			return doctor.ErrNotFound
		case err != nil:
			return err
		}
		d, err := changed(row.snapshot(), change)
		if err != nil {
			return err
		}
		return s.erase(ctx, row.snapshot(), row.State, d.Drain())
	})
}

func (s *Store) erase(ctx context.Context, before doctor.Snapshot, state string, left doctor.Drained) error {
	events, err := record(left.Events...)
	if err != nil {
		return err
	}
	args := append([]any{int64(before.ID), state}, standingValues(before, doctor.Snapshot{}, left.Ended)...)
	var gone int64
	err = s.one(ctx, &gone, eraseDoctor, append(args, events)...)
	if errors.Is(err, sql.ErrNoRows) {
		return errMoved
	}
	return err
}
