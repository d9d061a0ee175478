package bolt

import (
	"context"
	"path/filepath"
	"testing"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
	"hospital.example/doctor-service/ports/storagetest"
)

func TestBoltFulfilsTheStorageContract(t *testing.T) {
	options.NoSync = true // no case cuts the power, and ten thousand syncs take long
	storagetest.Run(t, harness())
}

func BenchmarkBolt(b *testing.B) { storagetest.Benchmarks(b, harness()) }

func harness() storagetest.Harness {
	return storagetest.Harness{
		Driver: Driver(),
		Empty:  somewhere,
		Open:   func(t testing.TB) storagetest.Replica { return open(t, somewhere(t)) },
	}
}

// somewhere is a file that is not there yet.
func somewhere(t testing.TB) outbound.StorageOptions {
	url := "bolt:" + filepath.Join(t.TempDir(), "doctors.bolt")
	return outbound.StorageOptions{
		URL:       func() (string, error) { return url, nil },
		SchemaURL: func() (string, error) { return url, nil },
	}
}

func open(t testing.TB, at outbound.StorageOptions) storagetest.Replica {
	storage, err := Driver().Open(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	s := storage.(*Store)
	return storagetest.Replica{
		Storage: s,
		Peer:    func(t testing.TB) storagetest.Replica { return open(t, at) },
		Cut:     func(testing.TB) {}, // there is no connection
		Damage:  func(t testing.TB, id doctor.ID) { damage(t, at, id) },
		Late:    func(t testing.TB, r outbound.Revocation) func() { return late(t, s, r) },
	}
}

// behind runs a hook by a replica of its own: the one under test may be closed.
func behind(t testing.TB, at outbound.StorageOptions, hook func(s *Store) error) {
	t.Helper()
	storage, err := Driver().Open(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	if err := hook(storage.(*Store)); err != nil {
		t.Fatal(err)
	}
	if err := storage.Close(); err != nil {
		t.Fatal(err)
	}
}

func damage(t testing.TB, at outbound.StorageOptions, id doctor.ID) {
	t.Helper()
	behind(t, at, func(s *Store) error {
		return s.write(context.Background(), func(in buckets) error {
			b, key := in.bucket(doctorsBucket), number(int64(id))
			d, err := take[doctor.Snapshot](b, key)
			if err != nil {
				return err
			}
			d.Role = "damaged"
			return put(b, key, d)
		})
	})
}

// late writes in a transaction that stays open until commit is called.
func late(t testing.TB, s *Store, r outbound.Revocation) (commit func()) {
	t.Helper()
	written, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- s.write(context.Background(), func(in buckets) error {
			err := in.revoke(r)
			close(written)
			<-end
			return err
		})
	}()
	<-written
	return func() {
		close(end)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
