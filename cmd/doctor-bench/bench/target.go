package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hospital.example/doctor-service/cmd/doctor-bench/bench/store"
)

// spec says what is measured.
type spec struct {
	name                 string
	program              string // a binary; empty: the service of this module; or rawProgram
	storage              string
	doctors, revocations int64
}

// named tells targets apart by what they differ in.
func named(specs ...spec) []spec {
	first := specs[0]
	for i := range specs {
		s := &specs[i]
		s.name = "service"
		switch {
		case s.program == rawProgram:
			s.name = "raw"
		case s.program != first.program:
			s.name = filepath.Base(s.program)
		}
		for _, other := range specs {
			if other.storage != s.storage {
				s.name += " " + kindOf(s.storage)
			}
			if other.doctors != s.doctors {
				s.name += fmt.Sprintf(" %d doctors", s.doctors)
			}
			if other.revocations != s.revocations {
				s.name += fmt.Sprintf(" %d revocations", s.revocations)
			}
		}
	}
	if len(specs) == 2 && specs[0].name == specs[1].name {
		specs[1].name += " (vs)"
	}
	return specs
}

// kindOf is what may be said of a storage: not its password.
func kindOf(storage string) string {
	kind, _, _ := strings.Cut(storage, ":")
	return strings.TrimSuffix(kind, "ql")
}

// target is what runs and is measured.
type target struct {
	spec
	binary string
	url    string
	store  *store.Store
	cast   *cast
	how    func(address string) (args, environ []string)
	log    string
	child  *child
	meter  meter
}

// prepare brings a target up: its storage, filled; its processes; those who take part.
func prepare(ctx context.Context, g *ground, o *options, s spec) (*target, error) {
	t := &target{spec: s, log: filepath.Join(g.folder, s.name+".log")}
	if err := t.prepare(ctx, g, o); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

func (t *target) prepare(ctx context.Context, g *ground, o *options) (err error) {
	var fresh bool
	if t.url, fresh, err = g.storage(ctx, t.storage); err != nil {
		return err
	}
	if t.store, err = store.Open(ctx, t.url); err != nil {
		return err
	}
	if !fresh {
		t.revocations = 0 // as many as there are
	} else if err := g.fill(ctx, t.store, t.spec, o); err != nil {
		return err
	}
	if t.doctors, err = t.store.Count(ctx); err != nil {
		return err
	}
	sign, err := t.choose(ctx, g, o)
	if err != nil {
		return err
	}
	if _, err = t.start(ctx); err != nil {
		return err
	}
	if t.cast, err = newCast(ctx, t.store, o.sessions, o.password, sign); err != nil {
		return err
	}
	if boss, err := t.store.Administrator(ctx); err == nil {
		if t.cast.boss, err = t.cast.enter(boss, "admin"); err != nil {
			return err
		}
	}
	t.store.Rest()
	return nil
}

// String says what is measured.
func (t *target) String() string {
	what := "the service of this module"
	switch t.program {
	case "":
	case rawProgram:
		what = "the bare statements and hashes"
	default:
		what = t.program
	}
	about := fmt.Sprintf("%s: %s, on %s with %s doctors, of whom %s take part",
		t.name, what, kindOf(t.storage), grouped(number(t.doctors), 0), grouped(number(len(t.cast.doctors)), 0))
	if t.revocations > 0 {
		about += fmt.Sprintf(", and %s revocations", grouped(number(t.revocations), 0))
	}
	return about
}

// choose finds the binary, how it is started, and how its sessions are named.
func (t *target) choose(ctx context.Context, g *ground, o *options) (sign signer, err error) {
	if t.program == rawProgram {
		t.how = func(address string) (args, environ []string) {
			return []string{rawProgram, address, t.url}, os.Environ()
		}
		t.binary, err = os.Executable()
		return bare, err
	}
	t.how = func(address string) (args, environ []string) { return nil, t.environ(address, g.keys, o.settings) }
	if t.binary = t.program; t.binary == "" {
		if t.binary, err = g.service(ctx); err != nil {
			return nil, err
		}
	}
	return signed(g.keys)
}

// environ is a service's: all of ours but other settings of it, so that a run depends on what it was asked for alone.
func (t *target) environ(address, keys string, more settings) []string {
	var environ []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "DOCTOR_") {
			environ = append(environ, pair)
		}
	}
	environ = append(environ,
		"DOCTOR_HTTP_ADDR="+address, "DOCTOR_METRICS_ADDR=127.0.0.1:0", "DOCTOR_STORAGE="+t.url, "DOCTOR_SIGNING_KEY_DIR="+keys,
		"DOCTOR_BOOTSTRAP_ADMIN_PHONE="+store.AdministratorPhone, "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD="+defaultPassword)
	return append(environ, more...)
}

// start launches the program and tells how long it took to be ready.
func (t *target) start(ctx context.Context) (took time.Duration, err error) {
	if t.child, took, err = launch(ctx, t.binary, t.how, t.log); err != nil {
		return 0, err
	}
	backend, err := t.store.ServerProcess(ctx)
	if err != nil {
		return 0, err
	}
	t.meter = meter{service: t.child.command.Process.Pid, database: postmaster(backend)}
	return took, nil
}

func (t *target) stop() error {
	if t.child == nil {
		return nil
	}
	defer func() { t.child = nil }()
	return t.child.stop()
}

func (t *target) close() error {
	err := t.stop()
	if t.store != nil {
		err = errors.Join(err, t.store.Close())
	}
	return err
}
