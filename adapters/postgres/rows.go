package postgres

import (
	"database/sql"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// doctorColumns are what doctorRow reads. A day is read as text: it has no zone.
const doctorColumns = `doctors.id, phone, name, gender, birth_date::text AS birth_date, hospital_id, internal_id,
	department_id, position_rank, speciality, avatar_url, role, status, must_change_password, version, generation,
	updated_at, created_at, credential, last_login_at, search_keys`

// doctorRow is a stored doctor. Each field may be null: as a value that is not set, or with all others in a join that
// found nobody.
type doctorRow struct {
	ID                 sql.Null[int64]     `db:"id"`
	Phone              sql.Null[string]    `db:"phone"`
	Name               sql.Null[string]    `db:"name"`
	Gender             sql.Null[string]    `db:"gender"`
	BirthDate          sql.Null[string]    `db:"birth_date"`
	HospitalID         sql.Null[int64]     `db:"hospital_id"`
	InternalID         sql.Null[string]    `db:"internal_id"`
	DepartmentID       sql.Null[int64]     `db:"department_id"`
	PositionRank       sql.Null[string]    `db:"position_rank"`
	Speciality         sql.Null[string]    `db:"speciality"`
	AvatarURL          sql.Null[string]    `db:"avatar_url"`
	Role               sql.Null[string]    `db:"role"`
	Status             sql.Null[string]    `db:"status"`
	MustChangePassword sql.Null[bool]      `db:"must_change_password"`
	Version            sql.Null[int64]     `db:"version"`
	Generation         sql.Null[int64]     `db:"generation"`
	UpdatedAt          sql.Null[time.Time] `db:"updated_at"`
	CreatedAt          sql.Null[time.Time] `db:"created_at"`
	Credential         sql.Null[string]    `db:"credential"`
	LastLoginAt        sql.Null[time.Time] `db:"last_login_at"`
	SearchKeys         sql.Null[string]    `db:"search_keys"`
}

func (r doctorRow) snapshot() doctor.Snapshot {
	return doctor.Snapshot{
		ID:                 doctor.ID(r.ID.V),
		Phone:              r.Phone.V,
		Name:               r.Name.V,
		Gender:             r.Gender.V,
		BirthDate:          r.BirthDate.V,
		HospitalID:         r.HospitalID.V,
		InternalID:         r.InternalID.V,
		DepartmentID:       r.DepartmentID.V,
		PositionRank:       r.PositionRank.V,
		Speciality:         r.Speciality.V,
		AvatarURL:          r.AvatarURL.V,
		Credential:         r.Credential.V,
		Role:               r.Role.V,
		Status:             r.Status.V,
		MustChangePassword: r.MustChangePassword.V,
		SearchKeys:         doctor.SearchKeys(r.SearchKeys.V),
		Version:            r.Version.V,
		Generation:         r.Generation.V,
		CreatedAt:          r.CreatedAt.V,
		UpdatedAt:          r.UpdatedAt.V,
		LastLoginAt:        r.LastLoginAt.V,
	}
}

// changingColumns are the part of a doctor that its verbs change, but for the credential and the search
// keys; changingValues are their values in the same order. Both an INSERT and an UPDATE set them.
const changingColumns = `phone, name, gender, birth_date, hospital_id, internal_id, department_id, position_rank,
	speciality, avatar_url, role, status, must_change_password, version, generation, updated_at`

func changingValues(s doctor.Snapshot) []any {
	return []any{
		s.Phone, s.Name, set(s.Gender), set(s.BirthDate), set(s.HospitalID), set(s.InternalID), set(s.DepartmentID),
		set(s.PositionRank), set(s.Speciality), set(s.AvatarURL), s.Role, s.Status, s.MustChangePassword, s.Version,
		s.Generation, instant(s.UpdatedAt),
	}
}

// set is a value, or null when it is not set.
func set[T string | int64](v T) sql.Null[T] {
	var unset T
	return sql.Null[T]{V: v, Valid: v != unset}
}

// instant is a time as it is kept: the server would round what is finer.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// moment is an instant, or null for the zero time.
func moment(t time.Time) sql.Null[time.Time] {
	return sql.Null[time.Time]{V: instant(t), Valid: !t.IsZero()}
}
