// Package bolt keeps doctors in one file of go.etcd.io/bbolt. It is the example of a storage that another team brings:
// it knows of the doctor service what the packages domain/doctor and ports/outbound say, and nothing else.
//
//	Store (a replica)  →  read / write: one transaction of the file each
//	 └ doctors.go, directory.go, erasure.go, logins.go …: one port each, records in JSON in the buckets of buckets.go
//
// A file belongs to one process at a time.
package bolt

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Store is one replica.
type Store struct {
	file   *file
	closed atomic.Bool
}

var _ outbound.Storage = (*Store)(nil)

// Driver hands the storage over under the scheme "bolt": DOCTOR_STORAGE=bolt:doctors.bolt.
func Driver() outbound.StorageDriver {
	return outbound.StorageDriver{
		Schemes: []string{"bolt"},
		Open: func(_ context.Context, o outbound.StorageOptions) (outbound.Storage, error) {
			url, err := o.URL()
			if err != nil {
				return nil, err
			}
			path, err := pathOf(url)
			if err != nil {
				return nil, err
			}
			f, err := openFile(path)
			if err != nil {
				return nil, err
			}
			return &Store{file: f}, nil
		},
		Embedded: true,
		Path:     pathOf,
	}
}

func pathOf(url string) (string, error) {
	path, ours := strings.CutPrefix(url, "bolt:")
	if !ours || path == "" {
		return "", fmt.Errorf("the URL of a bolt storage is bolt:PATH, not %q", url)
	}
	return path, nil
}

var errClosed = fmt.Errorf("%w: it is closed", outbound.ErrUnavailable)

// usable tells why a call cannot even begin.
func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed.Load() {
		return errClosed
	}
	return nil
}

// read looks at the file as it was last committed. It waits for nobody.
func (s *Store) read(ctx context.Context, look func(buckets) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	return run(s.file.db.View, look)
}

// write runs one step that takes place as a whole or not at all. There is one writer at a time; a caller whose context
// ends while it waits for its turn goes away, which bbolt's own lock would not let it do.
func (s *Store) write(ctx context.Context, step func(buckets) error) error {
	select {
	case s.file.turn <- struct{}{}:
		defer func() { <-s.file.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := s.usable(ctx); err != nil {
		return err
	}
	return run(s.file.db.Update, step)
}

// run tells what the step says as it is; that the file failed is ErrUnavailable.
func run(transaction func(func(*bbolt.Tx) error) error, step func(buckets) error) error {
	var said error
	err := transaction(func(tx *bbolt.Tx) error {
		said = step(buckets{tx})
		return said
	})
	if err != nil && said == nil {
		return fmt.Errorf("%w: %w", outbound.ErrUnavailable, err)
	}
	return said
}

// Probe tells that there is no schema that could not fit.
func (s *Store) Probe(ctx context.Context) (p outbound.Probe, err error) {
	err = s.read(ctx, func(in buckets) error {
		p = outbound.Probe{
			Now:          time.Now(),
			Schema:       outbound.Schema{Version: 1, ServesFrom: 1, Program: 1},
			Administered: in.administered(0, doctor.Active),
		}
		return nil
	})
	return p, err
}

// Sweep forgets what has expired.
func (s *Store) Sweep(ctx context.Context) error {
	return s.write(ctx, func(in buckets) error {
		now := time.Now()
		for _, sweep := range []func(time.Time) error{in.sweepCounters, in.sweepNetworks, in.sweepRevocations} {
			if err := sweep(now); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close ends this replica; the file is closed with the last one.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return s.file.release()
}
