package httpapi

import (
	"errors"
	"net/http"

	"hospital.example/doctor-service/ports/outbound"
)

// reportCause writes down why a request failed that was not the client's fault, under the request id that the client
// was given. Clients never see the cause.
func (a *api) reportCause(r *http.Request, err error) {
	level := outbound.Failure
	switch status := problemOf(err).status; {
	case status < http.StatusInternalServerError, as[notReady](err), errors.Is(err, errNotServing):
		return // the client's fault, or no news
	case status == http.StatusServiceUnavailable:
		level = outbound.Warning
	}
	a.Report.Report(r.Context(), level, "a request failed",
		outbound.Detail{Name: "request_id", Value: visitOf(r).requestID},
		outbound.Detail{Name: "route", Value: methodOf(r) + " " + routeOf(r)},
		outbound.Detail{Name: "cause", Value: err.Error()})
}
