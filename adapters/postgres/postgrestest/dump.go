package postgrestest

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Dump is everything that a database holds, as pg_dump writes it down.
func Dump(t testing.TB, storage string) string {
	t.Helper()
	program := "pg_dump"
	if folder, err := binaries(); err == nil {
		program = filepath.Join(folder, program) // of the server's own version
	}
	out, err := exec.Command(program, "--data-only", "--dbname="+storage).Output()
	if failed, ok := err.(*exec.ExitError); ok {
		require.NoError(t, err, string(failed.Stderr))
	}
	require.NoError(t, err)
	return string(out)
}
