package httpapi

import (
	"net/http"
	"strings"

	"hospital.example/doctor-service/ports/inbound"
)

// bearer serves an endpoint that needs a caller. Who it is and what it may do is decided before anything of the body is
// read; an endpoint that asks for an inbound.Caller cannot be reached on any other way.
func (a *api) bearer(to inbound.Action, do func(*http.Request, inbound.Caller) (answer, error)) http.HandlerFunc {
	return a.open(func(r *http.Request) (answer, error) {
		caller, err := a.Authorize(r.Context(), inbound.AuthorizeCommand{
			Token: tokenOf(r.Header), To: to, Origin: originOf(r),
		})
		visitOf(r).doctor = caller.ID // known even to a caller who may not do this
		if err != nil {
			return answer{}, err
		}
		return do(r, caller)
	})
}

// tokenOf is the bearer token. Whatever is not exactly one of them counts as none, so that it depends on the use case
// alone whether a token is needed at all.
func tokenOf(h http.Header) string {
	given := h.Values("Authorization")
	if len(given) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	token = strings.TrimLeft(token, " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.ContainsAny(token, " \t,") {
		return ""
	}
	return token
}

// whenServing keeps requests off the use cases until there is something to serve from.
func (a *api) whenServing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.Serving() {
			a.refuse(w, r, errNotServing)
			return
		}
		next.ServeHTTP(w, r)
	})
}
