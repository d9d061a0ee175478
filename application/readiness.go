package application

import (
	"sync/atomic"
	"time"

	"hospital.example/doctor-service/ports/inbound"
)

// Readiness says what keeps a replica from serving.
type Readiness struct {
	Startup  *Startup
	Denylist *Denylist
	Follower *Follower
	draining atomic.Bool
}

// Clocks that differ by more make tokens of one replica look early or late to another.
const toleratedSkew = 15 * time.Second

// Drain makes the replica unready for good: it is about to stop.
func (r *Readiness) Drain() { r.draining.Store(true) }

// Draining tells whether the replica is about to stop.
func (r *Readiness) Draining() bool { return r.draining.Load() }

// Missing lists what is missing; nothing means ready.
func (r *Readiness) Missing() []inbound.Missing {
	var missing []inbound.Missing
	if r.Draining() {
		missing = append(missing, inbound.Missing{What: "drain", Reason: "this replica is stopping"})
	}
	missing = append(missing, r.Startup.Missing()...)
	if !r.Denylist.Fresh() {
		missing = append(missing, inbound.Missing{What: "revocations", Reason: "not loaded, or older than a second"})
	}
	if skew := r.Follower.Skew().Abs(); skew > toleratedSkew {
		missing = append(missing, inbound.Missing{
			What: "clock", Reason: "differs from storage's by " + skew.Round(time.Second).String(),
		})
	}
	return missing
}

// Serving tells whether the storage was ever ready: before, there is nothing to serve from.
func (r *Readiness) Serving() bool { return r.Startup.isDone() }
