package application

import (
	"context"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// Upkeep deletes each minute what has expired, in memory and in storage. Every replica does it; deleting twice is harmless.
type Upkeep struct {
	Storage  outbound.Maintenance
	Denylist *Denylist
	Reporter outbound.Reporter
}

const upkeepEvery = time.Minute

// Run sweeps until ctx ends.
func (u Upkeep) Run(ctx context.Context) error {
	for wait(ctx, upkeepEvery) {
		u.Denylist.Sweep()
		if err := u.Storage.Sweep(ctx); err != nil && ctx.Err() == nil {
			u.Reporter.Report(ctx, outbound.Warning, "expired rows were not deleted",
				outbound.Detail{Name: "error", Value: err.Error()})
		}
	}
	return nil
}
