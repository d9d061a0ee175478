package doctor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"
)

// EventType says what happened.
type EventType string

// The events of a doctor's life. Each verb of the aggregate records one; logins and logouts are made by Note, since they
// change no aggregate.
const (
	Registered      EventType = "registered"
	ProfileChanged  EventType = "profile_changed"
	PhoneChanged    EventType = "phone_changed"
	PasswordChanged EventType = "password_changed"
	PasswordReset   EventType = "password_reset"
	RoleChanged     EventType = "role_changed"
	DoctorDisabled  EventType = "disabled"
	DoctorEnabled   EventType = "enabled"
	DoctorErased    EventType = "erased"
	LoggedIn        EventType = "logged_in"
	LoginFailed     EventType = "login_failed"
	LoginRefused    EventType = "login_refused" // right password, disabled account
	LoginThrottled  EventType = "throttled"     // a wait began
	LoggedOut       EventType = "logged_out"
	AccessRefused   EventType = "access_refused" // the role did not allow it
)

// Actor says who did it: a doctor's id, or one of the words below.
type Actor string

// Those who act without being a doctor.
const (
	CommandLine Actor = "cli"
	Bootstrap   Actor = "bootstrap"
	Anonymous   Actor = "anonymous" // nobody has proved who it was
)

// By is the actor that a doctor is.
func By(id ID) Actor { return Actor(strconv.FormatInt(int64(id), 10)) }

// Occasion is what a verb must know of the world: when it happens, who does it, from where, in which request, and
// the random salt that makes commitments unguessable.
type Occasion struct {
	At        time.Time
	Actor     Actor
	Source    string // network address; empty where there is none
	RequestID string
	Salt      [32]byte
}

// instant is a time as it is stored: storages keep microseconds.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Change is one field's way from a value to another; an empty string is a value that is not set. The password's
// change carries no values, ever.
type Change struct {
	Field, Before, After string
}

// Event is a fact that is kept for ever. What identifies people lies apart, in Values, so that it can be erased: the
// Commitment then says nothing any more, and as long as the Values are there it proves that nobody changed them.
type Event struct {
	Doctor     ID // zero until storage has given a new doctor its identity
	Type       EventType
	Version    int64 // the doctor's version after the event; 0 where the event changed no aggregate
	At         time.Time
	Actor      Actor
	Fields     []string // names of the changed fields
	Commitment [sha256.Size]byte
	Values     Values
}

// Values is the erasable part of an event.
type Values struct {
	Salt      [32]byte
	Changes   []Change
	Source    string
	RequestID string
}

// Entry is an event as the trail keeps it, under a number that grows with each. What identifies people is gone once the
// doctor was erased.
type Entry struct {
	Number int64
	Erased bool // the Values are gone
	Event
}

// Note makes the event of something that happened to a doctor without changing it: a login, a failed one, a logout.
func Note(id ID, typ EventType, on Occasion) Event { return newEvent(id, 0, typ, on, nil) }

func newEvent(id ID, version int64, typ EventType, on Occasion, changes []Change) Event {
	e := Event{
		Doctor:  id,
		Type:    typ,
		Version: version,
		At:      instant(on.At),
		Actor:   on.Actor,
		Values:  Values{Salt: on.Salt, Changes: changes, Source: on.Source, RequestID: on.RequestID},
	}
	for _, c := range changes {
		e.Fields = append(e.Fields, c.Field)
	}
	e.Commitment = e.Commit()
	return e
}

// Commit computes what Commitment must be: HMAC-SHA256 under the salt over the event's type and all values, each
// preceded by its length, so that no two lists of values read the same.
func (e Event) Commit() [sha256.Size]byte {
	mac := hmac.New(sha256.New, e.Values.Salt[:])
	write := func(s string) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		mac.Write([]byte(s))
	}
	write(string(e.Type))
	write(e.Values.Source)
	write(e.Values.RequestID)
	for _, c := range e.Values.Changes {
		write(c.Field)
		write(c.Before)
		write(c.After)
	}
	return [sha256.Size]byte(mac.Sum(nil))
}
