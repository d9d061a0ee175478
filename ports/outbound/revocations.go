package outbound

import (
	"context"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// Revocations tells every replica which tokens are void.
type Revocations interface {
	// Revoke voids one session until it expires by itself, and stores the event of the logout with it. Voiding a void
	// session again does nothing and stores no second event.
	Revoke(ctx context.Context, session doctor.SessionID, expires time.Time, event doctor.Event) error

	// Watch opens a feed of all revocations, those written by other replicas included. It uses no connection that
	// other calls wait for.
	Watch(ctx context.Context) (Feed, error)

	// Lookup asks the storage itself for the revocations that concern one session of one doctor. It is for the moments
	// in which the feed is late.
	Lookup(ctx context.Context, id doctor.ID, session doctor.SessionID) ([]Revocation, error)
}

// Feed follows the revocations. It is used by one goroutine.
type Feed interface {
	// Next returns at once with what was committed since the call before; the first call brings all that is unexpired, and
	// may take as long as a million of them do.
	// A revocation may come twice, none is skipped, however late its transaction committed after it began. After an
	// error the feed is spent: Close it and Watch again.
	Next(ctx context.Context) (Round, error)

	// Close ends the feed; closing again does nothing.
	Close() error
}

// Round is one look at the feed.
type Round struct {
	Now         time.Time // the storage's clock
	Revocations []Revocation
}

// Revocation voids tokens until Expires.
//   - Generation zero: the session Session was logged out.
//   - else: the tokens of Doctor of a generation below Generation are void, except those of Session (zero: no exception).
//     A later one replaces none before it: who was spared last may have been ended earlier.
type Revocation struct {
	Doctor     doctor.ID // zero for a logout
	Generation int64
	Session    doctor.SessionID
	Expires    time.Time
}

// GenerationKept is how long an ended generation is remembered: longer than any token lives (24 h), by more than
// replicas' clocks may differ.
const GenerationKept = 25 * time.Hour
