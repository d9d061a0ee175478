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
		d, err = in.byClaim(phoneKey(phone.String()))
		return err
	})
	return d, err
}

// byClaim loads whoever has what a key stands for.
func (in buckets) byClaim(key []byte) (*doctor.Doctor, error) {
	id := in.bucket(claimsBucket).Get(key)
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
			keys := after.SearchKeys
			if after = before; keys == before.SearchKeys {
				return doctor.Restore(before)
			}
			after.SearchKeys = keys
		}
		stored := false
		err = s.write(ctx, func(in buckets) error {
			if !bytes.Equal(in.bucket(doctorsBucket).Get(number(int64(id))), data) {
				return nil
			}
			stored = true
			return in.store(before, after, left)
		})
		switch {
		case err != nil:
			return nil, err
		case stored:
			return doctor.Restore(after)
		}
	}
}

// store checks the rules that span doctors and writes state, events and ended sessions. An error undoes all of it: it
// ends the transaction.
func (in buckets) store(before, after doctor.Snapshot, left doctor.Drained) error {
	if err := storable(after, after.Credential, left.Events); err != nil {
		return err
	}
	if err := in.reclaim(before, after); err != nil {
		return err
	}
	if err := in.note(before, after); err != nil {
		return err
	}
	if err := in.index(before, after); err != nil {
		return err
	}
	if err := put(in.bucket(doctorsBucket), number(int64(after.ID)), after); err != nil {
		return err
	}
	return in.storeDrained(after.ID, left)
}

// storeDrained stores what a doctor's verbs left behind.
func (in buckets) storeDrained(id doctor.ID, left doctor.Drained) error {
	for i := range left.Events {
		left.Events[i].Doctor = id
	}
	if err := in.record(left.Events...); err != nil || left.Ended == nil {
		return err
	}
	return in.revoke(outbound.Revocation{
		Doctor:     id,
		Generation: left.Ended.Generation,
		Session:    left.Ended.Except,
		Expires:    time.Now().Add(outbound.GenerationKept),
	})
}
