package httpapi

import "net/http"

// headers are on every answer. A route that knows better (the reference page, the public keys) overwrites them.
func (a *api) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy",
			"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if a.Draining() {
			h.Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
