package httpapi

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// Options is all that the package needs of the program. Every field must be set unless it says otherwise.
type Options struct {
	inbound.UseCases
	PasswordPolicy doctor.PasswordPolicy
	PublicKeys     inbound.PublicKeys
	Ready          inbound.Readiness
	Metrics        http.Handler // of the operations listener

	// Serving is false until the storage was ready for the first time; until then every path under /doctor/ is 503.
	Serving func() bool
	// Draining is true once the program is about to stop: answers then ask clients to leave the connection.
	Draining func() bool

	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; may be empty
	CORSOrigins    []string       // may be empty: no CORS
	RequestTimeout time.Duration  // zero: 10 s

	Log    AccessLog // nil: none
	Report outbound.Reporter
	Now    outbound.Clock
}

// AccessLog is told of every request when its answer has been written. One function may both write a log line and
// count: Method, Route and Status come from small sets, so that they may label a metric.
type AccessLog func(ctx context.Context, a Access)

// Access is one request and its answer. It holds nothing that a client could write at will.
type Access struct {
	Method    string // OTHER for one that HTTP does not name
	Route     string // the pattern of the route, never the path; "none" where no route was met
	Status    int    // 499: the client left before there was an answer
	Took      time.Duration
	Bytes     int // of the body of the answer
	RequestID string
	Doctor    doctor.ID // whom the token, or the login, proved; zero: nobody
	Client    netip.Addr
}

// api is the package at work: the options, and the state of the few things that happen once.
type api struct {
	Options
	warnOfForwarded func(*http.Request)
}

func newAPI(o Options) *api {
	if o.RequestTimeout == 0 {
		o.RequestTimeout = 10 * time.Second
	}
	a := &api{Options: o}
	a.warnOfForwarded = a.forwardedWarning()
	return a
}
