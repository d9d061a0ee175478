package outbound

import (
	"context"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
)

// Directory finds doctors.
type Directory interface {
	// Find looks for doctors, ordered by id, as they were last stored. Each comes on exactly one page of those who follow
	// Next, unless it began or ceased to fit meanwhile.
	Find(ctx context.Context, q Query) (Page, error)

	// ByStaffNumber loads the doctor that has a staff number in a hospital; letter case matters.
	// Errors: doctor.ErrNotFound.
	ByStaffNumber(ctx context.Context, hospital doctor.Reference, number doctor.StaffNumber) (*doctor.Doctor, error)
}

// Query says which doctors are looked for: those that fit everything that is not zero.
type Query struct {
	Keyword      doctor.Keyword // one of the doctor's SearchKeys begins with it
	IDs          []doctor.ID    // nil: whatever the id is; twice is once
	HospitalID   doctor.Reference
	DepartmentID doctor.Reference
	PositionRank doctor.PositionRank // exactly
	Status       doctor.Status
	After        doctor.ID // only greater ids
	Limit        int       // at least 1
}

// Fits tells whether a doctor is one of those who are looked for, on whichever page.
func (q Query) Fits(d doctor.Snapshot) bool {
	return d.SearchKeys.Match(q.Keyword) &&
		(q.IDs == nil || slices.Contains(q.IDs, d.ID)) &&
		isOrAny(d.HospitalID, q.HospitalID.Int64()) &&
		isOrAny(d.DepartmentID, q.DepartmentID.Int64()) &&
		isOrAny(d.PositionRank, q.PositionRank.String()) &&
		isOrAny(d.Status, q.Status.String())
}

// isOrAny tells whether a value is the one that is looked for, if one is.
func isOrAny[T comparable](value, wanted T) bool {
	var unset T
	return wanted == unset || value == wanted
}

// Page is the first Limit doctors that fit.
type Page struct {
	Doctors []*doctor.Doctor
	Damaged []doctor.ID // those among them that cannot be restored: one of them must not hide all others
	Next    doctor.ID   // the last id of the page if there are more behind it, else zero
}

// PageOf makes a page of the first doctors that fit, ordered by id: of all there are, or of one more than limit at least.
func PageOf(found []doctor.Snapshot, limit int) (page Page) {
	if len(found) > limit {
		found = found[:limit]
		page.Next = found[limit-1].ID
	}
	for _, snapshot := range found {
		if d, err := doctor.Restore(snapshot); err != nil {
			page.Damaged = append(page.Damaged, snapshot.ID)
		} else {
			page.Doctors = append(page.Doctors, d)
		}
	}
	return page
}
