package bench

import (
	"context"
	"errors"
)

// outcome is what a scenario showed: a leg for each round and target.
type outcome struct {
	scenario scenario
	names    []string // of the targets
	legs     [][]leg  // by target, then by round
}

// run measures everything that was asked for and tells each outcome as it comes.
func run(ctx context.Context, g *ground, o *options, r report) (err error) {
	var (
		targets []*target
		faults  number
	)
	defer func() {
		for _, t := range targets {
			err = errors.Join(err, t.close())
		}
	}()
	if o.needsTarget() {
		for _, s := range o.specs() {
			t, err := prepare(ctx, g, o, s)
			if err != nil {
				return err
			}
			targets = append(targets, t)
		}
	}
	if err := r.begin(o, targets); err != nil {
		return err
	}
	for _, s := range o.scenarios {
		on := targets
		if s.alone {
			on = []*target{{spec: spec{name: "argon2id"}}}
		}
		found, err := alternate(ctx, s, on, o)
		if err != nil {
			return err
		}
		if err := r.outcome(found); err != nil {
			return err
		}
		for i := range found.names {
			faults += count(found.faults(i))
		}
	}
	if faults > 0 {
		return errFaults
	}
	return nil
}

func (o *options) needsTarget() bool {
	for _, s := range o.scenarios {
		if !s.alone {
			return true
		}
	}
	return false
}

// alternate goes round and round: what slows the machine down for a while meets all targets.
func alternate(ctx context.Context, s scenario, targets []*target, o *options) (outcome, error) {
	found := outcome{scenario: s, legs: make([][]leg, len(targets))}
	for _, t := range targets {
		found.names = append(found.names, t.name)
	}
	for range o.rounds {
		for i, t := range targets {
			l, err := s.measure(ctx, t, o)
			if err != nil {
				return outcome{}, err
			}
			if ctx.Err() != nil {
				return outcome{}, ctx.Err()
			}
			found.legs[i] = append(found.legs[i], l)
		}
	}
	return found, nil
}

// faults is how often something went wrong on a target, over all rounds.
func (f outcome) faults(target int) map[string]int {
	var some []map[string]int
	for _, l := range f.legs[target] {
		some = append(some, l.Faults)
	}
	return together(some...)
}
