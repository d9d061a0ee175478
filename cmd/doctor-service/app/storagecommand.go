package app

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// waitFlag says how long a command waits for a storage that does not answer yet.
func waitFlag(set *flag.FlagSet) any {
	return set.Duration("wait", 30*time.Second, "how long to wait for a storage that does not answer yet")
}

// migrate brings the schema up to date.
func (p program) migrate(ctx context.Context, flags any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	waiting, cancel := context.WithTimeout(ctx, *flags.(*time.Duration)) // a migration itself takes as long as it takes
	defer cancel()
	if s.driver.Migrate == nil {
		p.say("%s: has no schema", s.Storage.Scheme())
		return succeeded
	}
	for {
		err := s.driver.Migrate(ctx, s.storage)
		if err == nil {
			return p.compareSchema(ctx, s)
		}
		if !errors.Is(err, outbound.ErrUnavailable) || !pause(waiting) {
			return p.refuse(err)
		}
	}
}

// pause waits between two tries; false: the time is over.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(500 * time.Millisecond):
		return true
	case <-ctx.Done():
		return false
	}
}

// migrateStatus compares the schema with this program.
func (p program) migrateStatus(ctx context.Context, _ any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	path, err := s.path()
	if err != nil {
		return p.refuse(err)
	}
	if _, err := os.Stat(path); path != "" && errors.Is(err, fs.ErrNotExist) {
		p.say("there is no database at %s yet", path) // opening would make an empty one
		return failed
	}
	return p.compareSchema(ctx, s)
}

func (p program) compareSchema(ctx context.Context, s settings) int {
	store, err := s.driver.Open(ctx, s.storage)
	if err != nil {
		return p.refuse(err)
	}
	defer func() { _ = store.Close() }() // nothing was written
	probe, err := store.Probe(ctx)
	if err != nil {
		return p.refuse(err)
	}
	schema := probe.Schema
	fits := map[bool]string{true: "this program can serve", false: "this program cannot serve"}[schema.Fits()]
	p.say("schema version %d, serves programs from version %d on; this program is version %d: %s",
		schema.Version, schema.ServesFrom, schema.Program, fits)
	if !schema.Fits() {
		return failed
	}
	return succeeded
}
