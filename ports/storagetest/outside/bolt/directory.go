package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Find looks for doctors: it goes through the ids that may fit until it has one more than a page holds.
func (s *Store) Find(ctx context.Context, q outbound.Query) (outbound.Page, error) {
	var found []doctor.Snapshot
	err := s.read(ctx, func(in buckets) error {
		return in.candidates(q, func(id doctor.ID, data []byte) (more bool) {
			d, _, _ := restore(data) // whom nobody can restore the page tells apart
			if d.ID = id; q.Fits(d) {
				found = append(found, d)
			}
			return len(found) <= q.Limit
		})
	})
	return outbound.PageOf(found, q.Limit), err
}

// candidates are doctors that may fit, ordered by id: those of a list, those that a keyword finds, or all.
func (in buckets) candidates(q outbound.Query, visit func(id doctor.ID, data []byte) (more bool)) error {
	b := in.bucket(doctorsBucket)
	if q.IDs == nil && q.Keyword.IsZero() {
		c := b.Cursor()
		for key, data := c.Seek(number(int64(q.After) + 1)); key != nil; key, data = c.Next() {
			if !visit(idOf(key), data) {
				break
			}
		}
		return nil
	}
	ids := slices.Clone(q.IDs)
	if q.IDs == nil {
		ids = in.found(q.Keyword)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		data := b.Get(number(int64(id)))
		if id > q.After && data != nil && !visit(id, data) {
			break
		}
	}
	return nil
}

// searchKey is a search key and whom it finds: all that begin with a keyword lie together.
func searchKey(key string, id doctor.ID) []byte {
	return append(append([]byte(key), 0), number(int64(id))...)
}

// found are those who have a key that begins with the keyword, once for each such key.
func (in buckets) found(w doctor.Keyword) (ids []doctor.ID) {
	c, prefix := in.bucket(searchBucket).Cursor(), []byte(w.String())
	for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Next() {
		ids = append(ids, idOf(key[len(key)-8:]))
	}
	return ids
}

func idOf(key []byte) doctor.ID { return doctor.ID(binary.BigEndian.Uint64(key)) }

// index keeps a doctor's search keys; before and after are as it was and as it will be.
func (in buckets) index(before, after doctor.Snapshot) error {
	if before.SearchKeys == after.SearchKeys {
		return nil
	}
	b := in.bucket(searchBucket)
	for _, key := range before.SearchKeys.List() {
		if err := b.Delete(searchKey(key, before.ID)); err != nil {
			return err
		}
	}
	for _, key := range after.SearchKeys.List() {
		if err := b.Put(searchKey(key, after.ID), nil); err != nil {
			return err
		}
	}
	return nil
}

// ByStaffNumber loads the doctor that has a staff number in a hospital.
func (s *Store) ByStaffNumber(
	ctx context.Context, hospital doctor.Reference, n doctor.StaffNumber,
) (d *doctor.Doctor, err error) {
	err = s.read(ctx, func(in buckets) error {
		d, err = in.byClaim(staffKey(hospital.Int64(), n.String()))
		return err
	})
	return d, err
}
