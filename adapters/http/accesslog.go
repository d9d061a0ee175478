package httpapi

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// statusClientLeft is nginx's word for a client that did not wait for its answer. It is logged, never sent.
const statusClientLeft = 499

// accessLog tells the program of every request, and hangs up on those that nothing can be answered to: an unfinished
// answer must not look like a finished one.
func (a *api) accessLog(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := a.Now()
		answered := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(answered, r)

		v := visitOf(r)
		status, bytes := answered.Status(), answered.BytesWritten()
		if status == 0 {
			status = http.StatusOK // what net/http sends for an answer without a word
			if v.abandoned {
				status = statusClientLeft
			}
		}
		if r.Method == http.MethodHead {
			bytes = 0 // net/http drops the body
		}
		if a.Log != nil {
			a.Log(r.Context(), Access{
				Method:    methodOf(r),
				Route:     routeOf(r),
				Status:    status,
				Took:      a.Now().Sub(began),
				Bytes:     bytes,
				RequestID: v.requestID,
				Doctor:    v.doctor,
				Client:    v.client,
			})
		}
		if v.abandoned {
			panic(http.ErrAbortHandler)
		}
	})
}

// methodOf is the method as a metric may show it: clients may invent as many as they like.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return r.Method
	}
	return "OTHER"
}

// routeOf is the pattern of the route, known once the request was routed.
func routeOf(r *http.Request) string {
	if pattern := chi.RouteContext(r.Context()).RoutePattern(); pattern != "" {
		return pattern
	}
	return "none"
}
