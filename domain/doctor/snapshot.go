package doctor

import (
	"errors"
	"fmt"
	"time"
)

// Snapshot is a doctor's whole state, flat and exported: what a storage keeps. Empty strings and zeros stand for
// values that are not set.
type Snapshot struct {
	ID                 ID
	Phone              string
	Name               string
	Gender             string
	BirthDate          string // YYYY-MM-DD
	HospitalID         int64
	InternalID         string
	DepartmentID       int64
	PositionRank       string
	Speciality         string
	AvatarURL          string
	Credential         string // a PHC string; empty: nobody can log in
	Role               string
	Status             string
	MustChangePassword bool
	SearchKeys         SearchKeys // computed from the profile; empty: not yet
	Version            int64
	Generation         int64
	CreatedAt          time.Time // UTC, to the microsecond, as the other two
	UpdatedAt          time.Time
	LastLoginAt        time.Time // zero: never
}

// Format prints a snapshot as usual but for the hash. A storage needs the hash as text, so this guards against no more
// than a careless print.
func (s Snapshot) Format(f fmt.State, verb rune) {
	type plain Snapshot // without this method
	if s.Credential != "" {
		s.Credential = redacted
	}
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), plain(s))
}

// Snapshot shows the doctor's state to a storage. What Drain hands over is not part of it.
func (d *Doctor) Snapshot() Snapshot {
	p := d.profile
	return Snapshot{
		ID:                 d.id,
		Phone:              p.Phone.v,
		Name:               p.Name.v,
		Gender:             p.Gender.v,
		BirthDate:          p.BirthDate.v,
		HospitalID:         p.HospitalID.n,
		InternalID:         p.InternalID.v,
		DepartmentID:       p.DepartmentID.n,
		PositionRank:       p.PositionRank.v,
		Speciality:         p.Speciality.v,
		AvatarURL:          p.AvatarURL.v,
		Credential:         d.credential.PHC(),
		Role:               d.role.v,
		Status:             d.status.v,
		MustChangePassword: d.mustChangePassword,
		SearchKeys:         d.searchKeys,
		Version:            d.version,
		Generation:         d.generation,
		CreatedAt:          d.createdAt,
		UpdatedAt:          d.updatedAt,
		LastLoginAt:        d.lastLoginAt,
	}
}

// ErrDamaged is what Restore answers for a state that no doctor can have had.
var ErrDamaged = errors.New("the stored doctor is damaged")

// Restore makes a doctor of what a storage kept. It refuses the impossible, never the unfashionable: a row written
// under last year's rules still loads.
func Restore(s Snapshot) (*Doctor, error) {
	role, roleOK := roleOf(s.Role)
	status, statusOK := statusOf(s.Status)
	for _, check := range []struct {
		ok    bool
		fault string
	}{
		{s.ID > 0, "id"},
		{s.Phone != "", "phone"},
		{s.Name != "", "name"},
		{roleOK, "role"},
		{statusOK, "status"},
		{s.BirthDate == "" || isDay(s.BirthDate), "birth_date"},
		{s.Version > 0, "version"},
		{s.Generation > 0, "generation"},
		{s.HospitalID >= 0, "hospital_id"},
		{s.DepartmentID >= 0, "department_id"},
		{isDate(s.CreatedAt), "created_at"},
		{isDate(s.UpdatedAt), "updated_at"},
		{s.LastLoginAt.IsZero() || isDate(s.LastLoginAt), "last_login_at"},
	} {
		if !check.ok {
			return nil, fmt.Errorf("doctor %d: %w: %s", s.ID, ErrDamaged, check.fault)
		}
	}
	return &Doctor{
		id: s.ID,
		profile: Profile{
			Phone:        Phone{s.Phone},
			Name:         Name{s.Name},
			Gender:       Gender{s.Gender},
			BirthDate:    BirthDate{s.BirthDate},
			HospitalID:   Reference{s.HospitalID},
			InternalID:   StaffNumber{s.InternalID},
			DepartmentID: Reference{s.DepartmentID},
			PositionRank: PositionRank{s.PositionRank},
			Speciality:   Speciality{s.Speciality},
			AvatarURL:    AvatarURL{s.AvatarURL},
		},
		credential:         CredentialOf(s.Credential),
		role:               role,
		status:             status,
		mustChangePassword: s.MustChangePassword,
		searchKeys:         s.SearchKeys,
		version:            s.Version,
		generation:         s.Generation,
		createdAt:          instant(s.CreatedAt),
		updatedAt:          instant(s.UpdatedAt),
		lastLoginAt:        instant(s.LastLoginAt),
	}, nil
}

// isDate tells whether a time is there and can be shown: RFC 3339 writes years in four digits.
func isDate(t time.Time) bool { return !t.IsZero() && 0 <= t.Year() && t.Year() <= 9999 }
