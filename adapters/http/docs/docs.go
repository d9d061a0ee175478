// Package docs serves the interactive reference: Swagger UI, embedded, on the
// service's own OpenAPI document, with nothing fetched from anywhere else.
//
//	/docs            index.html ── loads ──▶ /docs/page.css, /docs/page.js
//	                                         /docs/swagger-ui.css, …-bundle.js
//	page.js          ── fetches ──▶ /openapi.json ── and calls ──▶ the API
//
// The handlers trust the router for the method: register them for GET and HEAD.
package docs

import (
	"embed"
	"net/http"
)

// The JSON form is kept beside the YAML form, so that the service needs no YAML
// library; a test of this package proves that both say the same.
//go:generate go test -run ^TestTheJSONDocumentSaysWhatTheYAMLDocumentSays$ . -update

//go:embed index.html page.css page.js swagger-ui
var embedded embed.FS

// contentSecurityPolicy lets the page load its own files and call its own
// service, and nothing else. Swagger UI draws its icons from data: URLs.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// Files has a handler for /docs and for each file that the page loads, by path. They are routes like any other, so that
// other paths and other methods get the same answers as everywhere else.
func Files() map[string]http.Handler {
	files := map[string]http.Handler{
		"/docs":                      plain("text/html; charset=utf-8", "index.html"),
		"/docs/page.css":             plain("text/css; charset=utf-8", "page.css"),
		"/docs/page.js":              plain("text/javascript; charset=utf-8", "page.js"),
		"/docs/swagger-ui.css":       packed("text/css; charset=utf-8", "swagger-ui/swagger-ui.css.gz"),
		"/docs/swagger-ui-bundle.js": packed("text/javascript; charset=utf-8", "swagger-ui/swagger-ui-bundle.js.gz"),
	}
	for _, licence := range []string{"LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"} {
		files["/docs/"+licence] = plain("text/plain; charset=utf-8", "swagger-ui/"+licence)
	}
	return files
}

// Document answers with one form of the OpenAPI document.
func Document(mediaType string, body []byte) http.Handler {
	return document(mediaType, func() []byte { return body })
}
