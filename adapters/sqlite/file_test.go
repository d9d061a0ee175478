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

func TestThePathIsTakenAsItStands(t *testing.T) {
	here, err := os.Getwd()
	require.NoError(t, err)
	for location, want := range map[string]string{
		"sqlite:doctor.db":          filepath.Join(here, "doctor.db"),
		"sqlite:data/doctor.db":     filepath.Join(here, "data/doctor.db"),
		"sqlite:/data/doctor.db":    "/data/doctor.db",
		"sqlite:///data/doctor.db":  "/data/doctor.db",
		"sqlite:/data/a%20b #1.db":  "/data/a%20b #1.db",
		"sqlite:/data/医生&a=b+c.db":  "/data/医生&a=b+c.db",
		"sqlite:/data/../doctor.db": "/doctor.db",
	} {
		got, err := Driver().Path(location)
		require.NoError(t, err, location)
		require.Equal(t, want, got, location)
	}
}

func TestURLsThatNameNoFileAreRefusedInOneLine(t *testing.T) {
	for location, want := range map[string]string{
		"sqlite:":                     "names no file",
		"sqlite::memory:":             "names no file",
		"sqlite://host/doctor.db":     "names a host",
		"sqlite://doctor.db":          "names a host",
		"sqlite:doctor.db?mode=ro":    "no parameters",
		"sqlite:data/":                "is a folder",
		"sqlite:doctor\x00.db":        "NUL",
		"postgres://localhost/doctor": "not of the form sqlite:PATH",
	} {
		_, err := Driver().Path(location)
		require.ErrorContains(t, err, want, location)
		require.NotContains(t, err.Error(), "\n")
		_, err = Driver().Open(context.Background(), outbound.StorageOptions{URL: func() (string, error) { return location, nil }})
		require.ErrorContains(t, err, want, location)
	}
}

func TestAnyFileNameWorks(t *testing.T) {
	for _, name := range []string{"a b.db", "a#1.db", "100%.db", "a%20b.db", "医生.db", "a&mode=ro.db", "a;b'c\".db", "a+b:c.db", " .db"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, Driver().Migrate(context.Background(), at(path)), name)
		opened(t, path)
		info, err := os.Stat(path)
		require.NoError(t, err, name)
		require.NotZero(t, info.Size(), name)
	}
}

func TestOnlyTheOwnerMayReadTheFiles(t *testing.T) {
	path := migrated(t)
	opened(t, path)
	for _, file := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file)
	}
}

func TestEveryCommitIsOnTheDiskBeforeItIsAnswered(t *testing.T) {
	s := opened(t, migrated(t))
	for pragma, want := range map[string]int{"synchronous": 2 /* FULL */, "foreign_keys": 1, "busy_timeout": 100} {
		var got int
		require.NoError(t, s.writer.write(t.Context(), func(ctx context.Context, tx *statements) error {
			return tx.one(ctx, []any{&got}, "PRAGMA "+pragma)
		}))
		require.Equal(t, want, got, pragma)
	}
	var mode string
	require.NoError(t, s.readers.one(t.Context(), []any{&mode}, "PRAGMA journal_mode"))
	require.Equal(t, "wal", mode)
}

func TestReadersCannotWrite(t *testing.T) {
	s := opened(t, migrated(t))
	_, err := s.readers.exec(t.Context(), `DELETE FROM doctors`)
	require.ErrorContains(t, err, "readonly")
}

// FuzzFilePath: a path is absolute, names one file, and is taken as it stands when it is given again.
func FuzzFilePath(f *testing.F) {
	for _, seed := range []string{
		"sqlite:doctor.db", "sqlite:///data/a b.db", "sqlite://host/x", "sqlite:x?mode=ro", "sqlite::memory:", "sqlite:a\x00b", "sqlite:../../x",
		"sqlite:%2fetc", "sqlite:/", "sqlite:.", "sqlite:..", "SQLITE:x", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, location string) {
		path, err := filePath(location)
		if err != nil {
			require.Empty(t, path)
			return
		}
		require.True(t, filepath.IsAbs(path))
		require.False(t, strings.ContainsAny(path, "?\x00"))
		if path == "/" {
			return // who writes ".." often enough comes here, and is told that it is a folder when it is opened
		}
		again, err := filePath(scheme + ":" + path)
		require.NoError(t, err)
		require.Equal(t, path, again)
	})
}
