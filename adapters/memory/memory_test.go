package memory_test

import (
	"testing"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
	"hospital.example/doctor-service/ports/storagetest"
)

func TestMemoryFulfilsTheStorageContract(t *testing.T) { storagetest.Run(t, harness()) }

func harness() storagetest.Harness {
	return storagetest.Harness{
		Driver: memory.Driver(),
		Empty: func(testing.TB) outbound.StorageOptions {
			url := func() (string, error) { return "memory:", nil }
			return outbound.StorageOptions{URL: url, SchemaURL: url}
		},
		Open: func(testing.TB) storagetest.Replica { return replica(memory.New()) },
	}
}

func replica(s *memory.Store) storagetest.Replica {
	return storagetest.Replica{
		Storage: s,
		Peer:    func(testing.TB) storagetest.Replica { return replica(s.Peer()) },
		Cut:     func(testing.TB) {},
		Damage:  func(_ testing.TB, id doctor.ID) { s.Damage(id) },
		Late:    func(_ testing.TB, r outbound.Revocation) func() { return func() { s.Slip(r) } },
	}
}

func BenchmarkMemory(b *testing.B) { storagetest.Benchmarks(b, harness()) }
