package httpapi

import (
	"strconv"
	"strings"

	"hospital.example/doctor-service/ports/inbound"
)

// entityTag is the ETag of a doctor's version.
func entityTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// ifMatch reads the If-Match headers of a request; nil: there are none. A tag that is weak, or not one of ours, can
// never hold, so it is left out; a condition of such tags alone always fails.
func ifMatch(headers []string) *inbound.Match {
	if len(headers) == 0 {
		return nil
	}
	given := strings.Join(headers, ",")
	if strings.Trim(given, " \t") == "*" {
		return &inbound.Match{Any: true}
	}
	m := &inbound.Match{}
	for tag := range strings.SplitSeq(given, ",") {
		tag = strings.Trim(tag, " \t")
		version, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
		if err == nil && tag == entityTag(version) {
			m.Versions = append(m.Versions, version)
		}
	}
	return m
}
