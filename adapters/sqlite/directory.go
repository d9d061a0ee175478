package sqlite

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

const doctorByStaffNumber = `SELECT id, ` + state + ` FROM doctors WHERE hospital_id = ? AND internal_id = ?`

// ByStaffNumber implements outbound.Directory.
func (s *Store) ByStaffNumber(
	ctx context.Context, hospital doctor.Reference, number doctor.StaffNumber,
) (*doctor.Doctor, error) {
	return load(ctx, s.readers, doctorByStaffNumber, hospital.Int64(), number.String())
}

// Find implements outbound.Directory.
func (s *Store) Find(ctx context.Context, q outbound.Query) (outbound.Page, error) {
	f := finding{in: s.readers, q: q, through: lookedThrough}
	find := f.find
	if !q.Keyword.IsZero() {
		find = f.findByKeyword
	}
	if err := find(ctx); err != nil {
		return outbound.Page{}, err
	}
	return outbound.PageOf(f.found, q.Limit), nil
}

// finding is a call of Find. It looks for one doctor more than asked for, to know whether there is one.
type finding struct {
	in      *statements
	q       outbound.Query
	through int // how many are looked through for a keyword
	found   []doctor.Snapshot
}

func (f *finding) find(ctx context.Context) error {
	var c conditions
	c.add("id > ?", int64(f.q.After))
	if err := c.addFilters(f.q); err != nil {
		return err
	}
	return f.take(ctx, c)
}

// missing is how many doctors are still to be found.
func (f *finding) missing() int { return f.q.Limit + 1 - len(f.found) }

// take finds the next doctors that fulfil the conditions.
func (f *finding) take(ctx context.Context, c conditions) error {
	var s doctor.Snapshot
	query, args := c.query("id, "+state, f.missing())
	return f.in.each(ctx, append([]any{&s.ID}, places(&s)...), func() { f.found = append(f.found, s) }, query, args...)
}
