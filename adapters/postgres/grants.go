package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// needs are what the role that serves must be allowed, and all that it is: events can be added and read, never changed
// or removed; their values can be erased.
var needs = []struct{ kind, name, privileges string }{
	{"TABLE", "doctors", "SELECT, INSERT, UPDATE, DELETE"},
	{"TABLE", "doctor_keys", "SELECT, INSERT, DELETE"},
	{"TABLE", "administrators", "SELECT, UPDATE"},
	{"TABLE", "doctor_events", "SELECT, INSERT"},
	{"TABLE", "doctor_event_values", "SELECT, INSERT, DELETE"},
	{"TABLE", "counters", "SELECT, INSERT, UPDATE, DELETE"},
	{"TABLE", "known_networks", "SELECT, INSERT, UPDATE, DELETE"},
	{"TABLE", "revocations", "SELECT, INSERT, UPDATE, DELETE"},
	{"TABLE", "erasures", "SELECT, INSERT, DELETE"},
	{"TABLE", "schema_info", "SELECT"},
	{"SEQUENCE", "doctors_id_seq", "USAGE"},
	{"SEQUENCE", "doctor_events_id_seq", "USAGE"},
}

const selectMissing = `
	SELECT NOT has_schema_privilege($1, current_schema(), 'USAGE')
		OR EXISTS (SELECT FROM unnest($2::text[], $3::text[]) AS need(name, privilege)
			WHERE NOT has_table_privilege($1, name, privilege))
		OR EXISTS (SELECT FROM unnest($4::text[]) AS need(name) WHERE NOT has_sequence_privilege($1, name, 'USAGE'))`

// grantLock is the number of the lock under which grants are made: made twice at once, one of them fails.
const grantLock = 0x646f63746f72 // "doctor"

// grant gives a role what it needs, if anything is missing.
func grant(ctx context.Context, db *sqlx.DB, role string) (err error) {
	if missing, err := isUngranted(ctx, db, role); err != nil || !missing {
		return err
	}
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the first fault is the one to tell
		}
	}()
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(grantLock)); err != nil {
		return err
	}
	var schema string
	if err := tx.GetContext(ctx, &schema, `SELECT current_schema()`); err != nil {
		return err
	}
	grants := []string{fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s", pq.QuoteIdentifier(schema), pq.QuoteIdentifier(role))}
	for _, n := range needs {
		grants = append(grants, fmt.Sprintf("GRANT %s ON %s %s TO %s", n.privileges, n.kind, n.name, pq.QuoteIdentifier(role)))
	}
	for _, g := range grants {
		if _, err := tx.ExecContext(ctx, g); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func isUngranted(ctx context.Context, db *sqlx.DB, role string) (missing bool, err error) {
	var tables, privileges, sequences []string
	for _, n := range needs {
		if n.kind == "SEQUENCE" {
			sequences = append(sequences, n.name)
			continue
		}
		for privilege := range strings.SplitSeq(n.privileges, ", ") {
			tables, privileges = append(tables, n.name), append(privileges, privilege)
		}
	}
	err = db.GetContext(ctx, &missing, selectMissing, role, pq.Array(tables), pq.Array(privileges), pq.Array(sequences))
	return missing, err
}
