package bench

import (
	"context"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hospital.example/doctor-service/cmd/doctor-bench/bench/raw"
)

// settled is how long a program is left alone before its memory is called that of an idle one.
const settled = 2 * time.Second

// start tells how long a program takes to be ready on a database that it has been on before, and what it is when idle.
func start(ctx context.Context, t *target, o *options) (leg, error) {
	const starts = 5
	times := make([]number, starts)
	for i := range times {
		if err := t.stop(); err != nil {
			return leg{}, err
		}
		took, err := t.start(ctx)
		if err != nil {
			return leg{}, err
		}
		times[i] = milliseconds(took)
	}
	spent, err := threadsTime(t.meter.service)
	if err != nil {
		return leg{}, err
	}
	pause(ctx, min(settled, o.round()))
	resident, _, err := memory(t.meter.service)
	if err != nil {
		return leg{}, err
	}
	binary, err := os.Stat(t.binary)
	if err != nil {
		return leg{}, err
	}
	ready := spreadOf(times)
	return leg{Figures: []figure{
		{Name: "ready ms", Value: ready.Median, digits: 1, compared: true},
		{Name: "least ms", Value: ready.Least, digits: 1},
		{Name: "most ms", Value: ready.Most, digits: 1},
		{Name: "CPU ms", Value: milliseconds(spent), digits: 1, compared: true},
		{Name: "idle MiB", Value: number(resident) / mebibyte, digits: 1, compared: true},
		{Name: "binary MiB", Value: number(binary.Size()) / mebibyte, digits: 1, compared: true},
	}}, nil
}

// hashing tells how many passwords this machine can check in a second, whatever is built around it.
func hashing(ctx context.Context, _ *target, o *options) (leg, error) {
	var done atomic.Int64
	m := meter{service: os.Getpid()}
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
