package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"time"

	"github.com/lib/pq"
)

// Filling is what is put into a storage.
type Filling struct {
	Doctors     int64
	Sorted      bool   // by their names, as a staff list is that was sorted before it was imported
	Revocations int64  // of single sessions, good for another day
	Credential  string // the PHC string of every doctor's password
	Progress    func(what string, done, of int64)
}

// step is how many rows lie between two signs of progress.
const step = 20_000

// Fill adds doctors and revocations past the service: without events, and as fast as the storage takes rows.
func (s *Store) Fill(ctx context.Context, f Filling) error {
	var from int64 // who is there already keeps phone and staff number
	if err := s.DB.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM doctors").Scan(&from); err != nil {
		return err
	}
	now := time.Now()
	person := f.people(from + 1)
	err := s.rows(ctx, "doctors", doctorColumns, f.Doctors, f.Progress, func(i int64) []any {
		p := person(i)
		return []any{
			p.Phone, p.Name, p.Gender, p.BirthDate, p.Hospital, p.StaffNumber, p.Department, p.PositionRank, p.Speciality,
			p.AvatarURL, f.Credential, "doctor", p.Status, s.boolean(false), 1, 1, s.instant(now), s.instant(now), p.SearchKeys(),
		}
	})
	if err != nil {
		return err
	}
	err = s.rows(ctx, "revocations", []string{"session", "expires_at"}, f.Revocations, f.Progress, func(int64) []any {
		session := make([]byte, 16)
		_, _ = rand.Read(session) // never fails
		return []any{session, s.instant(now.Add(24 * time.Hour))}
	})
	if err != nil {
		return err
	}
	return s.settle(ctx)
}

var doctorColumns = []string{
	"phone", "name", "gender", "birth_date", "hospital_id", "internal_id", "department_id", "position_rank", "speciality",
	"avatar_url", "credential", "role", "status", "must_change_password", "version", "generation", "created_at", "updated_at", "search_keys",
}

// rows adds n rows to a table.
func (s *Store) rows(
	ctx context.Context, table string, columns []string, n int64, progress func(string, int64, int64), row func(i int64) []any,
) error {
	for done := int64(0); done < n; {
		group := min(step, n-done)
		if err := s.group(ctx, table, columns, group, func(i int64) []any { return row(done + i) }); err != nil {
			return err
		}
		done += group
		progress(table, done, n)
	}
	return nil
}

// group adds rows in one transaction.
func (s *Store) group(ctx context.Context, table string, columns []string, n int64, row func(i int64) []any) error {
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	insert, index := insertSQLite, indexSQLite
	if s.Postgres {
		insert, index = copyPostgres, indexPostgres
	} else if _, err := conn.ExecContext(ctx, "PRAGMA cache_size = -400000"); err != nil { // KiB: the indexes are met at random
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	var last int64                       // whoever was there before has keys
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM doctors").Scan(&last); err != nil {
		return err
	}
	if err := insert(ctx, tx, table, columns, n, row); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, index, last); err != nil {
		return err
	}
	return tx.Commit()
}

func copyPostgres(ctx context.Context, tx *sql.Tx, table string, columns []string, n int64, row func(i int64) []any) error {
	rows, err := tx.PrepareContext(ctx, pq.CopyIn(table, columns...)) //nolint:staticcheck // it knows the copied types
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what went wrong was told before
	for i := range n {
		if _, err := rows.ExecContext(ctx, row(i)...); err != nil {
			return err
		}
	}
	_, err = rows.ExecContext(ctx) // sends what is left
	return err
}

// settle makes a filled storage like one that has been in use for long: planned for, and with a log that begins anew.
func (s *Store) settle(ctx context.Context) error {
	statements := []string{"PRAGMA wal_checkpoint(TRUNCATE)"}
	if s.Postgres {
		statements = []string{"VACUUM ANALYZE doctors", "VACUUM ANALYZE doctor_keys", "VACUUM ANALYZE revocations", "CHECKPOINT"}
	}
	for _, statement := range statements {
		if _, err := s.DB.ExecContext(ctx, statement); err != nil && pq.As(err, "42501") == nil { // not ours to ask for
			return err
		}
	}
	return nil
}

// How values lie in the columns of one storage and the other.

func (s *Store) instant(t time.Time) any {
	if s.Postgres {
		return t
	}
	return t.UnixMicro()
}

func (s *Store) boolean(b bool) any {
	if s.Postgres {
		return b
	}
	return map[bool]int{true: 1}[b]
}
