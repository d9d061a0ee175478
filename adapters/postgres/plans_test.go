package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// crowd fills a database with ten thousand of everything.
const crowd = `
	INSERT INTO doctors (phone, name, role, status, must_change_password, version, generation, created_at, updated_at,
		hospital_id, internal_id, department_id, position_rank, search_keys)
	SELECT n, n, 'doctor', 'active', false, 1, 1, now(), now(), n % 7 + 1, n, n % 40 + 1, '医师', 'key' || n
	FROM generate_series(1, 10000) n;
	INSERT INTO doctor_keys (band, key, doctor_id) SELECT id >> 12, search_keys, id FROM doctors;
	INSERT INTO doctor_events (doctor_id, type, version, at, actor, fields, commitment)
	SELECT n % 2000 + 1, 'logged_in', 0, now(), n, '{}', sha256(n::text::bytea) FROM generate_series(1, 10000) n;
	INSERT INTO doctor_event_values (event_id, doctor_id, salt, changes, source, request_id)
	SELECT id, doctor_id, commitment, '[]', '', '' FROM doctor_events;
	INSERT INTO counters (key, count, forget_at)
	SELECT decode(md5(n::text), 'hex'), 1, now() + interval '1 hour' FROM generate_series(1, 10000) n;
	INSERT INTO known_networks (doctor_id, network, known_until)
	SELECT n, decode(md5(n::text), 'hex'), now() + interval '1 hour' FROM generate_series(1, 10000) n;
	INSERT INTO revocations (session, expires_at)
	SELECT decode(md5(n::text), 'hex'), now() + interval '1 hour' FROM generate_series(1, 10000) n;
	INSERT INTO revocations (doctor_id, generation, expires_at)
	SELECT n, 2, now() + interval '1 hour' FROM generate_series(1, 10000) n;
	ANALYZE`

func TestEveryStatementFindsItsRowsByAnIndex(t *testing.T) {
	conn := one(t, postgrestest.Database(t))
	run(t, conn, crowd, "SET plan_cache_mode = force_generic_plan")
	for name, query := range postgres.Queries {
		t.Run(name, func(t *testing.T) {
			run(t, conn, "PREPARE q AS "+query)
			defer run(t, conn, "DEALLOCATE q")
			var parameters int
			err := conn.QueryRowContext(context.Background(),
				"SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'q'").Scan(&parameters)
			if err != nil {
				t.Fatal(err)
			}
			nulls := ""
			if parameters > 0 {
				nulls = "(" + strings.TrimSuffix(strings.Repeat("NULL, ", parameters), ", ") + ")"
			}
			noScan(t, explain(t, conn, "EXECUTE q"+nulls))
		})
	}
}

func TestARoundOfTheFeedReadsWhatIsNewAlone(t *testing.T) {
	conn := one(t, postgrestest.Database(t))
	run(t, conn, crowd)
	var mark string
	err := conn.QueryRowContext(context.Background(), "SELECT pg_snapshot_xmin(pg_current_snapshot())::text").Scan(&mark)
	if err != nil {
		t.Fatal(err)
	}
	noScan(t, explain(t, conn, strings.ReplaceAll(postgres.FeedQuery, "$1", "'"+mark+"'")))
}

func one(t *testing.T, storage string) *sql.Conn {
	t.Helper()
	conn, err := postgrestest.Open(t, storage).Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func run(t *testing.T, conn *sql.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := conn.ExecContext(context.Background(), s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
}

func explain(t *testing.T, conn *sql.Conn, statement string) string {
	t.Helper()
	rows, err := conn.QueryContext(context.Background(), "EXPLAIN "+statement)
	if err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
	defer func() { _ = rows.Close() }()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&plan, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

func noScan(t *testing.T, plan string) {
	t.Helper()
	for _, table := range []string{"doctors", "counters", "revocations", "doctor_events", "doctor_event_values", "known_networks", "doctor_keys"} {
		if strings.Contains(plan, "Seq Scan on "+table) {
			t.Errorf("%s is read from end to end:\n%s", table, plan)
		}
	}
}
