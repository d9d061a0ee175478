package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
)

// state is what is stored of a doctor beside its id; places lists the same in the same order.
const state = `phone, name, gender, birth_date, hospital_id, internal_id, department_id, position_rank, speciality,
	avatar_url, credential, role, status, must_change_password, version, generation, created_at, updated_at, last_login_at,
	search_keys`

// places are where the columns of state are in a snapshot, for reading and for writing.
func places(s *doctor.Snapshot) []any {
	return []any{
		text{&s.Phone},
		text{&s.Name},
		text{&s.Gender},
		text{&s.BirthDate},
		number{&s.HospitalID},
		text{&s.InternalID},
		number{&s.DepartmentID},
		text{&s.PositionRank},
		text{&s.Speciality},
		text{&s.AvatarURL},
		text{&s.Credential},
		text{&s.Role},
		text{&s.Status},
		&s.MustChangePassword, &s.Version, &s.Generation,
		instant{&s.CreatedAt},
		instant{&s.UpdatedAt},
		instant{&s.LastLoginAt},
		text{(*string)(&s.SearchKeys)},
	}
}

var (
	marks = "?" + strings.Repeat(", ?", len(places(new(doctor.Snapshot)))-1)

	insertDoctor = `INSERT INTO doctors (` + state + `) VALUES (` + marks + `)`
	updateDoctor = `UPDATE doctors SET (` + state + `) = (` + marks + `) WHERE id = ?`
)

const (
	doctorByID    = `SELECT id, ` + state + ` FROM doctors WHERE id = ?`
	doctorByPhone = `SELECT id, ` + state + ` FROM doctors WHERE phone = ?`

	anyAdministrator    = `SELECT EXISTS (SELECT 1 FROM doctors WHERE role = 'admin')`
	activeAdministrator = `SELECT EXISTS (SELECT 1 FROM doctors WHERE role = 'admin' AND status = 'active')`
)

// load finds one doctor.
func load(ctx context.Context, in *statements, query string, key ...any) (*doctor.Doctor, error) {
	var s doctor.Snapshot
	err := in.one(ctx, append([]any{&s.ID}, places(&s)...), query, key...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, doctor.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return doctor.Restore(s)
}

// exists asks one of the two questions about administrators.
func exists(ctx context.Context, in *statements, query string) (found bool, err error) {
	err = in.one(ctx, []any{&found}, query)
	return found, err
}

// Get implements outbound.Doctors.
func (s *Store) Get(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
	return load(ctx, s.readers, doctorByID, int64(id))
}

// ByPhone implements outbound.Doctors.
func (s *Store) ByPhone(ctx context.Context, phone doctor.Phone) (*doctor.Doctor, error) {
	return load(ctx, s.readers, doctorByPhone, phone.String())
}

// Add implements outbound.Doctors.
func (s *Store) Add(ctx context.Context, d *doctor.Doctor) (id doctor.ID, err error) {
	err = s.writer.write(ctx, func(ctx context.Context, tx *statements) (err error) {
		id, err = add(ctx, tx, d)
		return err
	})
	return id, err
}

// AddFirstAdministrator implements outbound.Doctors.
func (s *Store) AddFirstAdministrator(ctx context.Context, d *doctor.Doctor) (id doctor.ID, err error) {
	err = s.writer.write(ctx, func(ctx context.Context, tx *statements) error {
		found, err := exists(ctx, tx, anyAdministrator)
		switch {
		case err != nil:
			return err
		case found:
			return doctor.ErrAdministratorExists
		}
		id, err = add(ctx, tx, d)
		return err
	})
	return id, err
}

func add(ctx context.Context, tx *statements, d *doctor.Doctor) (doctor.ID, error) {
	snapshot := d.Snapshot()
	result, err := tx.exec(ctx, insertDoctor, places(&snapshot)...)
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	if err := storeKeys(ctx, tx, doctor.ID(id), "", snapshot.SearchKeys); err != nil {
		return 0, err
	}
	return doctor.ID(id), storeDrained(ctx, tx, doctor.ID(id), d.Drain())
}
