package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/sqlite"
	"hospital.example/doctor-service/ports/outbound"
)

func TestCheckingLooksForFoldersAndMakesNone(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, c := range []struct {
		what    string
		environ []string
		code    int
	}{
		{"nothing is there yet", []string{"DOCTOR_STORAGE=sqlite:" + folder + "/doctor.db"}, succeeded},
		{"no folder for the database", []string{"DOCTOR_STORAGE=sqlite:" + folder + "/none/doctor.db"}, failed},
		{"a file where the folder should be", []string{"DOCTOR_STORAGE=sqlite:" + file + "/doctor.db"}, failed},
		{"no folder of keys", []string{"DOCTOR_STORAGE=sqlite:" + folder + "/doctor.db", "DOCTOR_SIGNING_KEY_DIR=" + folder + "/none"}, failed},
		{"a folder without keys", []string{"DOCTOR_STORAGE=sqlite:" + folder + "/doctor.db", "DOCTOR_SIGNING_KEY_DIR=" + folder}, failed},
	} {
		t.Run(c.what, func(t *testing.T) {
			p, _ := newProgram(t)
			p.drivers = []outbound.StorageDriver{sqlite.Driver()}
			p.environ = append(p.environ, c.environ...)
			require.Equal(t, c.code, p.run(t.Context(), []string{"config", "check"}), p.stderr)
			entries, err := os.ReadDir(folder)
			require.NoError(t, err)
			require.Len(t, entries, 1)
		})
	}
}

func TestAskingForTheSchemaMakesNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doctor.db")
	p, _ := newProgram(t)
	p.drivers = []outbound.StorageDriver{sqlite.Driver()}
	p.environ = append(p.environ, "DOCTOR_STORAGE=sqlite:"+path)
	require.Equal(t, failed, p.run(t.Context(), []string{"migrate", "status"}))
	require.Contains(t, p.stdout.(*transcript).String(), "no database at "+path)
	require.NoFileExists(t, path)
}
