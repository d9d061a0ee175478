package outbound

import (
	"context"
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// ErrBusy says that the hasher has as much to do as it may; the caller should try again shortly.
var ErrBusy = errors.New("too many passwords are being checked")

// Passwords hashes. It is slow on purpose and bounded: beyond a short queue, and for a caller whose context ends while it
// waits, nothing is hashed. Errors: ErrBusy, the context's error.
type Passwords interface {
	Hash(ctx context.Context, p doctor.Password) (doctor.Credential, error)

	// Verify checks a password against a stored hash. The zero Credential fits nothing and costs just as much as one
	// that exists. A damaged hash is an error, never a match.
	Verify(ctx context.Context, typed doctor.Password, stored doctor.Credential) (Verdict, error)
}

// Verdict is what a check showed.
type Verdict struct {
	Match    bool
	Outdated bool // it matched a hash whose parameters are no longer those of new hashes
}

// Errors of Tokens.Verify.
var (
	ErrTokenInvalid = errors.New("the token is malformed, forged or not for us")
	ErrTokenExpired = errors.New("the token has expired")
)

// Tokens signs and checks tokens. It keeps no state of sessions: what was revoked is asked elsewhere.
type Tokens interface {
	Issue(c Claims) (string, error)

	// Verify returns the claims of a genuine token. With ErrTokenExpired the claims are returned as well: the token was
	// ours. Everything else that is wrong is ErrTokenInvalid.
	Verify(token string) (Claims, error)
}

// Claims is what a token says.
type Claims struct {
	Doctor     doctor.ID
	Session    doctor.SessionID
	Role       doctor.Role
	Generation int64
	LoggedInAt time.Time
	IssuedAt   time.Time
	Expires    time.Time
	Restricted bool // meant for this service alone: the password must be changed first
}
