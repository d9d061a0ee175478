package postgrestest

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// errMissing says how to get what is not there.
type errMissing string

func (e errMissing) Error() string { return string(e) }

const (
	noServer errMissing = "no PostgreSQL on this machine: install it (Debian: apt-get install postgresql), " +
		"or name a server by DOCTOR_TEST_POSTGRES=postgres://…"
	noBouncer errMissing = "no PgBouncer on this machine: install it (Debian: apt-get install pgbouncer)"
	noOwnTime errMissing = "no libfaketime on this machine: install it (Debian: apt-get install faketime)"
	noDisk    errMissing = "no disk can be mounted here: that takes root, or sudo without a password"
)

// binaries finds the folder of the server's programs: where pg_config says, in the PATH, or where Debian keeps them.
func binaries() (string, error) {
	var places []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		places = append(places, strings.TrimSpace(string(out)))
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		places = append(places, filepath.Dir(path))
	}
	debian, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Reverse(debian) // the newest first
	for _, place := range append(places, debian...) {
		if _, err := exec.LookPath(filepath.Join(place, "initdb")); err == nil {
			return place, nil
		}
	}
	return "", noServer
}
