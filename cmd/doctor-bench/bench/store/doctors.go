package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
)

// Doctor is somebody in the storage, as far as the tool has to know.
type Doctor struct {
	ID, Generation int64
	Phone, Name    string
}

const selectDoctors = `SELECT id, phone, name, generation FROM doctors WHERE role = 'doctor' AND status = 'active' AND id >= %d
	ORDER BY id LIMIT 1`

// Count is how many doctors there are, about: no id is given twice.
func (s *Store) Count(ctx context.Context) (highest int64, err error) {
	err = s.DB.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM doctors").Scan(&highest)
	return highest, err
}

// Doctors picks n different ordinary doctors at random over the whole range, all there are if they are fewer.
func (s *Store) Doctors(ctx context.Context, n int) ([]Doctor, error) {
	highest, err := s.Count(ctx)
	if err != nil {
		return nil, err
	}
	picked := make([]Doctor, 0, n)
	seen := map[int64]bool{}
	take := func(from int64) error {
		rows, err := s.DB.QueryContext(ctx, fmt.Sprintf(selectDoctors, from))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var d Doctor
			if err := rows.Scan(&d.ID, &d.Phone, &d.Name, &d.Generation); err != nil {
				return err
			}
			if !seen[d.ID] {
				seen[d.ID] = true
				picked = append(picked, d)
			}
		}
		return rows.Err()
	}
	for try := 0; len(picked) < n && try < 4*n && highest > 0; try++ {
		from := 1 + rand.Int64N(highest) //nolint:gosec // no secret
		if highest <= int64(n)*2 {
			from = int64(try) + 1 // few: all of them in turn
		}
		if err := take(from); err != nil {
			return nil, err
		}
	}
	if len(picked) == 0 {
		return nil, errors.New("there is no doctor in the storage: fill it first (doctor-bench fill --help)")
	}
	return picked, nil
}

// Administrator finds one that may register others.
func (s *Store) Administrator(ctx context.Context) (d Doctor, err error) {
	err = s.DB.QueryRowContext(ctx, `SELECT id, phone, name, generation FROM doctors
		WHERE role = 'admin' AND status = 'active' ORDER BY id LIMIT 1`).Scan(&d.ID, &d.Phone, &d.Name, &d.Generation)
	return d, err
}
