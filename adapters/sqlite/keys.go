package sqlite

import (
	"context"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
)

const (
	insertKeys = `INSERT INTO doctor_keys (band, key, doctor_id) SELECT ?1 / 4096, value, ?1 FROM json_each(?2)
		WHERE true ON CONFLICT DO NOTHING`
	deleteKeys = `DELETE FROM doctor_keys WHERE band = ?1 / 4096 AND doctor_id = ?1 AND key IN (SELECT value FROM json_each(?2))`
)

// storeKeys stores what has changed of what a doctor is found by.
func storeKeys(ctx context.Context, tx *statements, id doctor.ID, before, after doctor.SearchKeys) error {
	had, has := before.List(), after.List()
	if err := eachKey(ctx, tx, deleteKeys, id, without(had, has)); err != nil {
		return err
	}
	return eachKey(ctx, tx, insertKeys, id, without(has, had))
}

func eachKey(ctx context.Context, tx *statements, query string, id doctor.ID, keys names) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := tx.exec(ctx, query, int64(id), keys)
	return err
}

// without is what is in all but not in some.
func without(all, some []string) (rest names) {
	for _, key := range all {
		if !slices.Contains(some, key) {
			rest = append(rest, key)
		}
	}
	return rest
}
