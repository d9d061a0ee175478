package memory

import (
	"cmp"
	"context"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Find looks for doctors.
func (s *Store) Find(ctx context.Context, q outbound.Query) (outbound.Page, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return outbound.Page{}, err
	}
	defer leave()
	var found []doctor.Snapshot
	for id, d := range s.doctors {
		if id > q.After && q.Fits(d) {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b doctor.Snapshot) int { return cmp.Compare(a.ID, b.ID) })
	return outbound.PageOf(found, q.Limit), nil
}

// ByStaffNumber loads the doctor that has a staff number in a hospital.
func (s *Store) ByStaffNumber(
	ctx context.Context, hospital doctor.Reference, number doctor.StaffNumber,
) (*doctor.Doctor, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	id, ok := s.claims[claim{doctor.ErrStaffNumberTaken, hospital.Int64(), number.String()}]
	if !ok {
		return nil, doctor.ErrNotFound
	}
	return doctor.Restore(s.doctors[id])
}
