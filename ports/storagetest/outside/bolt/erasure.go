package bolt

import (
	"bytes"
	"context"

	"hospital.example/doctor-service/domain/doctor"
)

// Erase forgets a doctor for good. Like that of Update its change runs outside of transactions.
func (s *Store) Erase(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) error {
	for {
		data, err := s.load(ctx, id)
		if err != nil {
			return err
		}
		before, d, err := restore(data)
		if err != nil {
			return err
		}
		if err := change(d); err != nil {
			return err
		}
		left, erased := d.Drain(), false
		err = s.write(ctx, func(in buckets) error {
			if !bytes.Equal(in.bucket(doctorsBucket).Get(number(int64(id))), data) {
				return nil
			}
			erased = true
			return in.erase(before, left)
		})
		if erased || err != nil {
			return err
		}
	}
}

// erase removes all that is kept of a doctor, but for its events.
func (in buckets) erase(before doctor.Snapshot, left doctor.Drained) error {
	if err := storable(left.Events); err != nil {
		return err
	}
	nobody := doctor.Snapshot{ID: before.ID}
	if err := in.note(before, nobody); err != nil {
		return err
	}
	if err := in.index(before, nobody); err != nil {
		return err
	}
	if err := in.release(before); err != nil {
		return err
	}
	key := number(int64(before.ID))
	if err := in.bucket(doctorsBucket).Delete(key); err != nil {
		return err
	}
	networks := in.bucket(networksBucket)
	if err := deleteAll(networks, under(networks, key)); err != nil {
		return err
	}
	if err := in.forgetValues(before.ID); err != nil {
		return err
	}
	return in.storeDrained(before.ID, left)
}
