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
	{name: "search", summary: "GET doctors by a part of a name, of its pinyin or of a phone, as administrator", measure: load(search), needsService: true},
	{name: "mixed", summary: "88 reads, 8 updates, 2 logins, 2 logouts in a hundred", measure: load(mixed)},
	{name: "storm", summary: "8 read, alone and then while a crowd logs in", measure: storm},
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

func rate(t tally) number { return number(len(t.latencies)) / number(t.took.Seconds()) }

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
