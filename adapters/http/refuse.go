package httpapi

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// refuse answers with an error.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p, l := problemOf(err), langOf(r)
	if p.status >= http.StatusInternalServerError && errors.Is(r.Context().Err(), context.Canceled) {
		// The client left, and that is most likely all that went wrong.
		visitOf(r).abandoned = true
		if as[panicked](err) {
			a.reportCause(r, err)
		}
		return
	}
	e := envelope{Code: p.code(), Msg: p.text[l]}
	if p.code() == 40001 {
		told := tell(doctor.Faults(err), l)
		e.Msg, e.Data = told.Errors[0].Reason, told
	}
	if unready, ok := errors.AsType[notReady](err); ok {
		e.Data = unready
	}
	switch p.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests:
		throttled, _ := errors.AsType[inbound.Throttled](err)
		retryAfter(w, throttled.Wait)
	case http.StatusServiceUnavailable:
		retryAfter(w, retrySoon)
	}
	a.reportCause(r, err)
	write(w, r, p.status, e)
}

// retrySoon is when a service that is unavailable now may be asked again: most such states are over in a moment.
const retrySoon = time.Second

// retryAfter tells whole seconds, rounded up: who waits that long must not come too early.
func retryAfter(w http.ResponseWriter, wait time.Duration) {
	seconds := max(1, int(math.Ceil(wait.Seconds())))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
}

// fieldFault is one fault as clients read it.
type fieldFault struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

type fieldFaults struct {
	Errors []fieldFault `json:"errors"`
}

// tell puts faults into words.
func tell(faults []doctor.Invalid, l lang) fieldFaults {
	told := make([]fieldFault, len(faults))
	for i, f := range faults {
		told[i] = fieldFault{f.Field, wording.Reason(f, l)}
	}
	return fieldFaults{told}
}
