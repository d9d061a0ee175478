package doctor

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const redacted = "[redacted]"

// Password is what a person typed. It prints as [redacted] in every way that fmt, JSON and text encoders know.
type Password struct{ plain string }

// TypedPassword wraps what was typed, in NFC: keyboards write one letter in several ways. Nothing else is changed.
func TypedPassword(s string) Password { return Password{norm.NFC.String(s)} }

// Reveal is the password itself, for the one who hashes it.
func (p Password) Reveal() string { return p.plain }

func (Password) String() string               { return redacted }
func (Password) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redacted)) }
func (Password) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Longest password, in characters.
const maxPasswordLength = 128

// PasswordPolicy says which passwords may be chosen. It is asked of new passwords only, never at login.
type PasswordPolicy struct {
	MinLength int
	Common    func(lowercase string) bool // whether the password is among those that attackers try first
}

// ChosenPassword is a password that a policy accepted.
type ChosenPassword struct{ Password }

// Choose accepts a password for a doctor, or says every rule that it breaks; field is the name it is told under. Phone
// and name may be zero where they are not known yet.
func (p PasswordPolicy) Choose(field string, typed Password, phone Phone, name Name) (ChosenPassword, error) {
	s := typed.plain
	if s == "" {
		return ChosenPassword{}, Invalid{Field: field, Rule: RuleRequired}
	}
	if err := checkLength(field, s, p.MinLength, maxPasswordLength); err != nil {
		return ChosenPassword{}, err
	}
	for _, broken := range []struct {
		rule Rule
		by   bool
	}{
		{RuleNoControl, hasControl(s, "")},
		{RulePasswordRepeated, isRepeated(s)},
		{RulePasswordCommon, p.Common(strings.ToLower(s))},
		{RulePasswordPersonal, isPersonal(s, phone, name)},
	} {
		if broken.by {
			return ChosenPassword{}, Invalid{Field: field, Rule: broken.rule}
		}
	}
	return ChosenPassword{typed}, nil
}

func isRepeated(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(first)) == ""
}

// isPersonal finds passwords made of the phone or the name: a part of the phone, or both words with no more than a few
// characters around them (王小明123).
func isPersonal(s string, phone Phone, name Name) bool {
	const few = 4
	lower := strings.ToLower(s)
	rest := lower
	if !phone.IsZero() {
		if strings.Contains(phone.v, lower) {
			return true
		}
		rest = strings.ReplaceAll(rest, phone.v, "")
	}
	if utf8.RuneCountInString(name.v) > 1 {
		rest = strings.ReplaceAll(rest, strings.ToLower(name.v), "")
	}
	return len(rest) < len(lower) && utf8.RuneCountInString(rest) < few
}

// Credential is a stored password hash. The zero Credential fits no password.
type Credential struct{ phc string }

// CredentialOf wraps a hash in the PHC string format.
func CredentialOf(phc string) Credential { return Credential{phc} }

// PHC is the hash itself, for the one who verifies it.
func (c Credential) PHC() string { return c.phc }

// IsZero tells whether no password was ever set.
func (c Credential) IsZero() bool { return c.phc == "" }

func (Credential) String() string               { return redacted }
func (Credential) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redacted)) }
func (Credential) MarshalText() ([]byte, error) { return []byte(redacted), nil }
