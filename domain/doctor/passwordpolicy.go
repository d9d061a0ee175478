package doctor

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shortest and longest password, in characters, whatever a policy says.
const (
	minPasswordLength = 8
	maxPasswordLength = 128
)

// PasswordPolicy says which passwords may be chosen. It is asked of new passwords only, never at login.
type PasswordPolicy struct {
	MinLength int                         // below 8 it counts as 8
	Common    func(lowercase string) bool // whether the password is among those that attackers try first; never nil
}

// Choose accepts a password for a doctor, or tells the first rule that it breaks; field is the name it is told under.
// Phone and name may be zero where they are not known yet.
func (p PasswordPolicy) Choose(field string, typed Password, phone Phone, name Name) (ChosenPassword, error) {
	s := typed.Reveal()
	if s == "" {
		return ChosenPassword{}, Invalid{Field: field, Rule: RuleRequired}
	}
	if err := checkLength(field, s, max(p.MinLength, minPasswordLength), maxPasswordLength); err != nil {
		return ChosenPassword{}, err
	}
	if rule := p.broken(s, phone, name); rule != "" {
		return ChosenPassword{}, Invalid{Field: field, Rule: rule}
	}
	return ChosenPassword{typed.secret}, nil
}

func (p PasswordPolicy) broken(s string, phone Phone, name Name) Rule {
	switch {
	case hasControl(s, ""):
		return RuleNoControl
	case isRepeated(s):
		return RulePasswordRepeated
	case p.Common(strings.ToLower(s)):
		return RulePasswordCommon
	case isPersonal(s, phone, name):
		return RulePasswordPersonal
	}
	return ""
}

// isRepeated finds one character over and over; the marks on it belong to it.
func isRepeated(s string) bool {
	_, end := utf8.DecodeRuneInString(s)
	if next := strings.IndexFunc(s[end:], isNoMark); next >= 0 {
		end += next
	} else {
		end = len(s)
	}
	return strings.ReplaceAll(s, s[:end], "") == ""
}

func isNoMark(r rune) bool { return !unicode.IsMark(r) }

// isPersonal finds passwords made of the phone or the name: another spelling or a part of the phone, or both words with
// no more than a few characters around them (王小明123).
func isPersonal(s string, phone Phone, name Name) bool {
	const few = 4
	if spelled, err := ParsePhone(s); err == nil && spelled == phone {
		return true
	}
	whole := bare(s)
	if len(whole) >= few && strings.Contains(phone.v, whole) {
		return true
	}
	rest := whole
	for _, word := range []string{phone.v, bare(name.v)} {
		rest = strings.ReplaceAll(rest, word, "")
	}
	return len(rest) < len(whole) && utf8.RuneCountInString(rest) < few
}

// bare drops letter case and what stands between the parts of names and phones: Li Lei's password may be li-lei.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ·•・-_'’.", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
