package main_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// The one that dies has made tables already, and holds the lock; nobody has to tell the others.
func TestOfEightReplicasThatMigrateTogetherOneMayDieInTheMiddle(t *testing.T) {
	t.Parallel()
	environ := storage(t, "postgres")
	empty := postgrestest.Empty(t)
	db := postgrestest.Open(t, empty)
	db.SetMaxOpenConns(1) // the test's lock is its session's
	for _, statement := range []string{
		`CREATE FUNCTION stand_still() RETURNS event_trigger LANGUAGE plpgsql AS
			$$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); END $$`,
		`CREATE EVENT TRIGGER stand_still ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION stand_still()`,
		`SELECT pg_advisory_lock(7)`,
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err)
	}
	replicas := map[string]*service{}
	for i := range 8 {
		name := fmt.Sprint("replica-", i)
		replicas[name] = launch(t, append(environ, "DOCTOR_STORAGE="+postgrestest.With(empty, "application_name", name))...)
	}
	var migrating string
	replicas["replica-0"].await("migrating, or another", func() bool {
		return db.QueryRow(`SELECT application_name FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event = 'advisory'`).Scan(&migrating) == nil
	})
	replicas[migrating].stop(syscall.SIGKILL)
	delete(replicas, migrating)
	_, err := db.Exec(`SELECT pg_advisory_unlock(7)`)
	require.NoError(t, err)

	for _, s := range replicas {
		s.await("ready", func() bool { return s.status(s.base+"/readyz") == 200 })
		accepted(t, s.login(adminPhone, adminPassword))
	}
	var applied, distinct, administrators int
	require.NoError(t, db.QueryRow(`SELECT count(*), count(DISTINCT version_id), (SELECT count(*) FROM doctors)
		FROM goose_db_version WHERE version_id > 0`).Scan(&applied, &distinct, &administrators))
	require.Positive(t, applied)
	require.Equal(t, distinct, applied, "each migration is applied once")
	require.Equal(t, 1, administrators)
}
