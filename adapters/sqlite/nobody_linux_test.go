package sqlite

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

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
