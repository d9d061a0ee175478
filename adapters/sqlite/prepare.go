package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/jmoiron/sqlx"
	sqlite3 "modernc.org/sqlite/lib"
)

// prepare sees to a file that can be written and is in WAL mode, in which readers never wait for the writer. What can
// never work is told in one line. A database that another process keeps locked for now is no fault.
func prepare(ctx context.Context, path string, db *sqlx.DB) error {
	ready, err := look(ctx, path, db)
	if err == nil && !ready {
		err = create(ctx, path, db)
	}
	if err == nil {
		err = checkWritable(ctx, db)
	}
	if code(err) == sqlite3.SQLITE_BUSY {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sqlite: %s cannot be used: %w", path, plainly(err))
	}
	return nil
}

// look tells whether the file is there and in WAL mode. It asks the system and SQLite only: opening the file and closing
// it again would drop locks that SQLite holds on it.
func look(ctx context.Context, path string, db *sqlx.DB) (ready bool, err error) {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.IsDir():
		return false, errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return false, errors.New("it is no ordinary file")
	}
	var mode string
	err = db.GetContext(ctx, &mode, "PRAGMA journal_mode")
	return mode == "wal", err
}

// create makes the file, if there is none, and switches it to WAL mode. Of processes that start together one does it
// while the others wait, so that nobody has locks on the new file yet when its first handle is closed.
func create(ctx context.Context, path string, db *sqlx.DB) error {
	release, err := lock(ctx, path)
	if err != nil {
		return err
	}
	defer release()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite would ask the umask
	switch {
	case err == nil:
		if err := f.Close(); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	var mode string
	if err := db.GetContext(ctx, &mode, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("it does not take to WAL mode and stays in mode %q", mode)
	}
	return nil
}

// checkWritable writes and takes it back. To begin is not enough: on a file that may only be read BEGIN IMMEDIATE
// quietly begins a transaction that only reads.
func checkWritable(ctx context.Context, db *sqlx.DB) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "PRAGMA user_version = 0")
	return errors.Join(err, tx.Rollback())
}

// plainly says the usual reasons in words for the one who starts the program.
func plainly(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("its folder does not exist")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("no permission to write there")
	}
	switch code(err) {
	case sqlite3.SQLITE_READONLY:
		return errors.New("it, a file beside it that begins with its name, or the folder that it is in, may only be read")
	case sqlite3.SQLITE_CANTOPEN:
		return errors.New("it cannot be opened for reading and writing")
	case sqlite3.SQLITE_NOTADB:
		return errors.New("it is no SQLite database")
	}
	return err
}
