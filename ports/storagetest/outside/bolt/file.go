package bolt

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// file is an open file, shared by the replicas of this process: bbolt lets nobody open it twice.
type file struct {
	path  string
	db    *bbolt.DB
	turn  chan struct{} // holds whoever writes
	users int
}

// options say how long another process may keep the file to itself. Every commit is synced to the disk.
var options = bbolt.Options{Timeout: time.Second}

var (
	openFiles = map[string]*file{}
	opening   sync.Mutex
)

// openFile opens a file, or shares it if it is open. It fails when another process has it.
func openFile(path string) (*file, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	opening.Lock()
	defer opening.Unlock()
	f, open := openFiles[path]
	if !open {
		db, err := bbolt.Open(path, 0o600, &options)
		if err != nil {
			return nil, fmt.Errorf("opening %s: %w", path, err)
		}
		if err := db.Update(createBuckets); err != nil {
			return nil, errors.Join(fmt.Errorf("preparing %s: %w", path, err), db.Close())
		}
		f = &file{path: path, db: db, turn: make(chan struct{}, 1)}
		openFiles[path] = f
	}
	f.users++
	return f, nil
}

func (f *file) release() error {
	opening.Lock()
	defer opening.Unlock()
	if f.users--; f.users > 0 {
		return nil
	}
	delete(openFiles, f.path)
	return f.db.Close()
}
