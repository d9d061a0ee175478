package outbound

import (
	"context"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// Logins decides about attempts to prove a password. Deciding needs two looks, for between them lies a slow hash:
//
//	Begin (saves the hash for those already waiting)  →  hash  →  Conclude (decides)
//
// So a hundred guesses in parallel get as many answers as the limit allows, and a hundred right logins all pass.
type Logins interface {
	// Begin looks up who has the phone, how long the attempt's network is still known to that doctor, and whether the
	// attempt must wait; a wait of Everywhere spares known networks. It writes nothing.
	Begin(ctx context.Context, a Attempt) (Candidate, error)

	// Conclude decides in one atomic step. If one of the attempt's limits is in a wait by now, whatever the outcome,
	// it returns the rest of that wait (the longest) and nothing is written or counted. Where the outcome is Spared,
	// a wait of Everywhere is no such wait; meanwhile nothing is counted against Everywhere. Otherwise it returns zero
	// and
	//   - a wrong outcome is counted against all limits, and Events are stored; if the count begins a wait of the
	//     account's limit or of Everywhere, Throttled is stored as well, once;
	//   - a right outcome forgets the account's counter (never the source's) and, unless it is in a wait, that of
	//     Everywhere, stores Events, sets the time of the last login and makes the network known for Remember, both
	//     unless LoginAt is zero, and replaces the hash if Rehash says so and the stored one is still Old.
	// A doctor that vanished meanwhile is no error. Concurrent conclusions of right outcomes never refuse each other.
	Conclude(ctx context.Context, a Attempt, o Outcome) (wait time.Duration, err error)

	// Forget forgets all counters whose keys begin with account, those in a wait too.
	Forget(ctx context.Context, account [8]byte) error
}

// Attempt is one try to prove a password.
//
// Its network is known to a doctor who logged in from there, until the time that the login gave it has passed by the
// storage's clock. It is known to the doctor, not to the phone: to nobody else, whoever has the phone then.
type Attempt struct {
	Phone      doctor.Phone // zero: what was typed is no phone and belongs to nobody
	Account    Limit        // failures of this account from this network
	Source     Limit        // failures from this network
	Everywhere Limit        // failures of this account from wherever
	Network    [16]byte     // zero: from no network, which is known to nobody
}

// Limit is a rule on a counter. The counter is kept under Key by the storage's clock, its window beginning with the
// first count: Window later it is forgotten. The count that reaches Max begins a wait:
//   - FirstWait zero: until the window ends;
//   - else of FirstWait, doubled with every further count up to MaxWait; the counter is then forgotten Window after the
//     end of the wait.
//
// While a wait is in force nothing more is counted.
type Limit struct {
	Key       [16]byte
	Max       int
	Window    time.Duration
	FirstWait time.Duration
	MaxWait   time.Duration
}

// Candidate is what Begin saw.
type Candidate struct {
	Doctor *doctor.Doctor // nil: nobody has that phone
	Wait   time.Duration  // the rest of the longest wait in force; zero: none
	Known  time.Duration  // how long the network is still known to the doctor; zero: it is not
}

// Outcome is what hashing showed.
type Outcome struct {
	Right     bool
	Spared    bool          // Begin found the network known: no wait of Everywhere holds this up
	Doctor    doctor.ID     // zero: nobody has that phone
	LoginAt   time.Time     // zero: this was no login, or a refused one
	Remember  time.Duration // how long a login makes the network known from now on; zero: it is left as it was
	Events    []doctor.Event
	Throttled *doctor.Event // nil: nobody has that phone
	Rehash    *Rehash       // nil: the hash is up to date
}

// Rehash replaces a hash made with older parameters; it moves no version.
type Rehash struct{ Old, New doctor.Credential }

// Quotas counts what is allowed so many times in a while.
type Quotas interface {
	// Take counts one use and returns zero, or, when Max uses were already counted in the window, the time until it
	// ends, and counts nothing. Exactly Max of any number of uses at once pass. Only Key, Max and Window matter.
	Take(ctx context.Context, l Limit) (wait time.Duration, err error)
}
