package bench

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// options are what a run was asked for.
type options struct {
	scenarios   []scenario
	service     string
	settings    settings
	storage     string
	doctors     int64
	revocations int64
	vs          struct {
		program, storage     string
		doctors, revocations int64
	}
	sessions    int
	connections int
	crowd       int
	seconds     float64
	rounds      int
	password    string
	json        bool
}

// settings are variables of the service, NAME=VALUE.
type settings []string

func (s *settings) String() string { return strings.Join(*s, " ") }

// Set adds one.
func (s *settings) Set(pair string) error {
	if name, _, found := strings.Cut(pair, "="); !found || !strings.HasPrefix(name, "DOCTOR_") {
		return errors.New("must be DOCTOR_…=VALUE")
	}
	*s = append(*s, pair)
	return nil
}

// sqliteStorage and postgresStorage are made for a run and deleted after it.
const (
	sqliteStorage   = "sqlite"
	postgresStorage = "postgres"
	rawProgram      = "raw"
)

const defaultPassword = "heart-and-lungs-24"

func (o *options) flags() *flag.FlagSet {
	set := flag.NewFlagSet("doctor-bench", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&o.service, "service", "", "`path` of the service's binary (default: built from this module as for a release)")
	set.Var(&o.settings, "set", "a setting of the service, `NAME=VALUE`; may be given several times")
	set.StringVar(&o.storage, "storage", sqliteStorage, "sqlite or postgres: made for this run; or the `URL` of one that is filled")
	set.Int64Var(&o.doctors, "doctors", 10_000, "`number` of doctors in a storage that is made for this run")
	set.Int64Var(&o.revocations, "revocations", 0, "`number` of live revocations in it")
	set.StringVar(&o.vs.program, "vs", "", "alternate with this: raw, or the `path` of another binary")
	set.StringVar(&o.vs.storage, "vs-storage", "", "alternate with the same on another `storage` (default: one like the first)")
	set.Int64Var(&o.vs.doctors, "vs-doctors", 0, "alternate with the same among another `number` of doctors")
	set.Int64Var(&o.vs.revocations, "vs-revocations", 0, "alternate with the same among another `number` of revocations")
	set.IntVar(&o.sessions, "sessions", 1000, "`number` of doctors who take part, picked at random from all")
	set.IntVar(&o.connections, "connections", 16, "`number` of keep-alive connections, each with one request at a time")
	set.IntVar(&o.crowd, "crowd", 64, "`number` of connections that log in during a storm")
	set.Float64Var(&o.seconds, "seconds", 3, "`seconds` that a round takes, on each target")
	set.IntVar(&o.rounds, "rounds", 5, "`number` of rounds; all figures are medians over them")
	set.StringVar(&o.password, "password", defaultPassword, "the `password` of all doctors")
	set.BoolVar(&o.json, "json", false, "write JSON, with every round's figures")
	return set
}

// parse reads words and flags in any order.
func parse(args []string) (options, error) {
	var o options
	set := o.flags()
	var words []string
	for {
		if err := set.Parse(args); err != nil {
			return o, err
		}
		if set.NArg() == 0 {
			break
		}
		words = append(words, set.Arg(0))
		args = set.Args()[1:]
	}
	if len(words) == 0 {
		words = usual
	}
	for _, word := range words {
		at := slices.IndexFunc(all, func(s scenario) bool { return s.name == word })
		if at < 0 {
			return o, fmt.Errorf("no scenario %q; doctor-bench --help lists them", word)
		}
		o.scenarios = append(o.scenarios, all[at])
	}
	err := o.check()
	return o, err
}

func (o *options) check() error {
	for _, least := range []struct {
		flag  string
		value float64
		least float64
	}{
		{"doctors", float64(o.doctors), 1},
		{"revocations", float64(o.revocations), 0},
		{"vs-doctors", float64(o.vs.doctors), 0},
		{"vs-revocations", float64(o.vs.revocations), 0},
		{"sessions", float64(o.sessions), 1},
		{"connections", float64(o.connections), 1},
		{"crowd", float64(o.crowd), 1},
		{"seconds", o.seconds, 0.01},
		{"rounds", float64(o.rounds), 1},
	} {
		if !(least.value >= least.least) {
			return fmt.Errorf("--%s must be at least %v", least.flag, least.least)
		}
	}
	if o.vs.program == rawProgram {
		for _, s := range o.scenarios {
			if s.needsService {
				return fmt.Errorf("the raw thing cannot do %s", s.name)
			}
		}
	}
	return nil
}

func (o *options) round() time.Duration { return time.Duration(o.seconds * float64(time.Second)) }

// specs are the targets to alternate between.
func (o *options) specs() []spec {
	first := spec{program: o.service, storage: o.storage, doctors: o.doctors, revocations: o.revocations}
	if o.vs.program == "" && o.vs.storage == "" && o.vs.doctors == 0 && o.vs.revocations == 0 {
		return named(first)
	}
	second := first
	if o.vs.program != "" {
		second.program = o.vs.program
	}
	if o.vs.storage != "" {
		second.storage = o.vs.storage
	}
	if o.vs.doctors != 0 {
		second.doctors = o.vs.doctors
	}
	if o.vs.revocations != 0 {
		second.revocations = o.vs.revocations
	}
	return named(first, second)
}
