package httpapi

import (
	"context"
	"net/http"
	"net/netip"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// visit is what is known of one request. It is made when the request arrives and filled in on its way, so that the
// access log, which stands outermost, can tell what was learnt further in.
type visit struct {
	requestID string
	client    netip.Addr
	doctor    doctor.ID
	bodyRead  bool // to its end
	abandoned bool // nothing can be answered any more: the client left, or half an answer is out
}

type visitKey struct{}

// receive begins a visit, and bounds what it may take: whoever still works on it then learns so from the context.
func (a *api) receive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{requestID: requestID(r.Header), client: clientOf(r)}
		w.Header().Set(requestIDHeader, v.requestID)
		ctx, cancel := context.WithTimeout(r.Context(), a.RequestTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, visitKey{}, v)))
	})
}

func visitOf(r *http.Request) *visit {
	return r.Context().Value(visitKey{}).(*visit) // receive put it there
}

// originOf says where a command comes from.
func originOf(r *http.Request) inbound.Origin {
	v := visitOf(r)
	return inbound.Origin{Address: v.client, RequestID: v.requestID}
}
