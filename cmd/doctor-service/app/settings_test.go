package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/adapters/sqlite"
	"hospital.example/doctor-service/config"
	"hospital.example/doctor-service/ports/outbound"
)

func TestAnEmbeddedDatabaseIsMigratedWhereItIs(t *testing.T) {
	p, _ := newProgram(t)
	p.environ = append(p.environ, "DOCTOR_MIGRATE_STORAGE=memory:elsewhere")
	_, err := p.settings()
	require.ErrorContains(t, err, "DOCTOR_MIGRATE_STORAGE: ")
}

func TestFaultsThatTheHouseFindsAreToldWithThoseOfTheReading(t *testing.T) {
	for _, c := range []struct {
		storage string
		faulty  []string
	}{
		{"DOCTOR_STORAGE=elsewhere:", []string{"DOCTOR_TYPO", "DOCTOR_TOKEN_TTL", "DOCTOR_STORAGE", "DOCTOR_ARGON2"}},
		{"DOCTOR_STORAGE=sqlite:doctor.db?mode=ro", []string{"DOCTOR_TYPO", "DOCTOR_TOKEN_TTL", "DOCTOR_STORAGE", "DOCTOR_ARGON2"}},
		{"DOCTOR_STORAGE_FILE=missing", []string{"DOCTOR_STORAGE_FILE", "DOCTOR_TYPO", "DOCTOR_TOKEN_TTL", "DOCTOR_ARGON2"}},
	} {
		_, err := program{
			environ: []string{c.storage, "DOCTOR_TYPO=1", "DOCTOR_TOKEN_TTL=soon", "DOCTOR_ARGON2=weak"},
			drivers: []outbound.StorageDriver{sqlite.Driver(), memory.Driver()},
		}.settings()
		var faults config.Faults
		require.ErrorAs(t, err, &faults)
		var faulty []string
		for _, f := range faults {
			faulty = append(faulty, f.Variable)
		}
		require.Equal(t, c.faulty, faulty, c.storage)
	}
}

func TestABootstrapPasswordThatCannotBeReadIsOneFault(t *testing.T) {
	p, _ := newProgram(t)
	p.environ = append(p.environ, "DOCTOR_BOOTSTRAP_ADMIN_PHONE=13800000000", "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD_FILE=missing")
	_, err := p.settings()
	require.EqualError(t, err, "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD_FILE: cannot read missing: no such file or directory")
}

func TestStorageReadsItsURLAnewForEveryConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte("memory:"), 0o600))
	s, err := program{environ: []string{"DOCTOR_STORAGE_FILE=" + path}, drivers: []outbound.StorageDriver{memory.Driver()}}.settings()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte("memory:rotated"), 0o600))
	for _, url := range []func() (string, error){s.storage.URL, s.storage.SchemaURL} {
		now, err := url()
		require.NoError(t, err)
		require.Equal(t, "memory:rotated", now)
	}
}
