package httpapi

import (
	"net/http"
	"slices"

	"github.com/go-chi/cors"
)

// crossOrigin lets front ends of the given origins, spelt exactly so, call from a browser. Tokens travel in a header of
// their own, so no credentials are allowed.
func crossOrigin(origins []string) func(http.Handler) http.Handler {
	return cors.Handler(cors.Options{
		AllowOriginFunc: func(_ *http.Request, origin string) bool { return slices.Contains(origins, origin) },
		AllowedMethods: []string{
			http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete,
		},
		AllowedHeaders: []string{"Authorization", "Content-Type", "If-Match", requestIDHeader, "Accept-Language"},
		ExposedHeaders: []string{"ETag", requestIDHeader, "Retry-After", "WWW-Authenticate"},
		MaxAge:         600,
	})
}
