package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/domain/doctor"
)

// Rules that only a form has: those of its shape.
const (
	ruleText    = wording.RuleText
	ruleUnknown = wording.RuleUnknown
)

// form reads the members of a body one by one and gathers what is wrong with each, in the order of the form:
//
//	readForm(r, fields…)  →  required, optional, reference, …  →  done
type form struct {
	faults
	body object
}

// readForm reads a body whose members may be the fields, and nothing else.
func readForm(r *http.Request, fields ...string) (*form, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	return &form{faultsOf(fields), body}, nil
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

// required reads a field that must be there.
func required[T any](f *form, field string, parse func(string) (T, error)) T {
	var value T
	if typed, ok := f.text(field); ok {
		value, f.found[field] = parse(typed)
	}
	return value
}

// kept reads a field that may be left out (it stays as it is), but not emptied.
func kept[T any](f *form, field string, parse func(string) (T, error)) T {
	var unchanged T
	if f.body.members[field].kind == absent {
		return unchanged
	}
	return required(f, field, parse)
}

// optional reads a field that may be left out (it stays as it is) or left empty (it is cleared).
func optional[T any](f *form, field string, parse func(string) (T, error)) doctor.Edit[T] {
	var value T
	switch m := f.body.members[field]; {
	case m.kind == absent:
		return doctor.Edit[T]{}
	case m.isEmpty():
	case m.kind == str:
		value, f.found[field] = parse(m.text)
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
		value, f.found[field] = doctor.ParseReference(field, id)
	default:
		f.broken(field, doctor.RuleReference)
	}
	return doctor.SetTo(value)
}

// isEmpty tells whether a member is there and holds nothing.
func (m member) isEmpty() bool {
	return m.kind == null || m.kind == str && strings.TrimSpace(m.text) == ""
}

// done says all that is wrong with the form.
func (f *form) done() error { return f.all(f.body.names, ruleUnknown) }
