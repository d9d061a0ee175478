package raw

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"runtime"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// inSQLite has one connection that writes, a transaction a request, each synced to the disk, and a few that read.
type inSQLite struct {
	reading *sql.DB
	find    *sql.Stmt

	one                                                       sync.Mutex // who writes
	writing                                                   *sql.Conn
	begin, commit, rollback, change, changed, void, loggedOut *sql.Stmt
}

func prepareSQLite(ctx context.Context, db *sql.DB, path string) (statements, error) {
	reading, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_busy_timeout=1000")
	if err != nil {
		return nil, err
	}
	connections := 2 * max(2, runtime.GOMAXPROCS(0))
	reading.SetMaxOpenConns(connections)
	reading.SetMaxIdleConns(connections)
	writing, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, reading.Close())
	}
	s := &inSQLite{reading: reading, writing: writing}
	return s, errors.Join(
		prepared(ctx, reading, &s.find, `SELECT id, phone, name, gender, birth_date, hospital_id, internal_id, department_id,
			position_rank, speciality, avatar_url, credential, role, status, must_change_password, version, generation,
			created_at, updated_at, last_login_at FROM doctors WHERE id = ?`),
		prepared(ctx, writing, &s.begin, `BEGIN IMMEDIATE`),
		prepared(ctx, writing, &s.commit, `COMMIT`),
		prepared(ctx, writing, &s.rollback, `ROLLBACK`),
		prepared(ctx, writing, &s.change, `UPDATE doctors SET speciality = ?, version = version + 1, updated_at = ? WHERE id = ?`),
		prepared(ctx, writing, &s.changed, `INSERT INTO doctor_events (doctor_id, type, version, at, actor, fields, commitment)
			VALUES (?, 'profile_changed', 1, ?, 'raw', '["speciality"]', zeroblob(32))`),
		prepared(ctx, writing, &s.void, `INSERT INTO revocations (session, expires_at) VALUES (?, ?)`),
		prepared(ctx, writing, &s.loggedOut, `INSERT INTO doctor_events (doctor_id, type, at, actor, fields, commitment)
			VALUES (?, 'logged_out', ?, 'raw', '[]', zeroblob(32))`),
	)
}

// preparer is a database, or one connection to it.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// prepared keeps a statement.
func prepared(ctx context.Context, on preparer, as **sql.Stmt, query string) (err error) {
	*as, err = on.PrepareContext(ctx, query) //nolint:sqlclosecheck // kept until the database is closed
	return err
}

func (s *inSQLite) read(id int64) (p profile, err error) {
	var (
		created, updated, generation int64
		credential                   *string
		mustChange                   bool
		lastLogin                    *int64
	)
	err = s.find.QueryRowContext(unhurried, id).Scan(&p.ID, &p.Phone, &p.Name, &p.Gender, &p.BirthDate, &p.HospitalID, &p.InternalID,
		&p.DepartmentID, &p.PositionRank, &p.Speciality, &p.AvatarURL, &credential, &p.Role, &p.Status, &mustChange,
		&p.Version, &generation, &created, &updated, &lastLogin)
	p.CreatedAt, p.UpdatedAt = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	return p, err
}

func (s *inSQLite) update(id int64, speciality string) error {
	now := time.Now().UnixMicro()
	return s.both(s.change, []any{speciality, now, id}, s.changed, []any{id, now})
}

func (s *inSQLite) logout(id int64, session []byte) error {
	now := time.Now()
	return s.both(s.void, []any{session, now.Add(8 * time.Hour).UnixMicro()}, s.loggedOut, []any{id, now.UnixMicro()})
}

// both is one transaction of two statements.
func (s *inSQLite) both(one *sql.Stmt, with []any, other *sql.Stmt, withOther []any) error {
	s.one.Lock()
	defer s.one.Unlock()
	if _, err := s.begin.ExecContext(unhurried); err != nil {
		return err
	}
	_, err := one.ExecContext(unhurried, with...)
	if err == nil {
		_, err = other.ExecContext(unhurried, withOther...)
	}
	if err == nil {
		_, err = s.commit.ExecContext(unhurried)
	}
	if err != nil {
		_, _ = s.rollback.ExecContext(unhurried) // there may be nothing to take back
	}
	return err
}

func (s *inSQLite) close() error { return errors.Join(s.reading.Close(), s.writing.Close()) }
