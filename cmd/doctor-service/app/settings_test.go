package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/config"
	"hospital.example/doctor-service/ports/outbound"
)

func TestAnEmbeddedDatabaseIsMigratedWhereItIs(t *testing.T) {
	p, _ := newProgram(t)
	c, err := config.Load(append(p.environ, "DOCTOR_MIGRATE_STORAGE=memory:elsewhere"))
	require.NoError(t, err)
	_, err = interpret(c, p.drivers)
	require.ErrorContains(t, err, "DOCTOR_MIGRATE_STORAGE: ")
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
