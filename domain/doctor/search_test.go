package doctor_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"hospital.example/doctor-service/domain/doctor"
)

// spelt knows a few characters, ü as it is typed.
func spelt(name string) []string {
	syllables := map[rune]string{'王': "wang", '小': "xiao", '明': "ming", '吕': "lv", '𠮷': "ji"}
	var out []string
	for _, r := range name {
		out = append(out, syllables[r])
	}
	return out
}

// indexed is a doctor who can be found.
func indexed(t require.TestingT, name, staffNumber string) *doctor.Doctor {
	d := restored(t, func(s *doctor.Snapshot) {
		s.Name = must[doctor.Name](t)(doctor.ParseName(name)).String()
		s.InternalID = staffNumber
	})
	d.Index(spelt)
	return d
}

func TestKeysAreEverySuffixOfTheNameItsPinyinItsInitialsThePhoneAndTheStaffNumber(t *testing.T) {
	for _, c := range []struct {
		name, number string
		want         []string
	}{
		{"王小明", "DOC-1", []string{"13912345678", "doc1", "m", "ming", "wangxiaoming", "wxm", "xiaoming", "xm", "小明", "明", "王小明"}},
		{"王", "", []string{"13912345678", "w", "wang", "王"}},
		{"吕", "", []string{"13912345678", "l", "lv", "吕"}},
		{"Ann", "", []string{"13912345678", "ann", "n", "nn"}},
		{"Jean-Luc O'Neil", "", []string{
			"13912345678", "anluconeil", "coneil", "eanluconeil", "eil", "il", "jeanluconeil", "l", "luconeil", "neil",
			"nluconeil", "oneil", "uconeil",
		}},
		{"阿·王", "", []string{"13912345678", "w", "wang", "王", "阿w", "阿wang", "阿王"}},
		{"王\U000E0100明", "", []string{"13912345678", "m", "ming", "wangming", "wm", "明", "王明"}},
		{"Lü", "", []string{"13912345678", "lv", "v"}},
	} {
		d := indexed(t, c.name, c.number)
		want := slices.Clone(c.want)
		want = slices.DeleteFunc(want, func(key string) bool { // what begins another finds nobody more
			return slices.ContainsFunc(want, func(other string) bool { return other != key && strings.HasPrefix(other, key) })
		})
		slices.Sort(want)
		assert.Equal(t, want, d.SearchKeys().List(), c.name)
	}
}

func TestIndexingIsNoChange(t *testing.T) {
	d := restored(t)
	d.Index(spelt)
	want := stored()
	want.SearchKeys = d.SearchKeys()
	assert.NotEmpty(t, want.SearchKeys)
	assert.Empty(t, cmp.Diff(want, d.Snapshot()))
	assert.Zero(t, d.Drain())
}

func TestANameThatPinyinDoesNotKnowIsFoundByItself(t *testing.T) {
	for why, spell := range map[string]doctor.Pinyin{
		"nothing":         func(string) []string { return nil },
		"too little":      func(string) []string { return []string{"wang"} },
		"nothing of each": func(name string) []string { return make([]string, utf8.RuneCountInString(name)) },
	} {
		d := restored(t)
		d.Index(spell)
		assert.Equal(t, []string{"13912345678", "doc1", "小明", "明", "王小明"}, d.SearchKeys().List(), why)
	}
}

func TestNoKeysAreNoLine(t *testing.T) {
	assert.Nil(t, doctor.SearchKeys("").List())
	assert.True(t, doctor.SearchKeys("").Match(doctor.Keyword{}), "whoever looks for nothing finds everybody")
	assert.False(t, doctor.SearchKeys("").Match(must[doctor.Keyword](t)(doctor.ParseKeyword("王"))))
}

func TestKeywordIsComparedInTheFormOfKeys(t *testing.T) {
	mustRead(t, doctor.ParseKeyword, []reading{
		{"Han", "王小明", "王小明"},
		{"pinyin in capitals", "WangXM", "wangxm"},
		{"ü as it is", "lü", "lv"},
		{"ü in two parts", "lu\u0308", "lv"},
		{"full width", "ＷＸＭ１３９", "wxm139"},
		{"the dot of a name", "阿布都·热西提", "阿布都热西提"},
		{"blanks within and around", " wang xiao\tming\n", "wangxiaoming"},
		{"hyphens of a staff number", "DOC-0/7.b_c", "doc07bc"},
		{"a whole phone", "+86 139-1234-5678", "13912345678"},
		{"the beginning of a phone", "139-1", "1391"},
		{"what SQL might read", `%_\'"*?[a`, "a"},
		{"rare Han", "𠮷", "𠮷"},
		{"a mark that composes with nothing", "q\u0303", "q\u0303"},
		{"a variant of a character", "王\U000E0100", "王"},
		{"digits alone", "007", "007"},
		{"sixty-four characters", strings.Repeat("王", 64), strings.Repeat("王", 64)},
		{"what becomes longer than keys are", strings.Repeat("\ufdfa", 20), strings.Repeat("صلىاللهعليهوسلم", 20)[:64*2]},
		{"bytes that are no text", "a\xffb", "ab"},
	})
	mustRefuse(t, doctor.ParseKeyword, doctor.FieldKeyword, []refusal{
		{"empty", "", doctor.RuleLength},
		{"blank", " \t", doctor.RuleLength},
		{"one too many", strings.Repeat("王", 65), doctor.RuleLength},
		{"signs", "%_·-", doctor.RuleKeyword},
		{"a mark alone", "\u0303", doctor.RuleKeyword},
		{"emoji", "😀", doctor.RuleKeyword},
		{"NUL", "\x00", doctor.RuleKeyword},
		{"no text", "\xff\xfe", doctor.RuleLength},
	})
	assert.True(t, doctor.Keyword{}.IsZero())
}

// Names of all kinds, the pinyin of some of whose characters is known.
var names = rapid.StringOfN(rapid.SampledFrom([]rune("王小明吕𠮷〇葛\U000E0100阿aZüÜéßŁжАعتབཀ각ａ９7 ·-'’.•\u0303\U00030EDD")), 1, 50, -1).
	Filter(func(s string) bool { _, err := doctor.ParseName(s); return err == nil })

func TestEveryPartOfANameFindsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := indexed(t, names.Draw(t, "name"), "")
		name := []rune(d.Profile().Name.String())
		from := rapid.IntRange(0, len(name)-1).Draw(t, "from")
		part := name[from:rapid.IntRange(from+1, len(name)).Draw(t, "to")]
		w, err := doctor.ParseKeyword(string(part))
		if err != nil || startsWithMark(w.String()) || goesOn(name[from+len(part):]) {
			return // no keyword, or one that begins or ends within a character
		}
		require.True(t, d.SearchKeys().Match(w), "%q does not find %q by %q", w, string(name), d.SearchKeys())
	})
}

func TestPinyinAndInitialsFromAnySyllableFindAName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom([]rune("王小明吕𠮷")), 1, 50, -1).Draw(t, "name")
		d := indexed(t, name, "")
		syllables := spelt(name)[rapid.IntRange(0, utf8.RuneCountInString(name)-1).Draw(t, "from"):]
		if rapid.Bool().Draw(t, "initials") {
			for i := range syllables {
				syllables[i] = syllables[i][:1]
			}
		}
		typed := strings.Join(syllables, rapid.SampledFrom([]string{"", " ", "'"}).Draw(t, "between"))
		typed = typed[:rapid.IntRange(1, min(64, len(typed))).Draw(t, "length")]
		w, err := doctor.ParseKeyword(typed)
		require.NoError(t, err)
		require.True(t, d.SearchKeys().Match(w), "%q does not find %q by %q", w, name, d.SearchKeys())
	})
}

func TestTheBeginningsOfPhoneAndStaffNumberFindTheDoctor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := indexed(t, "王", rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9_./-]{0,31}`).Draw(t, "number"))
		for _, whole := range []string{d.Profile().Phone.String(), d.Profile().InternalID.String()} {
			w, err := doctor.ParseKeyword(whole[:rapid.IntRange(1, len(whole)).Draw(t, "length")])
			require.NoError(t, err)
			require.True(t, d.SearchKeys().Match(w), "%q does not find %q", w, d.SearchKeys())
		}
	})
}

func TestAKeywordFindsNobodyElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom([]rune("王小明a")), 1, 6, -1).Draw(t, "name")
		d := indexed(t, name, "D7")
		w := rapid.StringOfN(rapid.SampledFrom([]rune("王小明awxmngio139d7")), 1, 4, -1).Draw(t, "keyword")
		// What finds a doctor, without any key: the beginnings of the phone and the number, or of what follows a character.
		found := strings.HasPrefix("13912345678", w) || strings.HasPrefix("d7", w)
		runes, spelling := []rune(name), spelt(name)
		for i := range runes {
			var pinyin, initials string
			for j := i; j < len(runes); j++ {
				syllable := spelling[j]
				if syllable == "" {
					syllable = string(runes[j])
				}
				pinyin, initials = pinyin+syllable, initials+syllable[:1]
			}
			for _, rest := range []string{string(runes[i:]), pinyin, initials} {
				found = found || strings.HasPrefix(rest, w)
			}
		}
		keyword, err := doctor.ParseKeyword(w)
		require.NoError(t, err)
		require.Equal(t, found, d.SearchKeys().Match(keyword), "%q of %q", w, d.SearchKeys())
	})
}

func TestNoKeyIsLongerThanAKeywordNorTheBeginningOfAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := indexed(t, names.Draw(t, "name"), rapid.StringMatching(`[A-Za-z0-9_./-]{0,32}`).Draw(t, "number"))
		keys := d.SearchKeys().List()
		require.True(t, slices.IsSorted(keys))
		for i, key := range keys {
			require.NotEmpty(t, key)
			require.LessOrEqual(t, utf8.RuneCountInString(key), 64)
			require.False(t, i > 0 && strings.HasPrefix(key, keys[i-1]), "%q and %q", keys[max(0, i-1)], key)
			w, err := doctor.ParseKeyword(key)
			require.NoError(t, err, "a key can be looked for: %q", key)
			require.Equal(t, key, w.String(), "and is looked for as it is")
		}
		again := restored(t, func(s *doctor.Snapshot) { *s = d.Snapshot() })
		again.Index(spelt)
		require.Equal(t, d.SearchKeys(), again.SearchKeys(), "the same profile has the same keys")
	})
}

func TestANameThatFoldsIntoAThousandLettersHasNoMoreKeysThanALongOne(t *testing.T) {
	long, folding := "王", "王"
	for i := range 24 { // ﷺ stands for eighteen letters
		long += string(rune('\u4e00'+i)) + string(rune('\u5e00'+i))
		folding += string(rune('\u4e00'+i)) + "\ufdfa"
	}
	size := func(name string) int { return len(indexed(t, name, "").SearchKeys()) }
	assert.Less(t, size(folding), 2*size(long))
}

// FuzzKeyword: whatever is typed is refused under its field, or is a short line of letters, marks and digits that finds a
// doctor of that very name, if it can be one.
func FuzzKeyword(f *testing.F) {
	for _, s := range append([]string{"王小明", "WXM", "lü", "ＷＸＭ", "139-1", "+8613912345678", "(86)13912345678", "\ufdfa", "İ", "ǅ", "⺋", "\xf5ϐ", "a-\u0301", "ａ\u0303", "ü\u0303"}, hostile...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		w, err := doctor.ParseKeyword(raw)
		if err != nil {
			faults := doctor.Faults(err)
			require.Len(t, faults, 1)
			require.Equal(t, doctor.FieldKeyword, faults[0].Field)
			return
		}
		require.True(t, utf8.ValidString(w.String()))
		n := utf8.RuneCountInString(w.String())
		require.True(t, 1 <= n && n <= 64, "%d characters", n)
		require.False(t, strings.ContainsFunc(w.String(), func(r rune) bool {
			return unicode.IsControl(r) || unicode.IsPunct(r) || unicode.IsSpace(r)
		}), "%q", w)
		if _, err := doctor.ParsePhone(w.String()); err == nil {
			return // digits that are a phone are looked for as one
		}
		again, err := doctor.ParseKeyword(w.String())
		require.NoError(t, err)
		require.Equal(t, w, again)
		if name, err := doctor.ParseName(raw); err == nil && !startsWithMark(w.String()) {
			d := restored(t, func(s *doctor.Snapshot) { s.Name = name.String() })
			d.Index(spelt)
			require.True(t, d.SearchKeys().Match(w), "%q does not find %q by %q", w, name, d.SearchKeys())
		}
	})
}

// goesOn tells whether a rest belongs to the character before it.
func goesOn(rest []rune) bool {
	for _, r := range rest {
		if !strings.ContainsRune(" ·-'’.•", r) && !unicode.Is(unicode.Variation_Selector, r) {
			return unicode.IsMark(r)
		}
	}
	return false
}

func startsWithMark(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsMark(r)
}
