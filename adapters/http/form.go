package httpapi

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/domain/doctor"
)

// Rules that only a form has: those of its shape.
const (
	ruleText    = wording.RuleText
	ruleUnknown = wording.RuleUnknown
)

// form reads the members of a body one by one and gathers what is wrong with each, so that a person is told of all of
// it at once, in the order of the form:
//
//	readForm(r, fields…)  →  required, optional, reference, …  →  done
type form struct {
	fields []string
	body   object
	faults map[string]error // by field
}

// readForm reads a body whose members may be the fields, and nothing else.
func readForm(r *http.Request, fields ...string) (*form, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	return &form{fields: fields, body: body, faults: map[string]error{}}, nil
}

// text is a string that must be there; it may be empty.
func (f *form) text(field string) (string, bool) {
	m := f.body.members[field]
	switch m.kind {
	case str:
		return m.text, true
	case absent, null:
		f.broken(field, doctor.RuleRequired)
	default:
		f.broken(field, ruleText)
	}
	return "", false
}

func (f *form) broken(field string, rule doctor.Rule) {
	f.faults[field] = doctor.Invalid{Field: field, Rule: rule}
}

// required reads a field that must be there.
func required[T any](f *form, field string, parse func(string) (T, error)) T {
	var value T
	if typed, ok := f.text(field); ok {
		value, f.faults[field] = parse(typed)
	}
	return value
}

// optional reads a field that may be left out (it stays as it is) or left empty (it is cleared).
func optional[T any](f *form, field string, parse func(string) (T, error)) doctor.Edit[T] {
	var value T
	switch m := f.body.members[field]; {
	case m.kind == absent:
		return doctor.Edit[T]{}
	case m.isEmpty():
	case m.kind == str:
		value, f.faults[field] = parse(m.text)
	default:
		f.broken(field, ruleText)
	}
	return doctor.SetTo(value)
}

// reference reads the id of something that another service owns, a number in plain digits. It is cleared by null, by 0
// and by the empty string that front ends keep for a field that nobody filled in; any other string is no number.
func reference(f *form, field string) doctor.Edit[doctor.Reference] {
	var value doctor.Reference
	switch m := f.body.members[field]; {
	case m.kind == absent:
		return doctor.Edit[doctor.Reference]{}
	case m.kind == null, m.kind == str && m.text == "", m.kind == number && m.text == "0":
	case m.kind == number:
		id, err := strconv.ParseInt(m.text, 10, 64)
		if err != nil {
			id = -1 // a fraction, an exponent, or beyond all bounds: no id either
		}
		value, f.faults[field] = doctor.ParseReference(field, id)
	default:
		f.broken(field, doctor.RuleReference)
	}
	return doctor.SetTo(value)
}

// isEmpty tells whether a member is there and holds nothing.
func (m member) isEmpty() bool {
	return m.kind == null || m.kind == str && strings.TrimSpace(m.text) == ""
}

// done says all that is wrong with the form: its fields in their order, then members that are none.
func (f *form) done() error {
	var all []error
	for _, field := range f.fields {
		all = append(all, f.faults[field])
	}
	for _, name := range f.body.names {
		if len(all) == len(f.fields)+maxUnknown {
			break
		}
		if !slices.Contains(f.fields, name) {
			all = append(all, doctor.Invalid{Field: printable(name), Rule: ruleUnknown})
		}
	}
	return errors.Join(all...)
}

// A body may hold thousands of members of any name. An answer repeats no more of them than a person would read.
const (
	maxUnknown = 100
	maxName    = 64
)

// printable is a name that somebody else chose, fit to be shown.
func printable(name string) string {
	shown := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, name))
	return string(shown[:min(len(shown), maxName)])
}
