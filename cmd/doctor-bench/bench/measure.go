package bench

import (
	"context"
	"time"
)

// scenario is something to measure.
type scenario struct {
	name, summary string
	needsService  bool // beside which there is nothing raw
	alone         bool // it needs no target
	measure       func(ctx context.Context, t *target, o *options) (leg, error)
}

// all in the order of --help.
var all = []scenario{
	{name: "read", summary: "GET the own profile", measure: load(read)},
	{name: "update", summary: "PATCH it, with a speciality that nobody had before", measure: load(update)},
	{name: "logout", summary: "POST a logout, of a new session each time", measure: load(logout, (*cast).logoutsAhead)},
	{name: "login", summary: "POST a login with the right password", measure: load(login)},
	{name: "register", summary: "POST a new doctor, as administrator", measure: load(register), needsService: true},
	{name: "mixed", summary: "88 reads, 8 updates, 2 logins, 2 logouts in a hundred", measure: load(mixed)},
	{name: "storm", summary: "8 read, alone and then while 64 log in", measure: storm},
	{name: "start", summary: "from exec to ready on a database that is there; memory when idle; size of the binary", measure: start},
	{name: "hash", summary: "the bare argon2id, a worker a processor, no service", measure: hashing, alone: true},
}

// usual are measured when none is named.
var usual = []string{"read", "update", "logout", "login"}

// warmup is how much of a round is done before it, unmeasured.
const warmup = 5

// load lets the connections all do the same.
func load(does act, ahead ...func(*cast, time.Duration) error) func(context.Context, *target, *options) (leg, error) {
	return func(ctx context.Context, t *target, o *options) (leg, error) {
		for _, prepare := range ahead {
			if err := prepare(t.cast, o.round()); err != nil {
				return leg{}, err
			}
		}
		c := newCrew(t.child.address, scripts(t.cast, o.connections, does))
		defer c.leave()
		first := c.work(ctx, o.round()/warmup)
		var done tally
		used, err := t.meter.during(func() { done = c.work(ctx, o.round()) })
		if err != nil {
			return leg{}, err
		}
		figures, err := figuresOf(done, used, t.meter)
		return leg{figures, together(first.faults, done.faults)}, err
	}
}

// storm tells what a crowd that logs in leaves of quiet times.
func storm(ctx context.Context, t *target, o *options) (leg, error) {
	const readers, crowd = 8, 64
	reading := newCrew(t.child.address, scripts(t.cast, readers, read))
	defer reading.leave()
	loggingIn := newCrew(t.child.address, scripts(t.cast, crowd, login))
	defer loggingIn.leave()

	first := reading.work(ctx, o.round()/warmup)
	quiet := reading.work(ctx, o.round())
	var loud, logins tally
	_, err := t.meter.during(func() {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			logins = loggingIn.work(ctx, o.round())
		}()
		loud = reading.work(ctx, o.round())
		<-ended
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
		{Name: "times", Value: float64(after) / float64(before), digits: 1, compared: true},
		{Name: "logins/s", Value: rate(logins), digits: 1, compared: true},
		{Name: "login p99 ms", Value: milliseconds(quantile(logins.latencies, 0.99))},
		{Name: "peak MiB", Value: float64(peak) / mebibyte, digits: 1},
	}, together(first.faults, quiet.faults, loud.faults, logins.faults)}, err
}

func rate(t tally) float64 { return float64(len(t.latencies)) / t.took.Seconds() }

// together adds what went wrong up.
func together(faults ...map[string]int) map[string]int {
	sum := map[string]int{}
	for _, some := range faults {
		for fault, n := range some {
			sum[fault] += n
		}
	}
	return sum
}

// settled is how long a program is left alone before its memory is called that of an idle one.
const settled = 2 * time.Second
