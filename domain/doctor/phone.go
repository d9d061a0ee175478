package doctor

import (
	"regexp"
	"strings"
)

// Phone is a mainland mobile number, eleven digits.
type Phone struct{ v string }

var mobile = regexp.MustCompile(`^(?:\+86|0086|86)?(1[3-9][0-9]{9})$`)

// ParsePhone reads a number as people write it: with or without the country's prefix, in groups, in full-width digits.
// All spellings of one number give the same Phone, so that nobody can have two accounts or two failure counters.
func ParsePhone(raw string) (Phone, error) {
	if strings.TrimSpace(raw) == "" {
		return Phone{}, Invalid{Field: FieldPhone, Rule: RuleRequired}
	}
	digits := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, strings.TrimSpace(raw))
	found := mobile.FindStringSubmatch(digits)
	if found == nil {
		return Phone{}, Invalid{Field: FieldPhone, Rule: RulePhone}
	}
	return Phone{found[1]}, nil
}

func (p Phone) String() string { return p.v }

// IsZero tells whether there is no phone.
func (p Phone) IsZero() bool { return p.v == "" }

// Masked is the phone as logs may show it.
func (p Phone) Masked() string {
	if len(p.v) < 7 {
		return "***"
	}
	return p.v[:3] + "****" + p.v[len(p.v)-4:]
}
