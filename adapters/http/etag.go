package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// entityTag is the ETag of a doctor's version.
func entityTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

func tagOf(d *doctor.Doctor) string { return entityTag(d.Version()) }

// tagOfAll is the ETag of several doctors: another one as soon as one comes, goes or changes.
func tagOfAll(doctors []*doctor.Doctor) string {
	var seen []byte
	for _, d := range doctors {
		seen = binary.BigEndian.AppendUint64(seen, uint64(d.ID()))      //nolint:gosec // the bits count, not the number
		seen = binary.BigEndian.AppendUint64(seen, uint64(d.Version())) //nolint:gosec // the bits count, not the number
	}
	sum := sha256.Sum256(seen)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

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
