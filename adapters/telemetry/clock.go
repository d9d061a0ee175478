package telemetry

import "time"

// utc is the log's clock: lines of replicas in different zones sort by their text.
type utc struct{}

func (utc) Now() time.Time                         { return time.Now().UTC() }
func (utc) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }
