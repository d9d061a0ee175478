package httpapi

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"hospital.example/doctor-service/domain/doctor"
)

// faults gathers what is wrong with each field of a form, or each parameter of an address, so that a person is told of all
// of it at once.
type faults struct {
	fields []string         // in the order in which they are told
	found  map[string]error // by field
}

func faultsOf(fields []string) faults {
	return faults{fields: fields, found: map[string]error{}}
}

func (f *faults) broken(field string, rule doctor.Rule) {
	f.found[field] = doctor.Invalid{Field: field, Rule: rule}
}

// all is what was found: the fields in their order, then those names that are none.
func (f *faults) all(names []string, unknown doctor.Rule) error {
	var all []error
	for _, field := range f.fields {
		all = append(all, f.found[field])
	}
	for _, name := range names {
		if len(all) == len(f.fields)+maxUnknown {
			break
		}
		if !slices.Contains(f.fields, name) {
			all = append(all, doctor.Invalid{Field: printable(name), Rule: unknown})
		}
	}
	return errors.Join(all...)
}

// There may be thousands of names, of any length. An answer repeats no more of them than a person would read.
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
