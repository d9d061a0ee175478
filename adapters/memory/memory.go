// Package memory keeps everything in this process and forgets it at the end. It is the smallest storage that fulfils the
// contract: the double that the core is tested with, and the template to copy for another one.
//
//	Store (a replica: may be closed)  →  data (what is kept, under one lock)
//	   └ doctors.go, directory.go, logins.go, revocations.go, trail.go …: one port each
//
// A call takes the lock once, looks, decides and writes; that is what makes it one atomic step.
package memory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// data is what is kept; all replicas on it share its lock.
type data struct {
	mu          sync.Mutex
	lastID      doctor.ID
	doctors     map[doctor.ID]doctor.Snapshot
	claims      map[claim]doctor.ID // who has a phone, a staff number
	events      []doctor.Entry
	lastEvent   int64
	erased      map[doctor.ID]bool
	counters    map[[16]byte]counter
	known       map[knownNetwork]time.Time // until when
	revocations []revocation               // in the order in which they came
	lastPlace   int64
}

// Store is one replica.
type Store struct {
	*data
	closed bool
}

var _ outbound.Storage = (*Store)(nil)

// New makes a store of its own, with nothing in it.
func New() *Store {
	return &Store{data: &data{
		doctors:  map[doctor.ID]doctor.Snapshot{},
		claims:   map[claim]doctor.ID{},
		counters: map[[16]byte]counter{},
		known:    map[knownNetwork]time.Time{},
		erased:   map[doctor.ID]bool{},
	}}
}

// Driver hands the store over under the scheme "memory". Every Open begins with nothing.
func Driver() outbound.StorageDriver {
	return outbound.StorageDriver{
		Schemes: []string{"memory"},
		Check:   check,
		Open: func(_ context.Context, o outbound.StorageOptions) (outbound.Storage, error) {
			url, err := o.URL()
			if err != nil {
				return nil, err
			}
			if err := check(url); err != nil {
				return nil, err
			}
			return New(), nil
		},
		Embedded: true,
	}
}

func check(url string) error {
	if url != "memory:" {
		return fmt.Errorf("a storage in memory has nothing to name: %q should be %q", url, "memory:")
	}
	return nil
}

var errClosed = fmt.Errorf("%w: it is closed", outbound.ErrUnavailable)

// enter begins a call: it takes the lock, unless the call is over before it began.
func (s *Store) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed
	}
	return s.mu.Unlock, nil
}

// Probe tells that there is no schema that could not fit.
func (s *Store) Probe(ctx context.Context) (outbound.Probe, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return outbound.Probe{}, err
	}
	defer leave()
	return outbound.Probe{
		Now:          time.Now(),
		Schema:       outbound.Schema{Version: 1, ServesFrom: 1, Program: 1},
		Administered: s.administered(0),
	}, nil
}

// Sweep forgets what has expired.
func (s *Store) Sweep(ctx context.Context) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	now := time.Now()
	s.sweepCounters(now)
	maps.DeleteFunc(s.known, func(_ knownNetwork, until time.Time) bool { return !until.After(now) })
	s.sweepRevocations(now)
	s.sweepValues()
	return nil
}

// Close ends this replica; what it shares with others stays.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

var errText = errors.New("text with a NUL character, or that is no UTF-8, cannot be stored")

// storable refuses what other storages cannot keep, so that nothing works here alone. Printing shows every text.
func storable(values ...any) error {
	if text := fmt.Sprint(values...); strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
		return errText
	}
	return nil
}
