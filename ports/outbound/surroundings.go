package outbound

import (
	"context"
	"time"
)

// Clock tells the time.
type Clock func() time.Time

// Observer is told of every use case: its name, how long it took and how it ended; never the command.
type Observer interface {
	Observe(ctx context.Context, useCase string, took time.Duration, err error)
}

// Reporter writes what operators should know. Details never hold a password, a token or a whole phone number.
type Reporter interface {
	Report(ctx context.Context, l Level, what string, details ...Detail)
}

// Level says how urgent a report is.
type Level int

// The levels.
const (
	Info Level = iota
	Warning
	Failure
)

// Detail is one named fact of a report.
type Detail struct{ Name, Value string }
