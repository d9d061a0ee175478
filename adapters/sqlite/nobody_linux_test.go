package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOpenRefusesAFolderThatMayNotBeWritten(t *testing.T) {
	dir := visible(t)
	require.NoError(t, os.Chmod(dir, 0o500))
	asNobody(t, func() { refused(t, filepath.Join(dir, "doctor.db"), "no permission") })
}

// The folder may be written: what SQLite puts beside the file is no obstacle, only the file itself is.
func TestOpenRefusesAFileThatMayOnlyBeRead(t *testing.T) {
	dir := visible(t)
	path := filepath.Join(dir, "doctor.db")
	require.NoError(t, Driver().Migrate(context.Background(), at(path)))
	require.NoError(t, os.Chmod(path, 0o444))
	require.NoError(t, os.Chmod(dir, 0o777)) //nolint:gosec // a folder for everybody is what is tested
	asNobody(t, func() { refused(t, path, "may only be read") })
}

func TestOpenRefusesAFolderInWhichNothingCanBePutBesideTheFile(t *testing.T) {
	dir := visible(t)
	path := filepath.Join(dir, "doctor.db")
	require.NoError(t, Driver().Migrate(context.Background(), at(path)))
	require.NoError(t, os.Chmod(path, 0o666))
	require.NoError(t, os.Chmod(dir, 0o555))
	asNobody(t, func() { refused(t, path, "may only be read") })
}

// visible makes a folder that other users may enter.
func visible(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { require.NoError(t, os.Chmod(dir, 0o755)) }) // so that it can be removed
	return dir
}

// asNobody runs f with the file permissions of nobody in particular. Root may write everything, so as root the thread
// that runs f takes on another identity for files, for itself alone.
func asNobody(t *testing.T, f func()) {
	if os.Geteuid() == 0 {
		const nobody = 65534
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		require.NoError(t, syscall.Setfsuid(nobody))
		defer func() { require.NoError(t, syscall.Setfsuid(0)) }()
	}
	f()
}
