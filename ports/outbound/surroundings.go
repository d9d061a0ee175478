package outbound

import (
	"context"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// Pinyin spells names for those who search: a syllable of small letters without tones for each character (ü is v), ""
// for a character that has none. It is read as a name: the first characters as the surname that they are.
type Pinyin = doctor.Pinyin

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
