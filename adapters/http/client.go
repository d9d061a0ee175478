package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"sync"

	"github.com/go-chi/chi/v5/middleware"

	"hospital.example/doctor-service/ports/outbound"
)

const forwardedHeader = "X-Forwarded-For"

// clientAddress finds out who is on the other side: the socket's peer or, if that is a trusted proxy, the last address
// of X-Forwarded-For that is not one.
func (a *api) clientAddress() func(http.Handler) http.Handler {
	find := func(next http.Handler) http.Handler { return next }
	if len(a.TrustedProxies) > 0 {
		prefixes := make([]string, len(a.TrustedProxies))
		for i, p := range a.TrustedProxies {
			prefixes[i] = p.String()
		}
		find = middleware.ClientIPFromXFF(prefixes...)
	}
	return func(next http.Handler) http.Handler {
		found := find(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.warnOfForwarded(r)
			found.ServeHTTP(w, r)
		})
	}
}

// clientOf is the address that was found, else the peer's. A trusted proxy that sends nothing usable stands for its
// clients: throttling must never meet an empty address, which all of them would share with everybody else.
func clientOf(r *http.Request) netip.Addr {
	if found := middleware.GetClientIPAddr(r.Context()); found.IsValid() {
		return found.WithZone("")
	}
	return peerOf(r)
}

// peerOf is the other end of the connection.
func peerOf(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{} // not a network address: a socket of this machine
	}
	return peer.Addr().Unmap().WithZone("")
}

// forwardedWarning tells once that somebody who is no trusted proxy sends X-Forwarded-For: most likely a proxy that is
// missing in the configuration, so that all its clients look like one.
func (a *api) forwardedWarning() func(*http.Request) {
	var once sync.Once
	return func(r *http.Request) {
		if len(r.Header.Values(forwardedHeader)) == 0 {
			return
		}
		peer := peerOf(r)
		if slices.ContainsFunc(a.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(peer) }) {
			return
		}
		once.Do(func() {
			a.Report.Report(r.Context(), outbound.Warning,
				"X-Forwarded-For comes from an address that is no trusted proxy and is ignored",
				outbound.Detail{Name: "peer", Value: peer.String()})
		})
	}
}
