package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
)

// methods are those that a route may have, in the order in which Allow lists them.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
}

func (a *api) noSuchPath(w http.ResponseWriter, r *http.Request) {
	if r.RequestURI == "*" && r.Method == http.MethodOptions {
		a.noSuchMethod(w, r) // the server as a whole knows no OPTIONS
		return
	}
	a.refuse(w, r, errNoSuchPath)
}

// noSuchMethod is also where the router sends methods that it has never heard of, whatever the path.
func (a *api) noSuchMethod(w http.ResponseWriter, r *http.Request) {
	allowed := allowedMethods(r)
	if len(allowed) == 0 {
		a.refuse(w, r, errNoSuchPath)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	a.refuse(w, r, errNoSuchMethod)
}

// allowedMethods asks the router which methods the path has. (The router knows when it comes to 405, but does not say.)
func allowedMethods(r *http.Request) []string {
	routes := chi.RouteContext(r.Context()).Routes
	if r.RequestURI == "*" {
		return methodsAnywhere(routes)
	}
	path := routedPath(r)
	return withHead(func(method string) bool { return routes.Match(chi.NewRouteContext(), method, path) })
}

func methodsAnywhere(routes chi.Routes) []string {
	return withHead(func(method string) bool {
		return slices.ContainsFunc(routes.Routes(), func(r chi.Route) bool {
			_, has := r.Handlers[method]
			return has
		})
	})
}

// withHead lists the methods that has agrees to; HEAD answers wherever GET does.
func withHead(has func(method string) bool) []string {
	var out []string
	for _, method := range methods {
		if has(method) || method == http.MethodHead && has(http.MethodGet) {
			out = append(out, method)
		}
	}
	return out
}
