package httpapi

import (
	"maps"
	"net/http"
)

// guarded are on every answer. A route that knows better (the reference page, the public keys) overwrites them.
var guarded = http.Header{
	"Cache-Control":          {"no-store"},
	"X-Content-Type-Options": {"nosniff"},
	"Content-Security-Policy": {
		"default-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	},
	"Referrer-Policy":              {"no-referrer"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
}

func (a *api) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), guarded) // the values are shared: a header is set anew, never written into
		// With chunks there may have come a length as well, which net/http drops: whoever stands between may have gone by
		// that, so what follows here is nobody's next request.
		if a.Draining() || len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
