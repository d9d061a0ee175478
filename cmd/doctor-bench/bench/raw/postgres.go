package raw

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// inPostgres does everything in one statement.
type inPostgres struct{ find, change, void *sql.Stmt }

func preparePostgres(ctx context.Context, db *sql.DB, _ string) (statements, error) {
	const connections = 16 // as many as the service has
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s := &inPostgres{}
	return s, errors.Join(
		prepared(ctx, db, &s.find, `SELECT id, phone, name, gender, birth_date::text, hospital_id, internal_id, department_id,
			position_rank, speciality, avatar_url, credential, role, status, must_change_password, version, generation,
			created_at, updated_at, last_login_at FROM doctors WHERE id = $1`),
		prepared(ctx, db, &s.change, `WITH moved AS (
			UPDATE doctors SET speciality = $2, version = version + 1, updated_at = $3 WHERE id = $1 RETURNING id, version
		) INSERT INTO doctor_events (doctor_id, type, version, at, actor, fields, commitment)
			SELECT id, 'profile_changed', version, $3, 'raw', '{speciality}', decode(repeat('00', 32), 'hex') FROM moved`),
		prepared(ctx, db, &s.void, `WITH voided AS (
			INSERT INTO revocations (session, expires_at) VALUES ($2, $3)
		) INSERT INTO doctor_events (doctor_id, type, version, at, actor, fields, commitment)
			VALUES ($1, 'logged_out', 0, $4, 'raw', '{}', decode(repeat('00', 32), 'hex'))`),
	)
}

func (s *inPostgres) read(id int64) (p profile, err error) {
	var (
		generation int64
		credential *string
		mustChange bool
		lastLogin  *time.Time
	)
	err = s.find.QueryRowContext(unhurried, id).Scan(&p.ID, &p.Phone, &p.Name, &p.Gender, &p.BirthDate, &p.HospitalID, &p.InternalID,
		&p.DepartmentID, &p.PositionRank, &p.Speciality, &p.AvatarURL, &credential, &p.Role, &p.Status, &mustChange,
		&p.Version, &generation, &p.CreatedAt, &p.UpdatedAt, &lastLogin)
	return p, err
}

func (s *inPostgres) update(id int64, speciality string) error {
	return one(s.change.ExecContext(unhurried, id, speciality, time.Now()))
}

func (s *inPostgres) logout(id int64, session []byte) error {
	now := time.Now()
	return one(s.void.ExecContext(unhurried, id, session, now.Add(8*time.Hour), now))
}

// one is what must have been stored.
func one(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errors.New("nothing was stored"), err)
	}
	return nil
}

func (s *inPostgres) close() error { return nil }
