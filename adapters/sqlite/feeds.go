package sqlite

import (
	"context"
	"errors"
	"sync"

	"github.com/jmoiron/sqlx"

	"hospital.example/doctor-service/ports/outbound"
)

// feeds are those that are open: closing the store ends them.
type feeds struct {
	db *sqlx.DB

	mu     sync.Mutex
	open   map[*feed]struct{}
	closed bool
}

func newFeeds(db *sqlx.DB) *feeds {
	db.SetMaxIdleConns(-1) // a connection is one feed's alone and ends with it
	return &feeds{db: db, open: make(map[*feed]struct{})}
}

// Watch implements outbound.Revocations.
func (s *Store) Watch(ctx context.Context) (outbound.Feed, error) {
	conn, err := s.feeds.db.Connx(ctx)
	if err != nil {
		return nil, s.readers.told(err)
	}
	f := &feed{among: s.feeds, conn: conn, on: &statements{on: conn}}
	if err := s.feeds.add(f); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return f, nil
}

func (fs *feeds) add(f *feed) error {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.closed {
		return errClosed
	}
	fs.open[f] = struct{}{}
	return nil
}

// end closes a feed's connection, unless that was done before.
func (fs *feeds) end(f *feed) error {
	fs.mu.Lock()
	_, open := fs.open[f]
	delete(fs.open, f)
	fs.mu.Unlock()
	if !open {
		return nil
	}
	return f.hangUp()
}

func (fs *feeds) close() error {
	fs.mu.Lock()
	fs.closed = true
	open := fs.open
	fs.open = nil
	fs.mu.Unlock()
	var errs []error
	for f := range open {
		errs = append(errs, f.hangUp())
	}
	return errors.Join(append(errs, fs.db.Close())...)
}
