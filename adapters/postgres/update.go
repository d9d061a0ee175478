package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/lib/pq"

	"hospital.example/doctor-service/domain/doctor"
)

// A change: $1 id, $2 the version it was made on, $3 whether the credential is new and $4 which, $5 … $20 what verbs
// change, $21 the events.
//
// All parts hang on the first: if the doctor has another version by now, nothing takes place. The last login belongs to
// Conclude and is left alone, and so is the credential unless it is new: a login may just have replaced its hash.
func update(columns, condition, more string) string {
	return `
	WITH moved AS (
		UPDATE doctors SET
			credential = CASE WHEN $3::boolean THEN $4 ELSE credential END,
			(` + changingColumns + `) =
			($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)` + columns + `
		WHERE id = $1 AND version = $2` + condition + `
		RETURNING id, credential, last_login_at, search_keys
	), ` + more + storing("moved", "moved.id", "$21") + `
	SELECT credential, last_login_at, search_keys FROM moved`
}

var (
	// Most changes are of the profile alone; parts that do nothing would cost them a sixth.
	updateProfile = update("", "", "")

	// Others also change $22 and $23, the numbers of administrators and of active ones, by so much, or end $24, a
	// generation (0: none), with $25, the session excepted, remembered for $26.
	updateStanding = update("", "", standing("moved", 22))

	// Others also change what the doctor is found by: $27, the search keys, become $28; $29 of them go and $30 come. New
	// keys move no version, so a change that was made on other keys is refused as one on another version is.
	updateKeys = update(`, search_keys = $28`, ` AND search_keys IS NOT DISTINCT FROM $27`,
		standing("moved", 22)+unkeying("moved", "$29")+keying("moved", "$30"))
)

// Update changes a doctor. Nobody is made to wait while change runs; whoever comes second begins again with what the
// first one stored.
func (s *Store) Update(
	ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error,
) (stored *doctor.Doctor, err error) {
	err = untilStill(ctx, func() error {
		before, err := s.load(ctx, selectByID, int64(id))
		if err != nil {
			return err
		}
		d, err := changed(before, change)
		if err != nil {
			return err
		}
		stored, err = s.swap(ctx, before, d.Snapshot(), d.Drain())
		return err
	})
	return stored, err
}

// errMoved says that the doctor was changed after it was loaded.
var errMoved = errors.New("the doctor has another version by now")

// untilStill repeats what met a doctor that was just being changed.
func untilStill(ctx context.Context, attempt func() error) error {
	for try := 1; ; try++ {
		if err := attempt(); !errors.Is(err, errMoved) {
			return err
		}
		if try > 3 && !rest(ctx, try) {
			return ctx.Err()
		}
	}
}

// changed is what becomes of a loaded doctor.
func changed(loaded doctor.Snapshot, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	d, err := doctor.Restore(loaded)
	if err != nil {
		return nil, err
	}
	return d, change(d)
}

// swap stores what became of the doctor that was loaded as before, and returns it as stored.
func (s *Store) swap(ctx context.Context, before, after doctor.Snapshot, left doctor.Drained) (*doctor.Doctor, error) {
	if after.Version == before.Version && len(left.Events) == 0 {
		keys := after.SearchKeys
		if after = before; keys == before.SearchKeys {
			return doctor.Restore(before)
		}
		after.SearchKeys = keys
	}
	events, err := record(left.Events...)
	if err != nil {
		return nil, err
	}
	query := updateProfile
	args := []any{int64(before.ID), before.Version, after.Credential != before.Credential, set(after.Credential)}
	args = append(append(args, changingValues(after)...), events)
	switch {
	case after.SearchKeys != before.SearchKeys:
		query = updateKeys
		args = slices.Concat(args, standingValues(before, after, left.Ended), keyValues(before.SearchKeys, after.SearchKeys))
	case after.Role != before.Role || after.Status != before.Status || left.Ended != nil:
		query = updateStanding
		args = append(args, standingValues(before, after, left.Ended)...)
	}
	var meanwhile doctorRow
	switch err := s.one(ctx, &meanwhile, query, args...); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, errMoved
	case err != nil:
		return nil, err
	}
	after.Credential, after.LastLoginAt = meanwhile.Credential.V, meanwhile.LastLoginAt.V
	after.SearchKeys = doctor.SearchKeys(meanwhile.SearchKeys.V)
	return doctor.Restore(after)
}

func keyValues(before, after doctor.SearchKeys) []any {
	old, now := before.List(), after.List()
	return []any{set(string(before)), set(string(after)), pq.Array(without(old, now)), pq.Array(without(now, old))}
}

// without is what is in a list and not in another.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}
