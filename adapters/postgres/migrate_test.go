package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/lib/pq"

	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/ports/outbound"
)

// options are those by which one role owns the schema and another serves.
func options(owner, server string) outbound.StorageOptions {
	return outbound.StorageOptions{
		URL:       func() (string, error) { return server, nil },
		SchemaURL: func() (string, error) { return owner, nil },
	}
}

func migrate(t testing.TB, owner, server string) error {
	t.Helper()
	return postgres.Driver().Migrate(context.Background(), options(owner, server))
}

func TestEightReplicasMigrateAnEmptyDatabaseAtOnce(t *testing.T) {
	storage := postgrestest.Empty(t)
	_, server := postgrestest.Role(t, storage, "p")
	errs := make([]error, 8)
	var running sync.WaitGroup
	for i := range errs {
		running.Go(func() { errs[i] = migrate(t, storage, server) })
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	p, err := open(t, server).Probe(context.Background())
	if err != nil || !p.Schema.Fits() || p.Administered {
		t.Errorf("Probe: %+v, %v", p, err)
	}
}

func TestTheProgramSpeaksTheVersionOfItsLastMigration(t *testing.T) {
	files, err := fs.Glob(os.DirFS("migrations"), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if last := files[len(files)-1]; !strings.HasPrefix(last, fmt.Sprintf("%04d_", postgres.Program)) {
		t.Errorf("the program speaks version %d, the last migration is %s", postgres.Program, last)
	}
	p, err := open(t, postgrestest.Database(t)).Probe(context.Background())
	if err != nil || p.Schema.Version != postgres.Program || p.Schema.Program != postgres.Program {
		t.Errorf("Probe: %+v, %v", p, err)
	}
}

// Whoever may look at the version and nothing else finds nothing to do.
func TestNothingPendingIsNothingDone(t *testing.T) {
	storage := postgrestest.Database(t)
	role, looker := postgrestest.Role(t, storage, "p")
	if _, err := postgrestest.Open(t, storage).Exec("GRANT SELECT ON schema_info TO " + role); err != nil {
		t.Fatal(err)
	}
	if err := migrate(t, looker, looker); err != nil {
		t.Fatal(err)
	}
}

func TestTheServingRoleGetsWhatItNeedsAndNothingMore(t *testing.T) {
	storage := postgrestest.Database(t) // migrated long ago: only the grants are missing
	role, server := postgrestest.Role(t, storage, "p")
	if p, err := open(t, server).Probe(context.Background()); err != nil || p.Schema.Version != 0 {
		t.Errorf("a role that may not look sees no schema: %+v, %v", p, err)
	}
	for range 2 {
		if err := migrate(t, storage, server); err != nil {
			t.Fatal(err)
		}
	}
	add(t, open(t, server), 1)
	for url, risks := range map[string]int{server: 0, storage: 1} { // the owner of the cluster may do everything
		if p, err := open(t, url).Probe(context.Background()); err != nil || len(p.Risks) != risks {
			t.Errorf("%v, %v", p.Risks, err)
		}
	}

	db := postgrestest.Open(t, server)
	for _, forbidden := range []string{
		"DROP TABLE doctors",
		"ALTER TABLE doctors ADD COLUMN x int",
		"TRUNCATE counters",
		"TRUNCATE doctors",
		"UPDATE doctor_keys SET key = ''",
		"UPDATE erasures SET erased_at = now()",
		"UPDATE doctor_events SET type = 'x'",
		"DELETE FROM doctor_events",
		"TRUNCATE doctor_events",
		"UPDATE doctor_event_values SET source = ''",
		"INSERT INTO administrators (only_row, total) VALUES (true, 0)",
		"DELETE FROM administrators",
		"UPDATE schema_info SET version = 2",
		"SELECT setval('doctors_id_seq', 1)",
		"SELECT * FROM goose_db_version",
	} {
		if _, err := db.Exec(forbidden); pq.As(err, "42501") == nil {
			t.Errorf("%s: %v", forbidden, err)
		}
	}
	if _, err := db.Exec("DELETE FROM doctor_event_values WHERE doctor_id = 1"); err != nil {
		t.Errorf("a doctor cannot be erased: %v", err)
	}
	for _, missing := range []string{
		"REVOKE INSERT ON doctor_events FROM " + role,
		"REVOKE USAGE ON SEQUENCE doctor_events_id_seq FROM " + role,
	} {
		if _, err := postgrestest.Open(t, storage).Exec(missing); err != nil {
			t.Fatal(err)
		}
		if err := migrate(t, storage, server); err != nil {
			t.Fatal(err)
		}
	}
	add(t, open(t, server), 2)
}

// A newer replica migrates while this one serves: its kept statements must not mind.
func TestAnAddedColumnDisturbsNobody(t *testing.T) {
	storage := postgrestest.Database(t)
	s, id := busy(t, storage)
	newer := postgres.Program + 1
	migration := fmt.Sprintf("ALTER TABLE doctors ADD COLUMN rank int; UPDATE schema_info SET version = %d", newer)
	if _, err := postgrestest.Open(t, storage).Exec(migration); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := s.Update(context.Background(), id, reset); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Probe(context.Background())
	if err != nil || !p.Schema.Fits() || p.Schema.Version != int64(newer) {
		t.Errorf("Probe: %+v, %v", p, err)
	}
	if err := migrate(t, storage, storage); err != nil {
		t.Errorf("a schema that is newer is none of our business: %v", err)
	}
}

func TestAMigrationThatIsCancelledSaysSo(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	err := postgres.Driver().Migrate(ctx, postgrestest.Options(postgrestest.Empty(t)))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
