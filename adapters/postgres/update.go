package postgres

import (
	"context"
	"database/sql"
	"errors"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// A change: $1 id, $2 the version it was made on, $3 whether the credential is new and $4 which, $5 … $20 what verbs
// change, $21 the events.
//
// All parts hang on the first: if the doctor has another version by now, nothing takes place. The last login belongs to
// Conclude and is left alone, and so is the credential unless it is new: a login may just have replaced its hash.
func update(more string) string {
	return `
	WITH moved AS (
		UPDATE doctors SET
			credential = CASE WHEN $3::boolean THEN $4 ELSE credential END,
			(` + changingColumns + `) =
			($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		WHERE id = $1 AND version = $2
		RETURNING id, credential, last_login_at
	), ` + more + storing("moved", "moved.id", "$21") + `
	SELECT credential, last_login_at FROM moved`
}

var (
	// Most changes are of the profile alone; two parts that do nothing would cost them a sixth.
	updateProfile = update("")

	// Others also change $22 and $23, the numbers of administrators and of active ones, by so much, or end $24, a
	// generation (0: none), with $25, the session excepted, remembered for $26.
	updateStanding = update(`counted AS (
		UPDATE administrators SET ` + countAdministrators("$22", "$23") + ` FROM moved WHERE $22 <> 0 OR $23 <> 0
	), ended AS (
		INSERT INTO revocations (doctor_id, generation, session, expires_at)
		SELECT id, $24, $25, clock_timestamp() + $26::bigint * interval '1 microsecond' FROM moved WHERE $24::bigint <> 0
	), `)
)

// Update changes a doctor. Nobody is made to wait while change runs; whoever comes second begins again with what the
// first one stored.
func (s *Store) Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	for try := 1; ; try++ {
		before, err := s.load(ctx, selectByID, int64(id))
		if err != nil {
			return nil, err
		}
		d, err := doctor.Restore(before)
		if err != nil {
			return nil, err
		}
		if err := change(d); err != nil {
			return nil, err
		}
		stored, err := s.swap(ctx, before, d.Snapshot(), d.Drain())
		if !errors.Is(err, errMoved) {
			return stored, err
		}
		if try > 3 && !rest(ctx, try) {
			return nil, ctx.Err()
		}
	}
}

// errMoved says that the doctor was changed after it was loaded.
var errMoved = errors.New("the doctor has another version by now")

// swap stores what became of the doctor that was loaded as before, and returns it as stored.
func (s *Store) swap(ctx context.Context, before, after doctor.Snapshot, left doctor.Drained) (*doctor.Doctor, error) {
	if after.Version == before.Version && len(left.Events) == 0 {
		return doctor.Restore(before)
	}
	events, err := record(left.Events...)
	if err != nil {
		return nil, err
	}
	query := updateProfile
	args := []any{int64(before.ID), before.Version, after.Credential != before.Credential, set(after.Credential)}
	args = append(append(args, changingValues(after)...), events)
	if after.Role != before.Role || after.Status != before.Status || left.Ended != nil {
		query = updateStanding
		args = append(args, standing(before, after, left)...)
	}
	var meanwhile doctorRow
	switch err := s.one(ctx, &meanwhile, query, args...); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, errMoved
	case err != nil:
		return nil, err
	}
	after.Credential, after.LastLoginAt = meanwhile.Credential.V, meanwhile.LastLoginAt.V
	return doctor.Restore(after)
}

func standing(before, after doctor.Snapshot, left doctor.Drained) []any {
	totalBefore, activeBefore := administrators(before)
	total, active := administrators(after)
	ended := doctor.SessionsEnded{}
	if left.Ended != nil {
		ended = *left.Ended
	}
	return []any{
		total - totalBefore, active - activeBefore,
		ended.Generation, sessionBytes(ended.Except), outbound.GenerationKept.Microseconds(),
	}
}

// sessionBytes is a session as it is kept; the zero session is none.
func sessionBytes(id doctor.SessionID) []byte {
	if id.IsZero() {
		return nil
	}
	return id[:]
}
