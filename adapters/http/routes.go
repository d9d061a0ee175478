// Package httpapi drives the core over HTTP. The outside behaviour is described in openapi.yaml, beside this file; the
// use cases come in as function values, so the package knows nothing of how they do their work.
//
// A request goes inwards through what every request needs, then through what its route needs:
//
//	client address → visit (request id, time limit) → access log → headers → panics → CORS → HEAD
//	  → route → serving? → token → body, address → use case → envelope
//
// and an error goes back outwards as it is: one table, in errors.go, turns it into status, code and text.
package httpapi

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"hospital.example/doctor-service/adapters/http/docs"
	"hospital.example/doctor-service/ports/inbound"
)

// New is the public API.
func New(o Options) http.Handler {
	a := newAPI(o)
	r := a.router()

	r.Group(func(r chi.Router) {
		r.Use(a.whenServing)
		r.Post("/doctor/login", a.open(a.login))
		r.Post("/doctor/logout", a.open(a.logout))
		r.Post("/doctor/register", a.bearer(inbound.RegisterDoctor, a.register))
		r.Post("/doctor/password", a.bearer(inbound.ChangeOwnPassword, a.changePassword))
		r.Get(profilePath, a.bearer(inbound.ManageOwnProfile, a.viewProfile))
		r.Patch(profilePath, a.bearer(inbound.ManageOwnProfile, a.manageProfile))

		r.Get("/doctor/directory", a.bearer(inbound.ReadDirectory, a.lookUpDoctors))
		r.Get("/doctor/directory/{id}", a.about(inbound.ReadDirectory, a.lookUpDoctor))
		r.Get("/doctor/admin/doctors", a.bearer(inbound.Administer, a.listDoctors))
		r.Get("/doctor/admin/doctors/{id}", a.about(inbound.Administer, a.viewDoctor))
		r.Patch("/doctor/admin/doctors/{id}", a.about(inbound.Administer, a.manageDoctor))
		r.Delete("/doctor/admin/doctors/{id}", a.about(inbound.Administer, a.eraseDoctor))
		r.Post("/doctor/admin/doctors/{id}/disable", a.about(inbound.Administer, a.disableDoctor))
		r.Post("/doctor/admin/doctors/{id}/enable", a.about(inbound.Administer, a.enableDoctor))
		r.Post("/doctor/admin/doctors/{id}/reset-password", a.about(inbound.Administer, a.resetPassword))
		r.Get("/doctor/admin/doctors/{id}/events", a.about(inbound.Administer, a.listEvents))
	})

	r.Get("/.well-known/jwks.json", a.publicKeys)
	r.Get("/healthz", a.open(a.healthy))
	r.Get("/readyz", a.open(a.ready))

	r.Method(http.MethodGet, "/openapi.yaml", docs.Document("application/yaml", openAPIYAML))
	r.Method(http.MethodGet, "/openapi.json", docs.Document("application/json", openAPIJSON))
	for path, file := range docs.Files() { // /docs, and what that page loads
		r.Method(http.MethodGet, path, file)
	}
	return r
}

// Operations is what the operations listener serves. It writes no access log: who looks there looks every few seconds.
func Operations(o Options) http.Handler {
	o.Log, o.CORSOrigins = nil, nil
	a := newAPI(o)
	r := a.router()
	r.Method(http.MethodGet, "/metrics", o.Metrics)
	r.Get("/healthz", a.open(a.healthy))
	r.Get("/readyz", a.open(a.ready))
	return r
}

// router has what every route needs, from the outermost to the innermost.
func (a *api) router() *chi.Mux {
	r := chi.NewRouter()
	r.Use(a.clientAddress())
	r.Use(a.receive)
	r.Use(a.accessLog)
	r.Use(a.headers)
	r.Use(a.catchPanics)
	if len(a.CORSOrigins) > 0 {
		r.Use(crossOrigin(a.CORSOrigins))
	}
	r.Use(middleware.GetHead)
	r.NotFound(a.noSuchPath)
	r.MethodNotAllowed(a.noSuchMethod)
	return r
}
