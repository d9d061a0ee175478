package application

import (
	"context"
	"sync/atomic"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// Follower keeps the denylist fresh: it asks the feed of revocations ten times a second, and after any fault begins anew
// with a feed that replays everything unexpired.
type Follower struct {
	Revocations outbound.Revocations
	Denylist    *Denylist
	Clock       outbound.Clock
	Reporter    outbound.Reporter
	skew        atomic.Int64 // nanoseconds by which storage's clock is ahead of ours
}

const (
	roundEvery   = 100 * time.Millisecond
	roundTimeout = time.Second

	// The first round of a feed brings all that is unexpired, which may be millions.
	firstRoundTimeout = time.Minute
)

// Run follows until ctx ends.
func (f *Follower) Run(ctx context.Context) error {
	lost := false
	for ctx.Err() == nil {
		err := f.follow(ctx, func() {
			if lost {
				f.Reporter.Report(ctx, outbound.Info, "revocations are followed again")
			}
			lost = false
		})
		if ctx.Err() == nil && !lost {
			lost = true
			f.Reporter.Report(ctx, outbound.Warning, "revocations cannot be followed",
				outbound.Detail{Name: "error", Value: err.Error()})
		}
		wait(ctx, roundEvery)
	}
	return nil
}

// follow asks round after round until one fails; good is called after each that did not.
func (f *Follower) follow(ctx context.Context, good func()) error {
	feed, err := f.Revocations.Watch(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = feed.Close() }() // a spent feed has nothing to lose
	for timeout := firstRoundTimeout; ; timeout = roundTimeout {
		began := f.Clock()
		round, err := next(ctx, feed, timeout)
		if err != nil {
			return err
		}
		f.Denylist.Add(round.Revocations...)
		f.Denylist.Complete(began)
		if took := f.Clock().Sub(began); took < roundTimeout { // a long one says too little about the moment of its clock
			f.skew.Store(int64(round.Now.Sub(began.Add(took / 2).Round(0))))
		}
		good()
		if !wait(ctx, roundEvery) {
			return ctx.Err()
		}
	}
}

func next(ctx context.Context, feed outbound.Feed, timeout time.Duration) (outbound.Round, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return feed.Next(ctx)
}

// Skew is how far storage's clock was ahead of ours in the last round.
func (f *Follower) Skew() time.Duration { return time.Duration(f.skew.Load()) }

// wait sleeps, or returns false as soon as ctx ends.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
