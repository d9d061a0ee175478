// Package sqlite keeps doctors in one file, for a service that runs as one process on one machine:
//
//	DOCTOR_STORAGE=sqlite:PATH  →  Driver  →  Store ─┬─ writer   one connection, commits what waits together
//	                                                ├─ readers  read-only connections, which never wait for the writer
//	                                                └─ feeds    one connection each, watching for commits
//
// Another process may use the same file at once, such as the command line: SQLite's locks let one of them write at a
// time, and a feed sees the commits of all. The file must lie on a disk of the machine itself: on a network file system
// these locks and the memory shared through PATH-shm do not work.
//
// # What belongs together
//
// The database is PATH and, while the service runs or after a crash, PATH-wal: the last commits lie there. The signing
// keys lie in PATH.keys. PATH-shm and PATH.lock hold no data. So a backup is
//
//   - with the service stopped: PATH, PATH-wal if it is there, and PATH.keys;
//   - with the service running: `sqlite3 PATH "VACUUM INTO 'COPY'"` and PATH.keys. Copying the files of a running
//     service gives a copy that may be damaged.
//
// A copy put back must not meet the PATH-wal of the database that it replaces: delete that one.
//
// # What is erased
//
// When Erase returns, no table holds anything any more that identifies the doctor; its place in PATH is overwritten, and so
// was each value that an update replaced; and PATH-wal, where its rows as they were would lie for long, is empty. Only if
// somebody was reading just then, such as a backup, the last comes with the next Sweep after it. Nothing was ever written
// to temporary files. Not promised is:
//
//   - the unused part of a page: where a row or a key outgrew its page and SQLite moved it to another, its place on the
//     first is not always overwritten at once, but only when that page takes in something else. In a trial with much
//     movement something was left of one erased doctor in a hundred. `sqlite3 PATH VACUUM`, with the service stopped,
//     leaves nothing, as does VACUUM INTO in the copy that it makes;
//   - what lies outside: backups, snapshots, and the disk's own leftovers.
package sqlite

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"hospital.example/doctor-service/ports/outbound"
)

// Driver is the storage that answers to sqlite:PATH.
func Driver() outbound.StorageDriver {
	return outbound.StorageDriver{
		Schemes:  []string{scheme},
		Open:     open,
		Migrate:  migrate,
		Embedded: true,
		Path:     filePath,
	}
}

// How long a connection waits for another process to let go of the file: less than clients are told to expect an answer
// in. A reader only ever meets a lock where another process starts or stops, so it need not be patient.
const (
	writerPatience = 2500 * time.Millisecond
	readerPatience = time.Second
)

// Store is an open database.
type Store struct {
	writer  *writer
	reading *sqlx.DB
	readers *statements
	feeds   *feeds

	closing sync.Once
	closed  atomic.Bool
	fault   error // of closing
}

var _ outbound.Storage = (*Store)(nil)

// open asks for the URL once: a file keeps its name.
func open(ctx context.Context, o outbound.StorageOptions) (outbound.Storage, error) {
	location, err := o.URL()
	if err != nil {
		return nil, err
	}
	path, err := filePath(location)
	if err != nil {
		return nil, err
	}
	s, err := openFile(ctx, path, writerPatience)
	if err != nil {
		return nil, err // not s: a nil Store in an interface is no nil
	}
	return s, nil
}

func openFile(ctx context.Context, path string, patience time.Duration) (*Store, error) {
	writing := connectWriter(path, patience)
	if err := prepare(ctx, path, writing); err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	reading, watching := connectReader(path), connectReader(path)
	connections := 2 * max(2, runtime.GOMAXPROCS(0))
	reading.SetMaxOpenConns(connections)
	reading.SetMaxIdleConns(connections)
	s := &Store{reading: reading, feeds: newFeeds(watching)}
	s.writer = newWriter(writing, patience) //nolint:contextcheck // it goes on when the call that opened the store is over
	s.readers = &statements{on: reading, closed: &s.closed}
	return s, nil
}

// clock is the storage's clock: that of the process, for the data live with it. Times are kept to the microsecond.
func clock() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Close finishes the commit under way. The writer goes last: the last connection of all, if it may write, moves PATH-wal
// into the database.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.closed.Store(true)
		s.fault = errors.Join(s.feeds.close(), s.readers.close(), s.reading.Close(), s.writer.close())
	})
	return s.fault
}
