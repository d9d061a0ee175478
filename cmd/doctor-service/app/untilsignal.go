package app

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilSignal gives a command that has something to finish or to tidy up a context that ends with the first signal. A
// second one ends the program at once.
func untilSignal(ctx context.Context) (until context.Context, stop func()) {
	until, stop = signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(until, stop)
	return until, stop
}
