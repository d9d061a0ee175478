package docs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// content is a file with its tag. It is read when it is first asked for: most services never show the reference, and its
// files are larger than all that they keep in memory.
type content struct {
	body []byte
	tag  string
}

// plain serves an embedded file as it is.
func plain(mediaType, name string) http.Handler {
	return document(mediaType, func() []byte { return read(name) })
}

func document(mediaType string, load func() []byte) http.Handler {
	whole := sync.OnceValue(func() content {
		body := load()
		return content{body, entityTag(body, "")}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, mediaType, whole()) })
}

// packed serves a file that is embedded gzip-compressed. Nearly every client
// takes it that way; it is unpacked once, for the first that does not.
func packed(mediaType, name string) http.Handler {
	small := sync.OnceValue(func() content {
		body := read(name)
		return content{body, entityTag(body, "-gzip")}
	})
	large := sync.OnceValue(func() content {
		body := read(name)
		return content{unpack(name, body), entityTag(body, "")}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			w.Header().Set("Content-Encoding", "gzip")
			serve(w, r, mediaType, small())
			return
		}
		serve(w, r, mediaType, large())
	})
}

// serve leaves conditional requests and HEAD to net/http. Browsers ask each time
// whether the file changed, so that an upgrade shows at once and costs a 304.
func serve(w http.ResponseWriter, r *http.Request, mediaType string, c content) {
	header := w.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Content-Security-Policy", contentSecurityPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-cache")
	header.Set("ETag", c.tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.body))
}

func entityTag(body []byte, suffix string) string {
	sum := sha256.Sum256(body)
	return strconv.Quote(hex.EncodeToString(sum[:12]) + suffix)
}

// acceptsGzip reads the one thing that matters here out of Accept-Encoding:
// gzip is named, or covered by *, and not with weight zero.
func acceptsGzip(values []string) bool {
	accepted := false
	for item := range strings.SplitSeq(strings.Join(values, ","), ",") {
		coding, parameter, _ := strings.Cut(item, ";")
		name, weight, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		wanted := true
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
			wanted = err == nil && q > 0
		}
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return wanted // a named coding outweighs the asterisk
		case "*":
			accepted = wanted
		}
	}
	return accepted
}

// read and unpack can fail only if the binary was built from damaged files,
// which the tests of this package would have shown.
func read(name string) []byte {
	body, err := embedded.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("docs: %s is not embedded: %v", name, err))
	}
	return body
}

func unpack(name string, small []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(small))
	if err != nil {
		panic(fmt.Sprintf("docs: %s is no gzip file: %v", name, err))
	}
	large, err := io.ReadAll(reader)
	if err != nil {
		panic(fmt.Sprintf("docs: %s cannot be unpacked: %v", name, err))
	}
	return large
}
