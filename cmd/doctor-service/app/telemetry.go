package app

import (
	"context"
	"os"

	"go.uber.org/fx"
	"go.uber.org/zap"
	"golang.org/x/term"

	"hospital.example/doctor-service/adapters/argon2"
	httpapi "hospital.example/doctor-service/adapters/http"
	"hospital.example/doctor-service/adapters/telemetry"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/ports/outbound"
)

var logModule = fx.Module("log",
	fx.Provide(newLog, func(l *zap.Logger) outbound.Reporter { return telemetry.Reporter{Log: l} }),
)

// newLog writes to standard error.
func newLog(p program, s settings) (*zap.Logger, error) {
	return telemetry.NewLog(p.stderr, s.LogLevel, p.forPeople(s))
}

// forPeople tells whether the log has the form for people: on a terminal, unless told.
func (p program) forPeople(s settings) bool {
	if file, ok := p.stderr.(*os.File); ok && s.LogFormat == "" {
		return term.IsTerminal(int(file.Fd()))
	}
	return s.LogFormat == "console"
}

var metricsModule = fx.Module("metrics",
	fx.Provide(
		telemetry.NewMetrics,
		func(m *telemetry.Metrics) outbound.Observer { return m },
		newAccessLog,
	),
	fx.Invoke(gauges),
)

// gauges are read when somebody asks for the metrics.
func gauges(m *telemetry.Metrics, hasher *argon2.Hasher, denylist *application.Denylist, ready *application.Readiness) {
	m.Gauge("doctor_hash_running", "Passwords being hashed.", func() float64 { return float64(hasher.Stats().Running) })
	m.Gauge("doctor_hash_waiting", "Callers waiting for the hasher.", func() float64 { return float64(hasher.Stats().Waiting) })
	m.Counter("doctor_hash_refused_total", "Callers sent away by a full queue since the start.",
		func() float64 { return float64(hasher.Stats().Refused) })
	m.Gauge("doctor_denylist_entries", "Sessions and generations known to be void.",
		func() float64 { return float64(denylist.Size()) })
	m.Gauge("doctor_denylist_age_seconds", "How long ago the denylist was complete; over 1 it is stale.",
		func() float64 { return denylist.Age().Seconds() })
	m.Gauge("doctor_ready", "Whether this replica is ready.", func() float64 {
		if len(ready.Missing()) > 0 {
			return 0
		}
		return 1
	})
}

// newAccessLog writes a line a request and counts it. Health checks are counted only: they would be most of the log.
func newAccessLog(life fx.Lifecycle, p program, s settings, m *telemetry.Metrics) (httpapi.AccessLog, error) {
	log, stop, err := telemetry.NewRequestLog(p.stderr, s.LogLevel, p.forPeople(s))
	if err != nil {
		return nil, err
	}
	life.Append(fx.StopHook(stop))
	return func(_ context.Context, a httpapi.Access) {
		m.Request(a.Route, a.Method, a.Status, a.Took)
		level := zap.InfoLevel
		if a.Route == "/healthz" || a.Route == "/readyz" {
			level = zap.DebugLevel
		}
		line := log.Check(level, "request")
		if line == nil {
			return
		}
		line.Write(zap.String("method", a.Method), zap.String("route", a.Route), zap.Int("status", a.Status),
			zap.Duration("took", a.Took), zap.Int("bytes", a.Bytes), zap.String("request_id", a.RequestID),
			zap.Int64("doctor", int64(a.Doctor)), zap.Stringer("client", a.Client))
	}, nil
}
