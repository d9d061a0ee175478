package sqlite

import (
	"context"
	"database/sql/driver"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
	"hospital.example/doctor-service/ports/storagetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestContract(t *testing.T) { storagetest.Run(t, harness()) }

func harness() storagetest.Harness {
	return storagetest.Harness{
		Driver: Driver(),
		Empty:  func(t testing.TB) outbound.StorageOptions { return at(newPath(t)) },
		Open:   func(t testing.TB) storagetest.Replica { return replica(t, migrated(t)) },
	}
}

// newPath names a file that is not there yet.
func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "doctor.db") }

// at are the options that lead to a file.
func at(path string) outbound.StorageOptions {
	location := func() (string, error) { return "sqlite:" + path, nil }
	return outbound.StorageOptions{URL: location, SchemaURL: location}
}

// migrated makes an empty database.
func migrated(t testing.TB) (path string) {
	path = newPath(t)
	require.NoError(t, Driver().Migrate(context.Background(), at(path)))
	return path
}

// opened opens a store; the test closes it at its end, if not before.
func opened(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Driver().Open(context.Background(), at(path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s.(*Store)
}

func replica(t testing.TB, path string) storagetest.Replica {
	s, db := opened(t, path), beside(t, path)
	return storagetest.Replica{
		Storage: s,
		Peer:    func(t testing.TB) storagetest.Replica { return replica(t, path) },
		Cut:     s.cut,
		Damage:  func(t testing.TB, id doctor.ID) { damage(t, db, id) },
		Late:    func(t testing.TB, r outbound.Revocation) func() { return late(t, db, r) },
	}
}

// cut makes the store lose the connections it has. There is no network between: they are closed under it, the writer's
// in the middle of a transaction.
func (s *Store) cut(t testing.TB) {
	t.Helper()
	_ = s.writer.write(context.Background(), func(_ context.Context, tx *statements) error {
		return drop(tx)
	})
	s.reading.SetMaxIdleConns(-1)
	s.reading.SetMaxIdleConns(s.reading.Stats().MaxOpenConnections)
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	for f := range s.feeds.open {
		require.ErrorIs(t, drop(f.on), driver.ErrBadConn)
	}
}

func drop(s *statements) error {
	if err := s.close(); err != nil {
		return err
	}
	return s.on.(*sqlx.Conn).Raw(func(any) error { return driver.ErrBadConn })
}
