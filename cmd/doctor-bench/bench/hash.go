package bench

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"hospital.example/doctor-service/cmd/doctor-bench/bench/raw"
)

// hashing tells how many passwords this machine can check in a second, whatever is built around it.
func hashing(ctx context.Context, _ *target, o *options) (leg, error) {
	var done atomic.Int64
	m := meter{service: os.Getpid()}
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // as a service has it: each hash takes 19 MiB, new or used before
	raw.Hash(defaultPassword)
	began := time.Now()
	used, err := m.during(func() {
		var working sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			working.Go(func() {
				for ctx.Err() == nil && time.Since(began) < o.round() {
					raw.Hash(defaultPassword)
					done.Add(1)
				}
			})
		}
		working.Wait()
	})
	hashes := number(done.Load())
	return leg{Figures: []figure{
		{Name: "hashes/s", Value: hashes / number(time.Since(began).Seconds()), digits: 1},
		{Name: "CPU s/1,000", Value: perThousand(used.service, hashes), digits: 1},
	}}, err
}
