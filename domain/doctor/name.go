package doctor

import (
	"strings"
	"unicode"
)

// Name is a person's name in any script.
type Name struct{ v string }

// The middle dots in use between parts of a name become one, so that a name has one spelling.
var dots = strings.NewReplacer("•", "·", "・", "·")

// ParseName reads a name: 1 to 50 characters, a letter among them, and nothing that could hide or forge text.
func ParseName(raw string) (Name, error) {
	s := dots.Replace(canonical(raw))
	if s == "" {
		return Name{}, Invalid{Field: FieldName, Rule: RuleRequired}
	}
	if err := checkLength(FieldName, s, 1, 50); err != nil {
		return Name{}, err
	}
	letters := 0
	for _, r := range s {
		switch {
		case isLetter(r):
			letters++
		case unicode.IsMark(r), r >= '0' && r <= '9', strings.ContainsRune(" ·-'’.", r):
		default:
			return Name{}, Invalid{Field: FieldName, Rule: RuleNameCharacters}
		}
	}
	if letters == 0 {
		return Name{}, Invalid{Field: FieldName, Rule: RuleNameLetter}
	}
	return Name{s}, nil
}

// isLetter also takes 〇 (a number to Unicode, a character of names to people) and the whole of the two planes of rare
// Han, whose newest characters the language's tables do not know yet.
func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.Is(unicode.Han, r) || r >= 0x20000 && r <= 0x3FFFD
}

func (n Name) String() string { return n.v }

// IsZero tells whether there is no name.
func (n Name) IsZero() bool { return n.v == "" }
