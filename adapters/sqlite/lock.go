package sqlite

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockPause is how often a taken lock is tried again.
const lockPause = 10 * time.Millisecond

// lock waits until this process is the only one that creates the database or changes its schema, and keeps it so until
// release. The lock is on a file of its own: closing any handle of the database file drops the locks that SQLite holds
// on it in this process.
func lock(ctx context.Context, path string) (release func(), err error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // closing releases
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = f.Close()
			return nil, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			_ = f.Close()
			return nil, ctx.Err()
		}
	}
}
