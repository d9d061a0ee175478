package main_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

func TestAnSQLiteFileThatAnotherProcessLocksIsReadAndWrittenLater(t *testing.T) {
	t.Parallel()
	s := start(t, storage(t, "sqlite")...)
	around := s.traffic()
	database(t, s, func(db *sql.DB) {
		outsider, err := db.Conn(t.Context())
		require.NoError(t, err)
		defer func() { _ = outsider.Close() }()
		_, err = outsider.ExecContext(t.Context(), "BEGIN EXCLUSIVE")
		require.NoError(t, err)
		around.refuses(writes...)
		around.serves(aRead, aGoneToken)
		_, err = outsider.ExecContext(t.Context(), "ROLLBACK")
		require.NoError(t, err)
	})
	around.serves()
	around.ready()
	around.end()
}

func TestAFullDiskUnderSQLiteStopsWritesAndNoReads(t *testing.T) {
	t.Parallel()
	disk := postgrestest.NewDisk(t, 8)
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_STORAGE=sqlite:"+filepath.Join(disk.Folder, "doctor.db"))...)
	around := s.traffic()
	for range 2 {
		disk.Fill(t)
		around.refuses(writes...)
		around.serves(aRead, aGoneToken)
		disk.Free(t)
		around.serves()
	}
	around.ready()
	around.end()
	database(t, s, func(db *sql.DB) {
		whole(t, db)
		var sound string
		require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&sound))
		require.Equal(t, "ok", sound)
	})
}
