package postgrestest

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Dump is everything that a database holds, as pg_dump writes it down.
func Dump(t testing.TB, storage string) string {
	t.Helper()
	program := "pg_dump"
	if folder, err := binaries(); err == nil {
		program = filepath.Join(folder, program) // of the server's own version
	}
	var out, said strings.Builder
	dump := exec.Command(program, "--data-only", "--dbname="+storage)
	dump.Stdout, dump.Stderr = &out, &said
	if err := dump.Run(); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	return out.String()
}
