package docs

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var pages = []string{
	"/docs", "/docs/page.css", "/docs/page.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js",
	"/docs/LICENSE", "/docs/NOTICE", "/docs/swagger-ui-bundle.js.LICENSE.txt",
}

func TestSwaggerUIIsTheUntouchedReleaseThatWasReviewed(t *testing.T) {
	for path, sum := range map[string]string{
		"/docs/swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
		"/docs/swagger-ui.css":       "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
	} {
		found := sha256.Sum256(get(t, path, nil).Body.Bytes())
		assert.Equal(t, sum, hex.EncodeToString(found[:]), path)
	}
}

func TestEveryPageAllowsTheBrowserItsOwnServiceOnly(t *testing.T) {
	for _, path := range pages {
		header := get(t, path, nil).Header()
		policy := header.Get("Content-Security-Policy")
		assert.True(t, strings.HasPrefix(policy, "default-src 'none'; script-src 'self';"), "%s: %s", path, policy)
		for _, loose := range []string{"unsafe", "*", "http:", "https:"} {
			assert.NotContains(t, policy, loose, path)
		}
		for _, closed := range []string{"object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
			assert.Contains(t, policy, closed, path)
		}
		assert.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
		assert.Equal(t, "no-referrer", header.Get("Referrer-Policy"), path)
	}
}

func TestThePageNamesNoOtherHostAndLoadsOnlyWhatIsServed(t *testing.T) {
	for _, path := range []string{"/docs", "/docs/page.css", "/docs/page.js"} {
		assert.NotRegexp(t, `(?i)[a-z]+:?//[a-z0-9]`, get(t, path, nil).Body.String(), path)
	}
	// The style sheet may draw, with data: URLs, but fetch nothing.
	style := get(t, "/docs/swagger-ui.css", nil).Body.String()
	assert.NotContains(t, style, "@import")
	for _, loaded := range regexp.MustCompile(`url\(["']?[^d)"'][^)]{0,40}`).FindAllString(style, -1) {
		assert.Fail(t, "the style sheet loads something", loaded)
	}
	assert.Contains(t, get(t, "/docs/page.js", nil).Body.String(), "validatorUrl: null")

	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(get(t, "/docs", nil).Body.String(), -1)
	assert.Len(t, links, 12)
	for _, link := range links {
		if strings.HasPrefix(link[1], "/docs/") {
			assert.Equal(t, http.StatusOK, get(t, link[1], nil).Code, link[1])
			continue
		}
		assert.Contains(t, []string{"data:,", "/openapi.yaml", "/openapi.json"}, link[1])
	}
}

func TestThePageHasNoInlineScriptOrStyle(t *testing.T) {
	page := get(t, "/docs", nil).Body.String()
	assert.NotRegexp(t, `<script(\s+defer)?>|<style|\sstyle=|\son[a-z]+=`, page)
	assert.Contains(t, page, "<script defer src=")
}

func TestPackedFilesAreSentAsTheClientTakesThem(t *testing.T) {
	for _, path := range []string{"/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"} {
		small := get(t, path, http.Header{"Accept-Encoding": {"br, gzip;q=0.5"}})
		large := get(t, path, nil)
		assert.Equal(t, "gzip", small.Header().Get("Content-Encoding"), path)
		assert.Empty(t, large.Header().Get("Content-Encoding"), path)
		assert.Equal(t, "Accept-Encoding", small.Header().Get("Vary"), path)
		assert.Equal(t, "Accept-Encoding", large.Header().Get("Vary"), path)
		assert.NotEqual(t, small.Header().Get("ETag"), large.Header().Get("ETag"), path)
		assert.Less(t, small.Body.Len(), large.Body.Len()/3, path)

		reader, err := gzip.NewReader(small.Body)
		require.NoError(t, err)
		unpacked, err := io.ReadAll(reader)
		require.NoError(t, err)
		assert.Equal(t, large.Body.Bytes(), unpacked, path)
	}
}

func TestGzipIsSentOnlyWhereItIsAccepted(t *testing.T) {
	for accepted, wanted := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "x-gzip": true, "deflate, gzip": true, "*": true, "gzip;q=0.001": true,
		"gzip; q=1": true, "identity": false, "br": false, "gzip;q=0": false, "gzip;q=0, *": false, "*, gzip;q=0": false,
		"*;q=0": false, "gzip;q=none": false,
	} {
		assert.Equal(t, wanted, acceptsGzip([]string{accepted}), accepted)
	}
	assert.True(t, acceptsGzip([]string{"br", "gzip"}), "two header lines")
	assert.False(t, acceptsGzip(nil))
}

func TestAnUnchangedFileIsNotSentAgain(t *testing.T) {
	for _, path := range append(pages, "/openapi.yaml") {
		for _, encoding := range []string{"gzip", "identity"} {
			header := http.Header{"Accept-Encoding": {encoding}}
			first := get(t, path, header)
			require.Equal(t, http.StatusOK, first.Code, path)
			assert.Equal(t, "no-cache", first.Header().Get("Cache-Control"), path)
			header.Set("If-None-Match", first.Header().Get("ETag"))
			second := get(t, path, header)
			assert.Equal(t, http.StatusNotModified, second.Code, path)
			assert.Zero(t, second.Body.Len(), path)
		}
	}
}

func TestEveryFileOfThePageIsInTheTestsAbove(t *testing.T) {
	assert.ElementsMatch(t, pages, slices.Collect(maps.Keys(Files())))
}

func TestTheDocumentIsSentInTheFormAskedFor(t *testing.T) {
	answer := get(t, "/openapi.yaml", nil)
	assert.Equal(t, "application/yaml", answer.Header().Get("Content-Type"))
	assert.Equal(t, "openapi: 3.1.0\n", answer.Body.String())
}

// get asks the handlers as a router would place them.
func get(t *testing.T, path string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	handler := Files()[path]
	if path == "/openapi.yaml" {
		handler = Document("application/yaml", []byte("openapi: 3.1.0\n"))
	}
	require.NotNil(t, handler, path)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	request.Header = header.Clone()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}
