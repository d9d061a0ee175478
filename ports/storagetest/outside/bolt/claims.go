package bolt

import (
	"bytes"

	"hospital.example/doctor-service/domain/doctor"
)

// claim is what only one doctor may have; refusal is what the second one hears.
type claim struct {
	key     []byte
	refusal error
}

func phoneKey(phone string) []byte { return append([]byte("phone "), phone...) }

func staffKey(hospital int64, text string) []byte {
	return append(append([]byte("staff "), number(hospital)...), text...)
}

func claimsOf(s doctor.Snapshot) []claim {
	claims := []claim{{phoneKey(s.Phone), doctor.ErrPhoneTaken}}
	if s.HospitalID != 0 && s.InternalID != "" {
		claims = append(claims, claim{staffKey(s.HospitalID, s.InternalID), doctor.ErrStaffNumberTaken})
	}
	return claims
}

// reclaim gives up what the doctor had and takes what it has now.
func (in buckets) reclaim(before, after doctor.Snapshot) error {
	if before.ID != 0 {
		if err := in.release(before); err != nil {
			return err
		}
	}
	b := in.bucket(claimsBucket)
	for _, c := range claimsOf(after) {
		if b.Get(c.key) != nil {
			return c.refusal
		}
		if err := b.Put(c.key, number(int64(after.ID))); err != nil {
			return err
		}
	}
	return nil
}

// release gives up what the doctor had.
func (in buckets) release(before doctor.Snapshot) error {
	b := in.bucket(claimsBucket)
	for _, c := range claimsOf(before) {
		if err := b.Delete(c.key); err != nil {
			return err
		}
	}
	return nil
}

// note keeps the list of administrators, in which an active one remains once there was one.
func (in buckets) note(before, after doctor.Snapshot) error {
	administers := func(s doctor.Snapshot) bool { return s.Role == doctor.Administrator.String() }
	wasActive := administers(before) && before.Status == doctor.Active.String()
	isActive := administers(after) && after.Status == doctor.Active.String()
	if wasActive && !isActive && !in.administered(after.ID, doctor.Active) {
		return doctor.ErrLastAdministrator
	}
	b, key := in.bucket(administratorsBucket), number(int64(after.ID))
	if administers(after) {
		return b.Put(key, []byte(after.Status))
	}
	return b.Delete(key)
}

// administered tells whether there is an administrator of a status, other than one.
func (in buckets) administered(other doctor.ID, statuses ...doctor.Status) bool {
	c := in.bucket(administratorsBucket).Cursor()
	for key, status := c.First(); key != nil; key, status = c.Next() {
		for _, wanted := range statuses {
			if string(status) == wanted.String() && !bytes.Equal(key, number(int64(other))) {
				return true
			}
		}
	}
	return false
}
