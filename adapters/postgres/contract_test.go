package postgres_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/lib/pq"

	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
	"hospital.example/doctor-service/ports/storagetest"
)

// As in earnest: by a role that was granted what it needs and nothing more.
func TestPostgresFulfilsTheStorageContract(t *testing.T) {
	storagetest.Run(t, harness(func(t testing.TB, storage string) (owner, server string) {
		_, server = postgrestest.Role(t, storage, "p")
		return storage, server
	}))
}

func TestPostgresFulfilsTheStorageContractWithoutKeptStatements(t *testing.T) {
	storagetest.Run(t, harness(func(_ testing.TB, storage string) (owner, server string) {
		return storage, postgrestest.With(storage, "statements", "unkept")
	}))
}

// Migrations go through it as well. Each clause has one of its own: a PgBouncer of 1.18 or 1.19 that many work with ends
// itself now and then when one of them gives up a query (its issue 822).
func TestPostgresFulfilsTheStorageContractBehindAPgBouncer(t *testing.T) {
	storagetest.Run(t, harness(func(t testing.TB, storage string) (owner, server string) {
		behind := postgrestest.Bounce(t, storage).URL(storage)
		return behind, behind
	}))
}

// harness migrates and opens stores by the URLs that by makes of a new database's. A test's own work is done on that one.
func harness(by func(t testing.TB, storage string) (owner, server string)) storagetest.Harness {
	return storagetest.Harness{
		Driver: postgres.Driver(),
		Empty: func(t testing.TB) outbound.StorageOptions {
			return options(by(t, postgrestest.Empty(t)))
		},
		Open: func(t testing.TB) storagetest.Replica {
			storage := postgrestest.Database(t)
			owner, server := by(t, storage)
			if err := migrate(t, owner, server); err != nil {
				t.Fatal(err)
			}
			return replica(t, storage, server)
		},
	}
}

// replica opens a store whose connections can be told from others by their application's name.
func replica(t testing.TB, storage, server string) storagetest.Replica {
	t.Helper()
	name := rand.Text()
	return storagetest.Replica{
		Storage: open(t, postgrestest.With(server, "application_name", name)),
		Peer:    func(t testing.TB) storagetest.Replica { return replica(t, storage, server) },
		Cut:     func(t testing.TB) { postgrestest.Cut(t, storage, name) },
		Damage:  func(t testing.TB, id doctor.ID) { damage(t, storage, id) },
		Late: func(t testing.TB, r outbound.Revocation) func() {
			return late(t, storage, r)
		},
	}
}

func open(t testing.TB, storage string) outbound.Storage {
	t.Helper()
	s, err := postgres.Driver().Open(context.Background(), postgrestest.Options(storage))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// events reads what is stored, without the help of what stored it.
func events(t testing.TB, storage string, id doctor.ID) (out []doctor.Event) {
	t.Helper()
	db := postgrestest.Open(t, storage)
	defer func() { _ = db.Close() }()
	rows, err := db.Query(`
		SELECT e.doctor_id, e.type, e.version, e.at, e.actor, e.fields, e.commitment,
			v.salt, v.changes, v.source, v.request_id
		FROM doctor_events e JOIN doctor_event_values v ON v.event_id = e.id AND v.doctor_id = e.doctor_id
		WHERE e.doctor_id = $1 ORDER BY e.id`, int64(id))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var (
			e                         doctor.Event
			commitment, salt, changes []byte
		)
		err := rows.Scan(&e.Doctor, &e.Type, &e.Version, &e.At, &e.Actor, (*pq.StringArray)(&e.Fields), &commitment,
			&salt, &changes, &e.Values.Source, &e.Values.RequestID)
		if err != nil {
			t.Fatal(err)
		}
		copy(e.Commitment[:], commitment)
		copy(e.Values.Salt[:], salt)
		if err := json.Unmarshal(changes, &e.Values.Changes); err != nil {
			t.Fatal(err)
		}
		e.At = e.At.UTC()
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func damage(t testing.TB, storage string, id doctor.ID) {
	t.Helper()
	db := postgrestest.Open(t, storage)
	for _, statement := range []string{
		`ALTER TABLE doctors DROP CONSTRAINT IF EXISTS doctors_role`,
		`UPDATE doctors SET role = 'damaged' WHERE id = ` + string(doctor.By(id)),
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

func late(t testing.TB, storage string, r outbound.Revocation) (commit func()) {
	t.Helper()
	tx, err := postgrestest.Open(t, storage).Begin()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	_, err = tx.Exec(`INSERT INTO revocations (session, expires_at) VALUES ($1, $2)`,
		r.Session[:], r.Expires.UTC().Truncate(time.Microsecond))
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
}
