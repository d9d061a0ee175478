package sqlite

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
)

// Update implements outbound.Doctors. There is one writer, in whichever process: what is loaded here cannot change
// before it is stored, and a look at the other administrators is exact.
func (s *Store) Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	var d *doctor.Doctor
	err := s.writer.write(ctx, func(ctx context.Context, tx *statements) (err error) {
		if d, err = load(ctx, tx, doctorByID, int64(id)); err != nil {
			return err
		}
		before := *d
		if err := change(d); err != nil {
			return err
		}
		drained := d.Drain()
		if d.Version() == before.Version() && len(drained.Events) == 0 {
			d, err = reindex(ctx, tx, &before, d.SearchKeys())
			return err
		}
		return store(ctx, tx, &before, d, drained)
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// store stores what became of a doctor.
func store(ctx context.Context, tx *statements, before, after *doctor.Doctor, drained doctor.Drained) error {
	snapshot := after.Snapshot()
	if _, err := tx.exec(ctx, updateDoctor, append(places(&snapshot), int64(snapshot.ID))...); err != nil {
		return err
	}
	if err := storeKeys(ctx, tx, snapshot.ID, before.SearchKeys(), snapshot.SearchKeys); err != nil {
		return err
	}
	if before.IsActiveAdministrator() && !after.IsActiveAdministrator() {
		if err := checkAdministered(ctx, tx); err != nil {
			return err
		}
	}
	return storeDrained(ctx, tx, snapshot.ID, drained)
}

const updateKeys = `UPDATE doctors SET search_keys = ? WHERE id = ?`

// reindex stores other keys for a doctor that is as it was before.
func reindex(ctx context.Context, tx *statements, before *doctor.Doctor, keys doctor.SearchKeys) (*doctor.Doctor, error) {
	if keys == before.SearchKeys() {
		return before, nil
	}
	snapshot := before.Snapshot()
	snapshot.SearchKeys = keys
	if _, err := tx.exec(ctx, updateKeys, text{(*string)(&keys)}, int64(snapshot.ID)); err != nil {
		return nil, err
	}
	if err := storeKeys(ctx, tx, snapshot.ID, before.SearchKeys(), keys); err != nil {
		return nil, err
	}
	return doctor.Restore(snapshot)
}

func checkAdministered(ctx context.Context, tx *statements) error {
	found, err := exists(ctx, tx, activeAdministrator)
	if err == nil && !found {
		return doctor.ErrLastAdministrator
	}
	return err
}
