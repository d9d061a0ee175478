package telemetry

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests by route and status and use cases by outcome, beside what Go's runtime tells.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	useCases *prometheus.HistogramVec
}

// From half a millisecond, a read, to ten seconds, where a request is cut off.
var buckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// NewMetrics makes an empty set of metrics of its own.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "doctor_http_request_duration_seconds", Help: "Requests by route, method and status.", Buckets: buckets,
		}, []string{"route", "method", "status"}),
		useCases: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "doctor_use_case_duration_seconds", Help: "Use cases by name and outcome.", Buckets: buckets,
		}, []string{"use_case", "outcome"}),
	}
	m.registry.MustRegister(m.requests, m.useCases, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Gauge adds a value that is asked for when somebody reads the metrics.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Counter adds a number that only grows, asked for when somebody reads the metrics.
func (m *Metrics) Counter(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
}

// Request counts one answered request. Route is the pattern, never the path: paths are without bound.
func (m *Metrics) Request(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

// Observe counts one use case; it implements outbound.Observer.
func (m *Metrics) Observe(_ context.Context, useCase string, took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "error"
	}
	m.useCases.WithLabelValues(useCase, outcome).Observe(took.Seconds())
}

// Handler answers with all metrics in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
