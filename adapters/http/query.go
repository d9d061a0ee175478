package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/domain/doctor"
)

// Rules that only an address has.
const (
	ruleNoParameter = wording.RuleNoParameter
	ruleRepeated    = wording.RuleRepeated
	ruleEncoding    = wording.RuleEncoding
	ruleLimit       = wording.RuleLimit
	ruleIDs         = wording.RuleIDs
	ruleCursor      = wording.RuleCursor
)

// Parameters that are no field of a doctor.
const (
	parameterLimit  = wording.FieldLimit
	parameterCursor = wording.FieldCursor
	parameterIDs    = wording.FieldIDs
)

// query reads the parameters of an address one by one, as form reads the members of a body:
//
//	readQuery(r, names…)  →  narrowed, limit, after, …  →  done
//
// A parameter that is empty, as front ends send it for a field that nobody filled in, is as good as absent.
type query struct {
	faults
	names  []string          // as they were given, each once
	values map[string]string // of those that are not empty
}

// readQuery reads an address whose parameters may be those named, and nothing else.
func readQuery(r *http.Request, parameters ...string) *query {
	q := &query{faults: faultsOf(parameters), values: map[string]string{}}
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, _ = unescaped(name)
		value, legible := unescaped(value)
		switch {
		case seen[name]: // whoever reads the first value and whoever reads the last must not differ
			q.broken(name, ruleRepeated)
			delete(q.values, name)
			continue
		case !legible:
			q.broken(name, ruleEncoding)
		case strings.TrimSpace(value) != "":
			q.values[name] = value
		}
		seen[name] = true
		q.names = append(q.names, name)
	}
	return q
}

// unescaped reads percent-encoded text; what cannot be read comes back as it is.
func unescaped(raw string) (text string, legible bool) {
	text, err := url.QueryUnescape(raw)
	if err != nil || !utf8.ValidString(text) {
		return raw, false
	}
	return text, true
}

// narrowed reads a parameter that may be left out: its zero value narrows nothing.
func narrowed[T any](q *query, name string, parse func(string) (T, error)) T {
	var value T
	if typed, given := q.values[name]; given {
		value, q.found[name] = parse(typed)
	}
	return value
}

// referenceTo reads the id of something that another service owns.
func referenceTo(field string) func(string) (doctor.Reference, error) {
	return func(typed string) (doctor.Reference, error) {
		id, ok := parseNumber(typed)
		if !ok {
			id = -1 // no id either
		}
		return doctor.ParseReference(field, id)
	}
}

// parseNumber reads a positive integer in its one spelling: no sign, no zeros before it.
func parseNumber(typed string) (int64, bool) {
	n, err := strconv.ParseInt(typed, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == typed
}

// ids reads ids that must be there, with commas between them.
func (q *query) ids() []doctor.ID {
	typed, given := q.values[parameterIDs]
	switch {
	case given:
		ids, ok := parseIDs(typed)
		if !ok {
			q.broken(parameterIDs, ruleIDs)
		}
		return ids
	case q.found[parameterIDs] == nil:
		q.broken(parameterIDs, doctor.RuleRequired)
	}
	return nil
}

func parseIDs(typed string) ([]doctor.ID, bool) {
	var ids []doctor.ID
	for one := range strings.SplitSeq(typed, ",") {
		id, ok := parseNumber(one)
		if !ok || len(ids) == maxLimit {
			return nil, false
		}
		ids = append(ids, doctor.ID(id))
	}
	slices.Sort(ids)
	return slices.Compact(ids), true
}

// done says all that is wrong with the parameters.
func (q *query) done() error { return q.all(q.names, ruleNoParameter) }
