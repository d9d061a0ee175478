package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

var (
	errClosed      = unavailable(errors.New("the store is closed"))
	errNotMigrated = unavailable(errors.New("the schema is missing or too old"))
	errNoText      = errors.New("text with a NUL character or in no valid UTF-8 cannot be stored")
)

func unavailable(cause error) error {
	if errors.Is(cause, outbound.ErrUnavailable) {
		return cause
	}
	return fmt.Errorf("%w: %w", outbound.ErrUnavailable, cause)
}

// told turns what SQLite and database/sql say into the errors of the port. What is left over is a fault of ours.
func told(err error) error {
	switch {
	case err == nil, errors.Is(err, sql.ErrNoRows), errors.Is(err, outbound.ErrUnavailable):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, driver.ErrBadConn):
		return unavailable(err)
	}
	switch code(err) {
	case sqlite3.SQLITE_CONSTRAINT:
		return taken(err)
	case sqlite3.SQLITE_ERROR:
		if text := err.Error(); strings.Contains(text, "no such table") || strings.Contains(text, "no such column") {
			return fmt.Errorf("%w: %w", errNotMigrated, err)
		}
		return err
	case 0, sqlite3.SQLITE_INTERNAL, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_TOOBIG:
		return err
	}
	return unavailable(err) // locked, full, read-only, damaged, gone: the file's troubles, not the call's
}

// taken tells which rule of uniqueness was broken.
func taken(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "UNIQUE constraint failed: doctors.phone"):
		return doctor.ErrPhoneTaken
	case strings.Contains(text, "UNIQUE constraint failed: doctors.hospital_id, doctors.internal_id"):
		return doctor.ErrStaffNumberTaken
	}
	return err
}

// code is SQLite's primary result code, 0 for other errors.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}
