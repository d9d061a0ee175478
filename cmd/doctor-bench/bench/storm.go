package bench

import "context"

// storm tells what a crowd that logs in leaves of quiet times.
func storm(ctx context.Context, t *target, o *options) (leg, error) {
	const readers = 8
	reading := newCrew(t.child.address, scripts(t.cast, readers, read))
	defer reading.leave()
	loggingIn := newCrew(t.child.address, scripts(t.cast, o.crowd, login))
	defer loggingIn.leave()

	first := reading.work(ctx, o.round()/warmup)
	quiet := reading.work(ctx, o.round())
	var loud, logins tally
	_, err := t.meter.during(func() {
		raging, over := context.WithCancel(ctx)
		go func() {
			defer over()
			logins = loggingIn.work(ctx, o.round())
		}()
		loud = reading.work(raging, o.round()+patience) // until the last of the crowd is answered
		<-raging.Done()
	})
	if err != nil {
		return leg{}, err
	}
	_, peak, err := memory(t.meter.service)
	before, after := quantile(quiet.latencies, 0.99), quantile(loud.latencies, 0.99)
	quietRate, loudRate := rate(quiet), rate(loud)
	return leg{[]figure{
		{Name: "quiet reads/s", Value: quietRate, compared: true},
		{Name: "in storm", Value: loudRate, compared: true},
		{Name: "kept %", Value: loudRate / quietRate * 100, digits: 1, compared: true},
		{Name: "quiet p99 ms", Value: milliseconds(before), digits: 2, compared: true},
		{Name: "in storm ms", Value: milliseconds(after), digits: 2, compared: true},
		{Name: "times", Value: number(after) / number(before), digits: 1, compared: true},
		{Name: "logins/s", Value: rate(logins), digits: 1, compared: true},
		{Name: "login p99 ms", Value: milliseconds(quantile(logins.latencies, 0.99))},
		{Name: "peak MiB", Value: number(peak) / mebibyte, digits: 1},
	}, together(first.faults, quiet.faults, loud.faults, logins.faults)}, err
}
