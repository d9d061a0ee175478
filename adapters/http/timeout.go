package httpapi

import (
	"context"
	"net/http"
)

// timeout bounds what a request may take; whoever still works on it then learns so from the context.
func (a *api) timeout(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), a.RequestTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
