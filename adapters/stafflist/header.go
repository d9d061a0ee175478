package stafflist

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// passwords are names of a column that no list may have: whoever can read the list could log in.
var passwords = []string{"password", "密码", "登录密码", "初始密码", "口令"}

// known finds columns by their names.
var known = func() map[string]*column {
	byName := map[string]*column{}
	for i := range columns {
		c := &columns[i]
		for _, name := range append([]string{c.field, c.chinese}, c.also...) {
			byName[folded(name)] = c
		}
	}
	return byName
}()

// folded is a column's name as it is compared.
func folded(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// readHeader says which column is which, or all that is wrong with the header. Columns at its end that have no name, as
// spreadsheets leave them, are none.
func readHeader(cells []string) ([]*column, error) {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	var found []*column
	var faults []error
	fault := func(field string, rule doctor.Rule) {
		faults = append(faults, doctor.Invalid{Field: field, Rule: rule})
	}
	for _, name := range cells {
		c := known[folded(name)]
		switch {
		case slices.Contains(passwords, folded(name)):
			fault(printable(name), inbound.RuleListPassword)
		case c == nil:
			fault(printable(name), inbound.RuleListUnknown)
		case slices.Contains(found, c):
			fault(c.field, inbound.RuleListTwice)
		}
		found = append(found, c)
	}
	for _, needed := range []string{doctor.FieldPhone, doctor.FieldName} {
		if !slices.Contains(found, known[needed]) {
			fault(needed, inbound.RuleListMissing)
		}
	}
	return found, errors.Join(faults...)
}

// printable is a name that somebody else chose, fit to be shown.
func printable(name string) string {
	const enough = 64
	shown := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, strings.TrimSpace(name)))
	return string(shown[:min(len(shown), enough)])
}
