package doctor

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// canonical is the form in which text is counted, compared and stored: NFC without surrounding blanks.
func canonical(s string) string { return strings.TrimSpace(norm.NFC.String(s)) }

// checkLength counts Unicode characters, not bytes.
func checkLength(field, s string, lo, hi int) error {
	if n := utf8.RuneCountInString(s); n < lo || n > hi {
		return Invalid{Field: field, Rule: RuleLength, Min: lo, Max: hi}
	}
	return nil
}

// hasControl finds control characters and bytes that are no text at all; allowed lists those that may stand.
func hasControl(s, allowed string) bool {
	if !utf8.ValidString(s) {
		return true
	}
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune(allowed, r)
	})
}

// parseFreeText is the rule of fields that hold what people write.
func parseFreeText(field, raw string, hi int, allowed string) (string, error) {
	s := canonical(raw)
	if err := checkLength(field, s, 1, hi); err != nil {
		return "", err
	}
	if hasControl(s, allowed) {
		return "", Invalid{Field: field, Rule: RuleNoControl}
	}
	return s, nil
}
