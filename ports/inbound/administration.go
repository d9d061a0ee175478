package inbound

import "hospital.example/doctor-service/domain/doctor"

// LookUpDoctorsCommand asks for doctors by id; ids that nobody has are left out.
type LookUpDoctorsCommand struct {
	Caller Caller
	IDs    []doctor.ID
}

// ListDoctorsCommand asks for the doctors that fit everything in Filter that is not zero: those with ids greater than
// After, ordered by id, at most Limit.
type ListDoctorsCommand struct {
	Caller Caller
	Filter Filter
	After  doctor.ID
	Limit  int
}

// Filter says which doctors are looked for.
type Filter struct {
	Keyword      doctor.Keyword // begins any part of the name, its pinyin or initials, the phone or the staff number
	HospitalID   doctor.Reference
	DepartmentID doctor.Reference
	PositionRank doctor.PositionRank
	Status       doctor.Status
}

// DoctorsResult is a page of doctors.
type DoctorsResult struct {
	Doctors []*doctor.Doctor
	Next    doctor.ID // After of the next page; zero: there is none
}

// ViewDoctorCommand asks for one doctor.
//
// Errors: doctor.ErrNotFound.
type ViewDoctorCommand struct {
	Caller Caller
	ID     doctor.ID
}

// ManageDoctorCommand edits a doctor. Administrators who move their own phone need a fresh login, as anybody does.
//
// Errors: doctor.ErrNotFound, doctor.ErrLoginTooOld, doctor.ErrVersionMismatch, doctor.ErrPhoneTaken,
// doctor.ErrStaffNumberTaken, doctor.ErrLastAdministrator.
type ManageDoctorCommand struct {
	Caller  Caller
	ID      doctor.ID
	Edit    doctor.ProfileEdit
	Role    doctor.Role // zero: as it is
	IfMatch *Match      // nil: whatever the version is
	Origin  Origin
}

// DoctorCommand is what is done to one doctor as a whole: disable, enable, reset its password, erase. Only erasing, which
// nothing brings back, asks for IfMatch.
//
// Errors: doctor.ErrNotFound, doctor.ErrVersionMismatch, doctor.ErrLastAdministrator; of erasing ErrMatchNeeded.
type DoctorCommand struct {
	Caller  Caller
	ID      doctor.ID
	IfMatch *Match
	Origin  Origin
}

// ResetPasswordResult is the new password, to be shown once.
type ResetPasswordResult struct {
	Password doctor.Password
	Doctor   *doctor.Doctor
}

// ListEventsCommand asks for what happened to a doctor, the newest first: events with a number below Before (zero: any), at
// most Limit. An erased doctor still has events.
//
// Errors: doctor.ErrNotFound.
type ListEventsCommand struct {
	Caller Caller
	ID     doctor.ID
	Before int64
	Limit  int
}

// EventsResult is a page of events.
type EventsResult struct {
	Events []doctor.Entry
	Next   int64 // Before of the next page; zero: there is none
}
