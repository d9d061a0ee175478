package httpapi

import (
	"crypto/rand"
	"net/http"
	"regexp"
)

const requestIDHeader = "X-Request-Id"

var acceptableRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// requestID keeps the caller's id, so that one id leads through the logs of several services, unless it could be
// anything but an id.
func requestID(h http.Header) string {
	if given := h.Values(requestIDHeader); len(given) == 1 && acceptableRequestID.MatchString(given[0]) {
		return given[0]
	}
	return rand.Text()
}
