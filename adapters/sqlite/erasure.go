package sqlite

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
)

var erasures = []string{
	`DELETE FROM doctors WHERE id = ?1`,
	`DELETE FROM doctor_keys WHERE band = ?1 / 4096 AND doctor_id = ?1`,
	`DELETE FROM known_networks WHERE doctor_id = ?1`,
	`DELETE FROM doctor_event_values WHERE doctor_id = ?1`,
}

// Erase implements outbound.Erasure. Values of events that come after it, such as its own or those of a login that was
// under way, are not even stored: see insertEventValues.
func (s *Store) Erase(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) error {
	return s.writer.erase(ctx, func(ctx context.Context, tx *statements) error {
		d, err := load(ctx, tx, doctorByID, int64(id))
		if err != nil {
			return err
		}
		administered := d.IsActiveAdministrator()
		if err := change(d); err != nil {
			return err
		}
		for _, erasure := range erasures {
			if _, err := tx.exec(ctx, erasure, int64(id)); err != nil {
				return err
			}
		}
		if administered {
			if err := checkAdministered(ctx, tx); err != nil {
				return err
			}
		}
		return storeDrained(ctx, tx, id, d.Drain())
	})
}
