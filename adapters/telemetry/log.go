// Package telemetry tells operators how the service does: a log of JSON lines (zap) and metrics (Prometheus). Neither
// ever sees a command, so neither can hold a password or a token.
//
//	use cases  →  Metrics.Observe          requests  →  Metrics.Request, request log (gathered)
//	the core   →  Reporter.Report          gauges    ←  asked when somebody reads /metrics
package telemetry

import (
	"context"
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"hospital.example/doctor-service/ports/outbound"
)

// NewLog writes to w from level on; people read the console form, machines the other. Whoever makes the same fault happen
// all the time gets no more than some lines a second, unless it is a failure of ours.
func NewLog(w io.Writer, level string, console bool) (*zap.Logger, error) {
	log, err := newLog(zapcore.Lock(zapcore.AddSync(w)), level, console)
	if err != nil {
		return nil, err
	}
	return log.WithOptions(zap.WrapCore(func(all zapcore.Core) zapcore.Core {
		return unlessFailure{zapcore.NewSamplerWithOptions(all, time.Second, linesASecond, linesASecond), all}
	})), nil
}

// Of one message that is no failure so many lines are written in a second, then every so manieth.
const linesASecond = 100

// unlessFailure asks the first core about everything but failures.
type unlessFailure struct {
	zapcore.Core
	failures zapcore.Core
}

// Check implements zapcore.Core.
func (u unlessFailure) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if e.Level >= zapcore.ErrorLevel {
		return u.failures.Check(e, checked)
	}
	return u.Core.Check(e, checked)
}

// With implements zapcore.Core.
func (u unlessFailure) With(fields []zapcore.Field) zapcore.Core {
	return unlessFailure{u.Core.With(fields), u.failures.With(fields)}
}

// Lines of the request log wait so long, or until there are so many bytes of them, to be written together.
const (
	gatherFor   = 100 * time.Millisecond
	gatherBytes = 64 << 10
)

// NewRequestLog is a log of the same form for the many lines that are never urgent: a request seldom waits for a disk.
// stop writes what is still waiting. People on a console see every line at once.
func NewRequestLog(w io.Writer, level string, console bool) (log *zap.Logger, stop func() error, err error) {
	if console {
		log, err = newLog(zapcore.Lock(zapcore.AddSync(w)), level, console)
		return log, func() error { return nil }, err
	}
	gathered := &zapcore.BufferedWriteSyncer{WS: zapcore.AddSync(forgiving{w}), Size: gatherBytes, FlushInterval: gatherFor}
	log, err = newLog(gathered, level, console)
	return log, gathered.Stop, err
}

// forgiving loses what cannot be written, and tries again with the next: a buffer above it would give up for good. It is
// not synced, which a pipe refuses; to be with the system is enough for a log.
type forgiving struct{ w io.Writer }

func (f forgiving) Write(p []byte) (int, error) {
	_, _ = f.w.Write(p)
	return len(p), nil
}

func newLog(w zapcore.WriteSyncer, level string, console bool) (*zap.Logger, error) {
	at, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, err
	}
	form := zap.NewProductionEncoderConfig()
	form.TimeKey = "time"
	form.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	form.EncodeDuration = zapcore.StringDurationEncoder
	encoder := zapcore.NewJSONEncoder(form)
	if console {
		form.EncodeLevel = zapcore.CapitalColorLevelEncoder
		form.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
		encoder = zapcore.NewConsoleEncoder(form)
	}
	return zap.New(zapcore.NewCore(encoder, w, at), zap.WithClock(utc{})), nil
}

// Reporter writes the core's reports to a log.
type Reporter struct{ Log *zap.Logger }

// Report writes one line.
func (r Reporter) Report(_ context.Context, l outbound.Level, what string, details ...outbound.Detail) {
	level := map[outbound.Level]zapcore.Level{
		outbound.Info: zap.InfoLevel, outbound.Warning: zap.WarnLevel, outbound.Failure: zap.ErrorLevel,
	}[l]
	line := r.Log.Check(level, what)
	if line == nil {
		return
	}
	fields := make([]zap.Field, len(details))
	for i, d := range details {
		fields[i] = zap.String(d.Name, d.Value)
	}
	line.Write(fields...)
}
