package inbound

import (
	"slices"

	"hospital.example/doctor-service/domain/doctor"
)

// RegisterCommand adds a doctor.
//
// Errors: ErrForbidden, doctor.ErrPhoneTaken; Throttled where registration is open.
type RegisterCommand struct {
	Caller   Caller
	Phone    doctor.Phone
	Name     doctor.Name
	Password doctor.ChosenPassword
	Origin   Origin
}

// RegisterResult is the new doctor's identity.
type RegisterResult struct{ ID doctor.ID }

// ViewProfileCommand asks for the caller's own profile.
type ViewProfileCommand struct{ Caller Caller }

// ProfileResult is the doctor as it is now stored.
type ProfileResult struct{ Doctor *doctor.Doctor }

// ManageProfileCommand edits the caller's own profile. A changed phone needs a fresh login and ends the caller's other
// sessions.
//
// Errors: doctor.ErrLoginTooOld, doctor.ErrVersionMismatch, doctor.ErrPhoneTaken, doctor.ErrStaffNumberTaken.
type ManageProfileCommand struct {
	Caller  Caller
	Edit    doctor.ProfileEdit
	IfMatch *Match // nil: whatever the version is
	Origin  Origin
}

// Match is a condition on a doctor's version.
type Match struct {
	Any      bool
	Versions []int64
}

// Holds tells whether a doctor of that version may be changed.
func (m *Match) Holds(version int64) bool {
	return m == nil || m.Any || slices.Contains(m.Versions, version)
}
