package bolt

import (
	"bytes"
	"context"
	"encoding/json"
	"math"

	"hospital.example/doctor-service/domain/doctor"
)

// record stores events, those of whom is not there without their Values: it was erased meanwhile.
func (in buckets) record(events ...doctor.Event) error {
	b := in.bucket(eventsBucket)
	for _, e := range events {
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		entry := doctor.Entry{Number: int64(n), Event: e}
		if in.bucket(doctorsBucket).Get(number(int64(e.Doctor))) == nil {
			entry = withoutValues(entry)
		}
		if err := put(b, eventKey(e.Doctor, entry.Number), entry); err != nil {
			return err
		}
	}
	return nil
}

func eventKey(id doctor.ID, n int64) []byte { return append(number(int64(id)), number(n)...) }

func withoutValues(e doctor.Entry) doctor.Entry {
	e.Values, e.Erased = doctor.Values{}, true
	return e
}

// forgetValues drops what identifies people in a doctor's events.
func (in buckets) forgetValues(id doctor.ID) error {
	b := in.bucket(eventsBucket)
	for _, key := range under(b, number(int64(id))) {
		e, err := take[doctor.Entry](b, key)
		if err != nil {
			return err
		}
		if err := put(b, key, withoutValues(e)); err != nil {
			return err
		}
	}
	return nil
}

// Note stores an event by itself.
func (s *Store) Note(ctx context.Context, event doctor.Event) error {
	return s.write(ctx, func(in buckets) error {
		if err := storable(event); err != nil {
			return err
		}
		return in.record(event)
	})
}

// Events loads a doctor's events, the newest first.
func (s *Store) Events(ctx context.Context, id doctor.ID, before int64, limit int) (found []doctor.Entry, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	err = s.read(ctx, func(in buckets) error {
		c, prefix := in.bucket(eventsBucket).Cursor(), number(int64(id))
		newest := c.Prev // of the first that is too new, or another doctor's
		if key, _ := c.Seek(eventKey(id, before)); key == nil {
			newest = c.Last
		}
		for key, data := newest(); bytes.HasPrefix(key, prefix) && len(found) < limit; key, data = c.Prev() {
			var e doctor.Entry
			if err := json.Unmarshal(data, &e); err != nil {
				return err
			}
			found = append(found, e)
		}
		return nil
	})
	return found, err
}
