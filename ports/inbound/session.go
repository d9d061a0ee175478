package inbound

import (
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// LoginCommand asks for a token. Both are as typed: a string that is no phone is a wrong phone, not a fault.
//
// Errors: doctor.ErrWrongCredentials (for an unknown phone just as for a wrong password), doctor.ErrDisabled (only
// after the right password), Throttled.
type LoginCommand struct {
	Phone    string
	Password doctor.Password
	Origin   Origin
}

// LoginResult is what a front end needs to go on.
type LoginResult struct {
	ID    doctor.ID
	Name  doctor.Name
	Role  doctor.Role
	Token string
}

// LogoutCommand voids the token itself. An expired or already voided token is fine, a forged one is ErrUnauthenticated.
type LogoutCommand struct {
	Token  string
	Origin Origin
}

// Action is what a caller is about to do; the right to do it is decided before anything else of a request is read.
type Action int

// The actions.
const (
	ManageOwnProfile Action = iota // any doctor whose password need not be changed first
	ChangeOwnPassword
	RegisterDoctor // according to the registration mode
	ReadDirectory  // any doctor whose password need not be changed first
	Administer
)

// AuthorizeCommand asks who the bearer of a token is and whether it may do something.
//
// Errors: ErrUnauthenticated; ErrForbidden; doctor.ErrPasswordChangeNeeded.
type AuthorizeCommand struct {
	Token  string // empty: none was given
	To     Action
	Origin Origin
}

// Caller is who a token proves. The zero Caller is nobody: anyone, where registration is open.
type Caller struct {
	ID         doctor.ID
	Role       doctor.Role
	Session    doctor.SessionID
	Generation int64 // of the doctor's sessions, that this one began in
	LoggedInAt time.Time
	Restricted bool // after an administrator's reset: may only change the password and log out
	Operator   bool // at the command line of this machine, with no token and no doctor's id
}

// ChangePasswordCommand replaces the caller's password and ends its other sessions.
//
// Errors: doctor.Invalid on new_password, doctor.ErrWrongCredentials, Throttled.
type ChangePasswordCommand struct {
	Caller   Caller
	Old, New doctor.Password
	Origin   Origin
}
