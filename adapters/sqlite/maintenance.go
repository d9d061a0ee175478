package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"hospital.example/doctor-service/ports/outbound"
)

const selectSchema = `SELECT version, serves_from FROM schema_info`

// Probe implements outbound.Maintenance.
func (s *Store) Probe(ctx context.Context) (outbound.Probe, error) {
	p := outbound.Probe{Now: clock()}
	var err error
	if p.Schema, err = schemaOf(ctx, s.readers); err != nil || p.Schema.Version == 0 {
		return p, err
	}
	p.Administered, err = exists(ctx, s.readers, activeAdministrator)
	return p, err
}

// schemaOf tells which schema is stored. None at all is no error.
func schemaOf(ctx context.Context, in *statements) (outbound.Schema, error) {
	schema := outbound.Schema{Program: program}
	err := in.one(ctx, []any{&schema.Version, &schema.ServesFrom}, selectSchema)
	if errors.Is(err, errNotMigrated) || errors.Is(err, sql.ErrNoRows) {
		return schema, nil
	}
	return schema, err
}

var sweeps = []string{
	`DELETE FROM revocations WHERE expires_at <= ?`,
	`DELETE FROM login_counters WHERE forget_at <= ?`,
	`DELETE FROM known_networks WHERE known_until <= ?`,
}

// Sweep implements outbound.Maintenance. Of values there is nothing to sweep: see insertEventValues.
func (s *Store) Sweep(ctx context.Context) error {
	return s.writer.erase(ctx, func(ctx context.Context, tx *statements) error {
		now := clock()
		for _, sweep := range sweeps {
			if _, err := tx.exec(ctx, sweep, instant{&now}); err != nil {
				return err
			}
		}
		return nil
	})
}
