package bolt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// claim is what only one doctor may have; refusal is what the second one hears.
type claim struct {
	key     []byte
	refusal error
}

func phoneKey(phone string) []byte { return append([]byte("phone "), phone...) }

func claimsOf(s doctor.Snapshot) []claim {
	claims := []claim{{phoneKey(s.Phone), doctor.ErrPhoneTaken}}
	if s.HospitalID != 0 && s.InternalID != "" {
		key := append(append([]byte("staff "), number(s.HospitalID)...), s.InternalID...)
		claims = append(claims, claim{key, doctor.ErrStaffNumberTaken})
	}
	return claims
}

// Add stores a new doctor.
func (s *Store) Add(ctx context.Context, d *doctor.Doctor) (id doctor.ID, err error) {
	err = s.write(ctx, func(in buckets) error {
		id, err = in.add(d)
		return err
	})
	return id, err
}

// AddFirstAdministrator stores the doctor if there is no administrator yet.
func (s *Store) AddFirstAdministrator(ctx context.Context, d *doctor.Doctor) (id doctor.ID, err error) {
	err = s.write(ctx, func(in buckets) error {
		if in.administered(0, doctor.Active, doctor.Disabled) {
			return doctor.ErrAdministratorExists
		}
		id, err = in.add(d)
		return err
	})
	return id, err
}

func (in buckets) add(d *doctor.Doctor) (doctor.ID, error) {
	next, err := in.bucket(doctorsBucket).NextSequence()
	if err != nil {
		return 0, err
	}
	after, left := d.Snapshot(), d.Drain()
	after.ID = doctor.ID(next)
	return after.ID, in.store(doctor.Snapshot{}, after, left)
}

// Get loads a doctor.
func (s *Store) Get(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
	data, err := s.load(ctx, id)
	if err != nil {
		return nil, err
	}
	_, d, err := restore(data)
	return d, err
}

// load returns a doctor as it lies in the file.
func (s *Store) load(ctx context.Context, id doctor.ID) (data []byte, err error) {
	err = s.read(ctx, func(in buckets) error {
		if data = bytes.Clone(in.bucket(doctorsBucket).Get(number(int64(id)))); data == nil {
			return doctor.ErrNotFound
		}
		return nil
	})
	return data, err
}

func restore(data []byte) (doctor.Snapshot, *doctor.Doctor, error) {
	var s doctor.Snapshot
	if err := json.Unmarshal(data, &s); err != nil {
		return s, nil, errors.Join(doctor.ErrDamaged, err)
	}
	d, err := doctor.Restore(s)
	return s, d, err
}

// ByPhone loads the doctor that has the phone.
func (s *Store) ByPhone(ctx context.Context, phone doctor.Phone) (d *doctor.Doctor, err error) {
	err = s.read(ctx, func(in buckets) error {
		d, err = in.byPhone(phone)
		return err
	})
	return d, err
}

func (in buckets) byPhone(phone doctor.Phone) (*doctor.Doctor, error) {
	id := in.bucket(claimsBucket).Get(phoneKey(phone.String()))
	if id == nil {
		return nil, doctor.ErrNotFound
	}
	_, d, err := restore(in.bucket(doctorsBucket).Get(id))
	return d, err
}

// Update changes a doctor. The change runs outside of transactions, so that it can hold up nobody; if anything was
// stored meanwhile, all is done again on what is there now.
func (s *Store) Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	for {
		data, err := s.load(ctx, id)
		if err != nil {
			return nil, err
		}
		before, d, err := restore(data)
		if err != nil {
			return nil, err
		}
		if err := change(d); err != nil {
			return nil, err
		}
		after, left := d.Snapshot(), d.Drain()
		if after.Version == before.Version && len(left.Events) == 0 {
			return doctor.Restore(before)
		}
		stored := false
		err = s.write(ctx, func(in buckets) error {
			if !bytes.Equal(in.bucket(doctorsBucket).Get(number(int64(id))), data) {
				return nil
			}
			stored = true
			return in.store(before, after, left)
		})
		if stored || err != nil {
			return d, err
		}
	}
}

// store checks the rules that span doctors and writes state, events and ended sessions. An error undoes all of it: it
// ends the transaction.
func (in buckets) store(before, after doctor.Snapshot, left doctor.Drained) error {
	if err := storable(after, after.Credential, left.Events); err != nil {
		return err
	}
	key := number(int64(after.ID))
	if err := in.reclaim(before, after, key); err != nil {
		return err
	}
	if err := in.note(before, after); err != nil {
		return err
	}
	if err := put(in.bucket(doctorsBucket), key, after); err != nil {
		return err
	}
	for i := range left.Events {
		left.Events[i].Doctor = after.ID
	}
	if err := in.record(left.Events...); err != nil || left.Ended == nil {
		return err
	}
	return in.revoke(outbound.Revocation{
		Doctor:     after.ID,
		Generation: left.Ended.Generation,
		Session:    left.Ended.Except,
		Expires:    time.Now().Add(outbound.GenerationKept),
	})
}

// reclaim gives up what the doctor had and takes what it has now.
func (in buckets) reclaim(before, after doctor.Snapshot, key []byte) error {
	b := in.bucket(claimsBucket)
	if before.ID != 0 {
		for _, c := range claimsOf(before) {
			if err := b.Delete(c.key); err != nil {
				return err
			}
		}
	}
	for _, c := range claimsOf(after) {
		if b.Get(c.key) != nil {
			return c.refusal
		}
		if err := b.Put(c.key, key); err != nil {
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

// record stores events.
func (in buckets) record(events ...doctor.Event) error {
	b := in.bucket(eventsBucket)
	for _, e := range events {
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		if err := put(b, append(number(int64(e.Doctor)), number(int64(n))...), e); err != nil {
			return err
		}
	}
	return nil
}
