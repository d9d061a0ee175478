// Package storagetest is the contract of a storage, as a test suite that any module may import and run:
//
//	func TestContract(t *testing.T) { storagetest.Run(t, harness) }
//
// Each case is named after a sentence of the comments in package outbound, which are law; -v prints them. There are no
// opt-outs: a storage that cannot do it cannot be used.
//
//	Harness.Open  →  a Replica on fresh data  →  one clause of the contract  →  closed
//
// The package needs the standard library alone, so that an outside team's build stays its own.
package storagetest

import (
	"slices"
	"testing"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Version counts the contract's growth; README tells what each version added.
const Version = 3

// Harness opens stores for the suite. Every field is needed.
type Harness struct {
	// Driver is the value that programs hand over.
	Driver outbound.StorageDriver

	// Empty names a place where nothing is yet, not even a schema. It lasts as long as the test.
	Empty func(t testing.TB) outbound.StorageOptions

	// Open opens a store on fresh data whose schema is up to date. The suite closes it.
	Open func(t testing.TB) Replica
}

// Replica is one open store and what the suite may do to it. Every field is needed. What a hook holds open it gives
// back in t.Cleanup; the hooks of a Replica work also after its Storage was closed.
type Replica struct {
	Storage outbound.Storage

	// Peer opens another store on the same data, as a second process would. The suite closes it.
	Peer func(t testing.TB) Replica

	// Cut drops every connection that Storage has now, those of its feeds too, as a failing network would. A storage
	// without connections does nothing.
	Cut func(t testing.TB)

	// Damage turns what is stored of a doctor into something that doctor.Restore refuses, such as an unknown role. All
	// else stays, what the doctor is found by above all.
	Damage func(t testing.TB, id doctor.ID)

	// Late writes a revocation (a logout: Doctor and Generation are zero) as a slow transaction does: it is written now
	// and nobody sees it until commit is called, which the suite does once. Until then other writes may have to wait,
	// reads and feeds may not. Where nothing can be written and unseen, all is done in commit.
	Late func(t testing.TB, r outbound.Revocation) (commit func())
}

// clause is one sentence of the contract and its proof.
type clause struct {
	says  string
	proof func(s *scene)
}

func contract() []clause {
	return slices.Concat(doctors, updates, uniqueness, administrators, revocations, watching, trail,
		logins, waits, windows, networks, everywhere, forgetting, quotas, directory, pages, keywords, keys,
		erasure, erasedTrail, erasedAtOnce, exactness, contexts, lifecycle, crowds, drivers)
}

// Run proves the whole contract, each clause as a subtest on fresh data.
func Run(t *testing.T, h Harness) {
	for _, c := range contract() {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			prove(t, h, c)
		})
	}
}
