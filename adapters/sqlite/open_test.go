package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/ports/outbound"
)

// refused proves that neither Open nor Migrate takes a path, and that the reason is told in one line that names it.
func refused(t *testing.T, path, reason string) {
	t.Helper()
	_, err := Driver().Open(context.Background(), at(path))
	require.ErrorContains(t, err, reason)
	require.ErrorContains(t, err, path)
	require.NotContains(t, err.Error(), "\n")
	require.NotErrorIs(t, err, outbound.ErrUnavailable, "it will never work")
	require.ErrorContains(t, Driver().Migrate(context.Background(), at(path)), reason)
}

func TestOpenRefusesWhatCanNeverWork(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	refused(t, filepath.Join(dir, "missing", "doctor.db"), "its folder does not exist")
	refused(t, dir, "it is a folder")
	refused(t, file("short.txt", "hello"), "it is no SQLite database")
	refused(t, file("long.txt", strings.Repeat("hello ", 1000)), "it is no SQLite database")
	refused(t, filepath.Join(file("plain", ""), "doctor.db"), "not a directory")
	refused(t, os.DevNull, "it is no ordinary file")
}

// A file that is open elsewhere is no reason to refuse: it will be let go of.
func TestOpenAcceptsAFileThatIsLockedForNow(t *testing.T) {
	path := migrated(t)
	tx, err := beside(t, path).Beginx()
	require.NoError(t, err)
	s, err := openFile(context.Background(), path, 10*lockPause)
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())
	require.NoError(t, s.Close())
}
