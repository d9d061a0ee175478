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
	whileLocked(t, s, func() {
		around.refuses(writes...)
		around.serves(aRead, aGoneToken)
	})
	around.serves()
	around.ready()
	around.end()
}

// whileLocked does something while another process holds the file's lock.
func whileLocked(t *testing.T, s *service, do func()) {
	t.Helper()
	database(t, s, func(db *sql.DB) {
		db.SetMaxOpenConns(1)
		_, err := db.Exec("BEGIN EXCLUSIVE")
		require.NoError(t, err)
		do()
		_, err = db.Exec("ROLLBACK")
		require.NoError(t, err)
	})
}

// Who has the file open for writing may go on writing; the lock makes the service open it anew.
func TestAnSQLiteFileThatMayOnlyBeReadIsReadAndWrittenLater(t *testing.T) {
	t.Parallel()
	disk := postgrestest.NewDisk(t, 8)
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_STORAGE=sqlite:"+filepath.Join(disk.Folder, "doctor.db"))...)
	around := s.traffic()
	whileLocked(t, s, func() {
		disk.Protect(t)
		around.refuses(aChange)
	})
	around.refuses(writes...)
	around.serves(aRead, aGoneToken)
	disk.Unprotect(t)
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
