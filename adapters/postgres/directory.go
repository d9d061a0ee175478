package postgres

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Find looks for doctors: along one way after the other, each time a step further, until the page is full or a way has
// come to its end. The way that is short for what is looked for ends the search, and which one that is need not be known.
func (s *Store) Find(ctx context.Context, q outbound.Query) (outbound.Page, error) {
	var (
		ways  = waysTo(q)
		found []doctor.Snapshot
		place = q.After
	)
	for turn := 0; ; turn++ {
		seen, err := s.look(ctx, ways[turn%len(ways)], q, place, q.Limit+1-len(found))
		if err != nil {
			return outbound.Page{}, err
		}
		found = append(found, seen.fit...)
		if len(found) > q.Limit {
			return outbound.PageOf(found, q.Limit), nil
		}
		if seen.all {
			return outbound.PageOf(found, q.Limit), nil
		}
		place = seen.place
	}
}

// sight is what one step shows.
type sight struct {
	fit   []doctor.Snapshot
	place doctor.ID // all that fit up to here were seen
	all   bool      // the way has come to its end
}

// look takes a step.
func (s *Store) look(ctx context.Context, way way, q outbound.Query, after doctor.ID, most int) (sight, error) {
	var rows []struct {
		doctorRow
		Place int64 `db:"place"`
		Nth   int64 `db:"nth"`
	}
	args := []any{
		int64(after), most, set(q.HospitalID.Int64()), set(q.DepartmentID.Int64()), set(q.PositionRank.String()),
		set(q.Status.String()), set(q.Keyword.String()),
	}
	if way.own != nil {
		args = append(args, way.own(q))
	}
	if err := s.all(ctx, &rows, way.query, args...); err != nil {
		return sight{}, err
	}
	seen := sight{all: true}
	for _, r := range rows {
		if r.ID.Valid {
			seen.fit = append(seen.fit, r.snapshot())
		}
		seen.place, seen.all = doctor.ID(r.Place), r.Nth < stride
	}
	return seen, nil
}

const selectByStaffNumber = `SELECT ` + doctorColumns + ` FROM doctors WHERE hospital_id = $1 AND internal_id = $2`

// ByStaffNumber loads the doctor that has a staff number in a hospital.
func (s *Store) ByStaffNumber(
	ctx context.Context, hospital doctor.Reference, number doctor.StaffNumber,
) (*doctor.Doctor, error) {
	found, err := s.load(ctx, selectByStaffNumber, hospital.Int64(), number.String())
	if err != nil {
		return nil, err
	}
	return doctor.Restore(found)
}
