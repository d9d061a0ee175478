// Package outbound is what the core needs from the world: a storage, a hasher, tokens, a clock. Adapters implement it;
// an outside team implements Storage and hands a StorageDriver to the program.
//
// The comments here are law: each method says what it guarantees, which error comes when, and what callers may not
// assume. Package storagetest holds a test case for each sentence about a storage that shows from outside.
package outbound

import (
	"context"
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// ErrUnavailable says that the storage cannot answer now: it is unreachable, overloaded, not yet migrated or closed.
// Nothing is known about whether a write that failed with it took place. Adapters wrap it around the cause.
var ErrUnavailable = errors.New("storage is unavailable")

// Storage is everything that is kept. Its methods may be called from many goroutines at once. Each of them honours its
// context: a cancelled one returns soon, with the context's error or ErrUnavailable. Text, times (to the microsecond)
// and numbers come back exactly as they were stored; text with a NUL, or that is no UTF-8, is refused with an error of its
// own and nothing is stored. A stored doctor that cannot be restored is an error that is doctor.ErrDamaged.
type Storage interface { //nolint:interfacebloat // it only composes; each part is small
	Doctors
	Erasure
	Directory
	Logins
	Quotas
	Revocations
	Trail
	Maintenance
}

// Doctors keeps the aggregates and the events of their lives, each change with its events and ended sessions in one
// atomic step, or not at all.
//
// Rules that span doctors belong to storage, also under races: no two doctors have the same phone; no two have the same
// staff number in the same hospital (without either there is no such rule); once there is an active administrator,
// there is always one.
type Doctors interface {
	// Add stores a new doctor and gives it an identity that was never used before, greater than any given before.
	// The events drained from d are stored under that identity, in their order.
	// Errors: doctor.ErrPhoneTaken, doctor.ErrStaffNumberTaken.
	Add(ctx context.Context, d *doctor.Doctor) (doctor.ID, error)

	// AddFirstAdministrator stores d only if no doctor, active or disabled, is an administrator; of several calls at
	// once, on any number of replicas, exactly one adds.
	// Errors: doctor.ErrAdministratorExists (asked first), and those of Add.
	AddFirstAdministrator(ctx context.Context, d *doctor.Doctor) (doctor.ID, error)

	// Get loads a doctor as it was last stored, also by another replica.
	// Errors: doctor.ErrNotFound.
	Get(ctx context.Context, id doctor.ID) (*doctor.Doctor, error)

	// ByPhone loads the doctor that has the phone.
	// Errors: doctor.ErrNotFound.
	ByPhone(ctx context.Context, phone doctor.Phone) (*doctor.Doctor, error)

	// Update loads a doctor, runs change on it and stores the result with what Drain hands over: its events in their
	// order and, when sessions were ended, a Revocation that every feed brings. It returns the doctor as stored.
	// An error of change is returned as it is and nothing is stored. A change that leaves the version as it was and
	// records no event stores nothing, but for the SearchKeys: they move no version. Two updates of one doctor never
	// overwrite each other: both take place, one after the other, so change may run more than once and must do no I/O.
	// Errors: doctor.ErrNotFound, doctor.ErrPhoneTaken, doctor.ErrStaffNumberTaken, doctor.ErrLastAdministrator (no
	// active administrator would remain).
	Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error)
}

// Erasure forgets a doctor for good.
type Erasure interface {
	// Erase loads a doctor and runs change on it as Update does, then, in one atomic step, removes the doctor and stores
	// what Drain hands over. Afterwards the doctor is not there; its phone and its staff number are free; its identity is
	// never given again; its events are, but for their Values, those of the last ones too; no network is known to it; and
	// the sessions that change ended are void as after Update. An error of change is returned as it is and nothing is
	// stored. change may run more than once and must do no I/O.
	// Errors: doctor.ErrNotFound, doctor.ErrLastAdministrator (no active administrator would remain).
	Erase(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) error
}

// Trail keeps what happened to doctors.
type Trail interface {
	// Note stores an event that changed nothing. That its doctor vanished meanwhile is no error.
	Note(ctx context.Context, event doctor.Event) error

	// Events loads a doctor's events, the newest first: those with a number below before (zero: any), at most limit.
	// Numbers grow in the order in which a doctor's events were stored. A doctor that was never there has none; those of
	// an erased one are kept for ever.
	Events(ctx context.Context, id doctor.ID, before int64, limit int) ([]doctor.Entry, error)
}

// Maintenance is what operating a storage needs.
type Maintenance interface {
	// Probe answers with the storage's own clock and whether its schema fits this program. It fails with
	// ErrUnavailable when the storage cannot be reached; a schema that is missing or does not fit is no error.
	Probe(ctx context.Context) (Probe, error)

	// Sweep deletes expired revocations, forgotten counters, networks no longer known, and the Values of events that were
	// stored about a doctor after it was erased, such as those of a login that was under way; beside these it changes no
	// answer of any other method.
	Sweep(ctx context.Context) error

	// Close ends all use. Calls under way may fail, later ones fail with ErrUnavailable; closing again does nothing.
	Close() error
}

// Probe is a look at a storage.
type Probe struct {
	Now          time.Time
	Schema       Schema
	Administered bool // whether there is an active administrator
	// Risks are what an operator should mend, although it works: a connection that others may listen to, a role that may
	// do far more than serving needs. They are written to the log, so they name no secret; a storage that knows of none
	// leaves them out.
	Risks []string
}

// Schema compares what is stored with what this program speaks. A program serves when
// ServesFrom ≤ Program ≤ Version: an expanding migration leaves ServesFrom, a contracting one raises it.
type Schema struct {
	Version    int64 // of the stored schema; 0: there is none yet
	ServesFrom int64 // the oldest program version that the stored schema serves
	Program    int64 // this program's version
}

// Fits tells whether this program may serve from the stored schema.
func (s Schema) Fits() bool {
	return s.ServesFrom <= s.Program && s.Program <= s.Version && s.Version > 0
}
