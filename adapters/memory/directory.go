package memory

import (
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
	var ids []doctor.ID
	for id, d := range s.doctors {
		if id > q.After && fits(d, q) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var page outbound.Page
	if len(ids) > q.Limit {
		ids = ids[:q.Limit]
		page.Next = ids[q.Limit-1]
	}
	for _, id := range ids {
		if d, err := doctor.Restore(s.doctors[id]); err != nil {
			page.Damaged = append(page.Damaged, id)
		} else {
			page.Doctors = append(page.Doctors, d)
		}
	}
	return page, nil
}

func fits(d doctor.Snapshot, q outbound.Query) bool {
	return d.SearchKeys.Match(q.Keyword) &&
		(q.IDs == nil || slices.Contains(q.IDs, d.ID)) &&
		fitsOrAny(d.HospitalID, q.HospitalID.Int64()) &&
		fitsOrAny(d.DepartmentID, q.DepartmentID.Int64()) &&
		fitsOrAny(d.PositionRank, q.PositionRank.String()) &&
		fitsOrAny(d.Status, q.Status.String())
}

// fitsOrAny tells whether a value is the one that is looked for, if one is.
func fitsOrAny[T comparable](value, wanted T) bool {
	var unset T
	return wanted == unset || value == wanted
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
