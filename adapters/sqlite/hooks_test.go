package sqlite

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What the suite does to a database behind the store's back.

// beside connects to the file as another process would.
func beside(t testing.TB, path string) *sqlx.DB {
	db := connectWriter(path, writerPatience)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// events reads a doctor's events as they were stored.
func events(t testing.TB, db *sqlx.DB, id doctor.ID) (found []doctor.Event) {
	t.Helper()
	rows, err := db.Query(`SELECT e.doctor_id, e.type, e.version, e.at, e.actor, e.fields, e.commitment,
		v.salt, v.changes, v.source, v.request_id
		FROM doctor_events e JOIN doctor_event_values v ON v.event_id = e.id AND v.doctor_id = e.doctor_id
		WHERE e.doctor_id = ? ORDER BY e.id`, int64(id))
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var (
			e                        doctor.Event
			commitment, salt         []byte
			changedFields, hadValues []byte
			list                     []change
		)
		require.NoError(t, rows.Scan(&e.Doctor, &e.Type, number{&e.Version}, instant{&e.At}, &e.Actor, &changedFields, &commitment,
			&salt, &hadValues, text{&e.Values.Source}, text{&e.Values.RequestID}))
		require.Len(t, commitment, copy(e.Commitment[:], commitment))
		require.Len(t, salt, copy(e.Values.Salt[:], salt))
		require.NoError(t, json.Unmarshal(changedFields, &e.Fields))
		require.NoError(t, json.Unmarshal(hadValues, &list))
		for _, c := range list {
			e.Values.Changes = append(e.Values.Changes, doctor.Change(c))
		}
		found = append(found, e)
	}
	require.NoError(t, rows.Err())
	return found
}

// damage gives a doctor a role that there is not.
func damage(t testing.TB, db *sqlx.DB, id doctor.ID) {
	t.Helper()
	_, err := db.Exec(`UPDATE doctors SET role = 'ghost' WHERE id = ?`, int64(id))
	require.NoError(t, err)
}

// late writes a revocation in a transaction that stays open.
func late(t testing.TB, db *sqlx.DB, r outbound.Revocation) (commit func()) {
	t.Helper()
	tx, err := db.BeginTxx(context.Background(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() }) // for a case that fails before it commits
	_, err = tx.Exec(insertRevocation, revocationPlaces(&r)...)
	require.NoError(t, err)
	return func() {
		t.Helper()
		require.NoError(t, tx.Commit())
	}
}
