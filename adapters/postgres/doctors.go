package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"

	"hospital.example/doctor-service/domain/doctor"
)

const (
	selectByID    = `SELECT ` + doctorColumns + ` FROM doctors WHERE id = $1`
	selectByPhone = `SELECT ` + doctorColumns + ` FROM doctors WHERE phone = $1`
)

// Get loads a doctor.
func (s *Store) Get(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
	found, err := s.load(ctx, selectByID, int64(id))
	if err != nil {
		return nil, err
	}
	return doctor.Restore(found)
}

// ByPhone loads the doctor that has the phone.
func (s *Store) ByPhone(ctx context.Context, phone doctor.Phone) (*doctor.Doctor, error) {
	found, err := s.load(ctx, selectByPhone, phone.String())
	if err != nil {
		return nil, err
	}
	return doctor.Restore(found)
}

func (s *Store) load(ctx context.Context, query string, key ...any) (doctor.Snapshot, error) {
	var row doctorRow
	err := s.one(ctx, &row, query, key...)
	if errors.Is(err, sql.ErrNoRows) {
		return doctor.Snapshot{}, doctor.ErrNotFound
	}
	return row.snapshot(), err
}

// A new doctor: $1 credential, $2 created_at, $3 last_login_at, $4 … $19 what its verbs change, $20 its events, $21 and
// $22 by how much the numbers of administrators and of active ones grow, $23 its search keys, $24 the same one by one.
const (
	insertColumns = `(credential, created_at, last_login_at, ` + changingColumns + `, search_keys)`
	insertValues  = `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $23`
)

var (
	insertDoctor = `
	WITH born AS (
		INSERT INTO doctors ` + insertColumns + ` VALUES (` + insertValues + `) RETURNING id
	), counted AS (
		UPDATE administrators SET ` + countAdministrators("$21", "$22") + ` FROM born WHERE $21 <> 0
	), ` + keying("born", "$24") + storing("born", "born.id", "$20") + `
	SELECT id FROM born`

	// Whoever comes second waits for the first one's row lock and then finds that the total is no longer zero.
	insertFirstAdministrator = `
	WITH first AS (
		UPDATE administrators SET ` + countAdministrators("$21", "$22") + ` WHERE total = 0 RETURNING total
	), born AS (
		INSERT INTO doctors ` + insertColumns + ` SELECT ` + insertValues + ` FROM first RETURNING id
	), ` + keying("born", "$24") + storing("born", "born.id", "$20") + `
	SELECT id FROM born`
)

// Add stores a new doctor.
func (s *Store) Add(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	return s.insert(ctx, insertDoctor, d)
}

// AddFirstAdministrator stores the doctor if there is no administrator yet.
func (s *Store) AddFirstAdministrator(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	id, err := s.insert(ctx, insertFirstAdministrator, d)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, doctor.ErrAdministratorExists
	}
	return id, err
}

func (s *Store) insert(ctx context.Context, query string, d *doctor.Doctor) (doctor.ID, error) {
	born := d.Snapshot()
	events, err := record(d.Drain().Events...)
	if err != nil {
		return 0, err
	}
	total, active := administrators(born)
	args := append([]any{set(born.Credential), instant(born.CreatedAt), moment(born.LastLoginAt)}, changingValues(born)...)
	var id int64
	args = append(args, events, total, active, set(string(born.SearchKeys)), pq.Array(born.SearchKeys.List()))
	err = s.one(ctx, &id, query, args...)
	return doctor.ID(id), err
}
