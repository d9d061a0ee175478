package bench

import (
	"context"
	"os"
	"time"
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
