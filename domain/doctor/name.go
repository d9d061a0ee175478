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
	if strings.ContainsFunc(s, isForeignToNames) {
		return Name{}, Invalid{Field: FieldName, Rule: RuleNameCharacters}
	}
	if !strings.ContainsFunc(s, isLetter) {
		return Name{}, Invalid{Field: FieldName, Rule: RuleNameLetter}
	}
	return Name{s}, nil
}

// isForeignToNames also finds the fillers that are letters or marks to Unicode and blank to the eye: a name of them
// would look like none.
func isForeignToNames(r rune) bool {
	if unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
		return true
	}
	digit := r >= '0' && r <= '9'
	return !isLetter(r) && !unicode.IsMark(r) && !digit && !strings.ContainsRune(" ·-'’.", r)
}

// isLetter also takes 〇 (a number to Unicode, a character of names to people) and the whole of the two planes of rare
// Han, whose newest characters the language's tables do not know yet.
func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.Is(unicode.Han, r) || r >= 0x20000 && r <= 0x3FFFF && !isNoncharacter(r)
}

// isNoncharacter finds the two code points at the end of each plane that will never be a character.
func isNoncharacter(r rune) bool { return r&0xFFFE == 0xFFFE }

func (n Name) String() string { return n.v }

// IsZero tells whether there is no name.
func (n Name) IsZero() bool { return n.v == "" }
