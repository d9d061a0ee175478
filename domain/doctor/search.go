package doctor

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SearchKeys are what a doctor is found by, one a line: a keyword finds whoever has a key that begins with it.
type SearchKeys string

// longestKey is how many characters keys keep; no keyword is longer.
const longestKey = 64

// Pinyin spells a name: a syllable for each of its characters, "" for one that has none.
type Pinyin func(name string) []string

// searchKeysOf is what a profile is found by: every suffix of the name, so that any part of it begins one; its pinyin and
// its initials from each syllable on; the phone; the staff number. 王小明 is found by 小明, xiaoming and xm.
func searchKeysOf(p Profile, spell Pinyin) SearchKeys {
	keys := []string{fold(p.Phone.v), fold(p.InternalID.v)}
	name := []rune(shortened(fold(p.Name.v))) // some characters fold into many
	spelt, initials := spelling(name, spell)
	for i, r := range name {
		if unicode.IsMark(r) {
			continue
		}
		keys = append(keys, shortened(string(name[i:])))
		if spelt != nil {
			keys = append(keys, shortened(strings.Join(spelt[i:], "")), shortened(strings.Join(initials[i:], "")))
		}
	}
	return SearchKeys(strings.Join(apart(keys), "\n"))
}

// spelling is the pinyin of each character, and the initial of each; a character without stands for itself, a mark for
// nothing: nobody types it amid pinyin. Nil: none has pinyin.
func spelling(name []rune, spell Pinyin) (spelt, initials []string) {
	syllables := spell(string(name))
	if len(syllables) != len(name) || strings.Join(syllables, "") == "" {
		return nil, nil
	}
	for i, syllable := range syllables {
		initial := ""
		if syllable == "" && !unicode.IsMark(name[i]) {
			syllable = string(name[i])
		}
		for _, r := range syllable {
			initial = string(r)
			break
		}
		spelt, initials = append(spelt, syllable), append(initials, initial)
	}
	return spelt, initials
}

func shortened(key string) string {
	if runes := []rune(key); len(runes) > longestKey {
		return string(runes[:longestKey])
	}
	return key
}

// apart sorts keys and leaves out those that another one begins with: whatever begins them begins that one too.
func apart(keys []string) []string {
	slices.Sort(keys)
	var out []string
	for i, key := range keys {
		if key != "" && (i == len(keys)-1 || !strings.HasPrefix(keys[i+1], key)) {
			out = append(out, key)
		}
	}
	return out
}

// fold is the form in which keys and keywords are compared: letters, marks and digits alone, in small letters and in one
// width, so that nobody has to type a name's dots, a phone's hyphens or the variant of a character. ü is typed as v.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Variation_Selector, r) || !isLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
	return norm.NFC.String(strings.ReplaceAll(s, "u\u0308", "v"))
}

// List is the keys one by one, in the order of their bytes.
func (k SearchKeys) List() []string {
	if k == "" {
		return nil
	}
	return strings.Split(string(k), "\n")
}

// Match tells whether a keyword finds the doctor that has these keys. The zero Keyword finds everybody.
func (k SearchKeys) Match(w Keyword) bool { return strings.Contains("\n"+string(k), "\n"+w.v) }

// Keyword is what somebody looks for, in the form of keys. The zero Keyword is none.
type Keyword struct{ v string }

// ParseKeyword reads 1 to 64 characters, a letter or digit among them. A whole phone may be written in any way that
// ParsePhone takes.
func ParseKeyword(raw string) (Keyword, error) {
	s := canonical(strings.ToValidUTF8(raw, "")) // what is no text is no letter either
	if err := checkLength(FieldKeyword, s, 1, longestKey); err != nil {
		return Keyword{}, err
	}
	if phone, err := ParsePhone(s); err == nil {
		return Keyword{phone.v}, nil
	}
	folded := fold(s)
	if strings.TrimFunc(folded, unicode.IsMark) == "" {
		return Keyword{}, Invalid{Field: FieldKeyword, Rule: RuleKeyword}
	}
	return Keyword{shortened(folded)}, nil
}

func (w Keyword) String() string { return w.v }

// IsZero tells whether there is nothing to look for.
func (w Keyword) IsZero() bool { return w.v == "" }
