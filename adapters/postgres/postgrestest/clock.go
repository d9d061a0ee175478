package postgrestest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// StartOwnTime makes a cluster for one test whose clock is its own, and how to set it: that long ahead of ours.
func StartOwnTime(t testing.TB) (c *Cluster, set func(ahead time.Duration)) {
	t.Helper()
	library, err := filepath.Glob("/usr/lib/*/faketime/libfaketime.so.1")
	if err != nil || len(library) == 0 {
		giveUp(t, noOwnTime)
	}
	file := filepath.Join(t.TempDir(), "clock")
	for folder := filepath.Dir(file); folder != os.TempDir() && folder != "/"; folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // the server runs as another user
			t.Fatal(err)
		}
	}
	set = func(ahead time.Duration) {
		text := fmt.Sprintf("%+.3fs\n", ahead.Seconds())
		if err := os.WriteFile(file+".new", []byte(text), 0o644); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil { // never half a time
			t.Fatal(err)
		}
	}
	set(0)
	c = start(t, Fleeting, "LD_PRELOAD="+library[0], "FAKETIME_TIMESTAMP_FILE="+file, "FAKETIME_NO_CACHE=1",
		"DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1")
	return c, set
}
