package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// document is openapi.yaml, and the router that finds a request's operation in it.
var document = sync.OnceValues(func() (*openapi3.T, routers.Router) {
	doc, err := openapi3.NewLoader().LoadFromData(openAPIYAML)
	if err != nil {
		panic(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		panic(err)
	}
	return doc, router
})

// checkAgainstDocument fails the test if the document does not allow the answer, or does not allow the request though
// it was served.
func checkAgainstDocument(t *testing.T, r *http.Request, got answered) {
	t.Helper()
	doc, router := document()
	require.Regexp(t, acceptableRequestID, got.header.Get("X-Request-Id"))
	if r.Method == http.MethodHead || strings.HasPrefix(r.URL.Path, "/docs/") || isPreflight(r) {
		return // the document says nothing of these
	}
	for _, general := range []struct {
		status int
		named  string
	}{{404, "NotFound"}, {405, "MethodNotAllowed"}} {
		if got.status == general.status {
			checkBody(t, doc.Components.Responses[general.named].Value, got)
			return
		}
	}
	operation, parameters, err := router.FindRoute(r)
	require.NoError(t, err, "%s %s is not in the document but was answered with %d", r.Method, r.URL, got.status)
	asked := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: operation,
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
		},
	}
	if got.status == http.StatusOK {
		assert.NoError(t, openapi3filter.ValidateRequest(context.Background(), asked), "the request was served")
	}
	assert.NoError(t, openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: got.status, Header: got.header, Options: asked.Options,
		Body: io.NopCloser(strings.NewReader(got.body)),
	}))
}

// checkBody is for the answers that belong to no operation.
func checkBody(t *testing.T, response *openapi3.Response, got answered) {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal([]byte(got.body), &value), got.body)
	schema := response.Content.Get("application/json").Schema.Value
	assert.NoError(t, schema.VisitJSON(value, openapi3.EnableJSONSchema2020()), got.body)
	for name := range response.Headers {
		assert.NotEmpty(t, got.header.Get(name), name)
	}
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

func TestEveryRouteIsInTheDocumentAndTheOtherWayRound(t *testing.T) {
	doc, _ := document()
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	served := map[string]bool{}
	routes := New(newStage(t).Options).(chi.Routes)
	require.NoError(t, chi.Walk(routes, func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !strings.HasPrefix(path, "/docs/") { // what the page loads is its own affair
			served[method+" "+path] = true
		}
		return nil
	}))
	assert.Equal(t, described, served)
	assert.Greater(t, len(served), 10)
}

func TestTheDocumentIsServedAsItLiesInTheSource(t *testing.T) {
	s := newStage(t)
	asYAML := s.ask("GET", "/openapi.yaml", "")
	assert.Equal(t, string(openAPIYAML), asYAML.body)
	asJSON := s.ask("GET", "/openapi.json", "")
	assert.JSONEq(t, string(openAPIJSON), asJSON.body)
	page := s.ask("GET", "/docs", "")
	assert.Equal(t, 200, page.status)
	assert.Contains(t, page.header.Get("Content-Security-Policy"), "script-src 'self'")
	assert.Equal(t, 404, s.ask("GET", "/docs/no-such-file.js", "").status)
	assert.Equal(t, 404, s.ask("GET", "/docs/", "").status)
}
