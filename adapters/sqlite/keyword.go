package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"hospital.example/doctor-service/domain/doctor"
)

// lookedThrough is how many doctors are looked through before doctor_keys is asked.
const lookedThrough = 2000

// selectBands finds the bands in which there is a key, from that of an id on. SQLite steps from band to band, since no
// index is in the order of keys alone.
const selectBands = `WITH RECURSIVE bands (band) AS (
		VALUES (?1 / 4096) UNION ALL SELECT band + 1 FROM bands WHERE band < (SELECT max(id) FROM doctors) / 4096
	)
	SELECT band FROM bands WHERE EXISTS (SELECT 1 FROM doctor_keys k WHERE k.band = bands.band AND key >= ?2 AND key < ?3)`

const (
	withKey   = `instr(char(10) || search_keys, char(10) || ?) > 0`
	withKeyIn = `id IN (SELECT doctor_id FROM doctor_keys WHERE band = ? AND key >= ? AND key < ? AND doctor_id > ?)`
)

// findByKeyword has two ways. What many have, such as the surname 王, soon fills a page where doctors are looked through
// one by one, and so does what is looked for in a hospital alone. What few have, or those have who came last, is found by
// its keys. Whoever fits all the while is met by one of the two, so they need not see the same moment.
func (f *finding) findByKeyword(ctx context.Context) error {
	last, err := f.lookThrough(ctx)
	if err != nil || last == 0 || f.missing() == 0 {
		return err
	}
	return f.lookUp(ctx, last)
}

// lookThrough looks for the keyword among the next doctors that fit otherwise, up to the last; zero: there are no more.
func (f *finding) lookThrough(ctx context.Context) (last doctor.ID, err error) {
	var c conditions
	c.add("id > ?", int64(f.q.After))
	if err := c.addFilters(f.q); err != nil {
		return 0, err
	}
	query, args := c.query("id", 1)
	err = f.in.one(ctx, []any{&last}, query+" OFFSET ?", append(args, f.through-1)...)
	switch {
	case err == nil:
		c.add("id <= ?", int64(last))
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	c.add(withKey, f.q.Keyword.String())
	return last, f.take(ctx, c)
}

// lookUp finds those behind last by their keys.
func (f *finding) lookUp(ctx context.Context, last doctor.ID) error {
	var (
		band  int64
		bands []int64
	)
	low, high := f.keys()
	err := f.in.each(ctx, []any{&band}, func() { bands = append(bands, band) }, selectBands, int64(last), low, high)
	for _, band := range bands {
		if err != nil || f.missing() == 0 {
			break
		}
		err = f.lookUpIn(ctx, band, last)
	}
	return err
}

// lookUpIn finds those of a band.
func (f *finding) lookUpIn(ctx context.Context, band int64, last doctor.ID) error {
	var c conditions
	low, high := f.keys()
	c.lead(withKeyIn, band, low, high, int64(last))
	if err := c.addFilters(f.q); err != nil {
		return err
	}
	return f.take(ctx, c)
}

// keys that begin with the keyword are those from low on, below high: 0xff is in no text, and greater than all that are.
func (f *finding) keys() (low, high string) {
	low = f.q.Keyword.String()
	return low, low + "\xff"
}
