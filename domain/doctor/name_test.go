package doctor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"hospital.example/doctor-service/domain/doctor"
)

func TestNameTakesLettersOfAllScripts(t *testing.T) {
	mustRead(t, doctor.ParseName, []reading{
		{"Han", "王小明", "王小明"},
		{"one letter", "王", "王"},
		{"ideographic zero", "李〇", "李〇"},
		{"ideographic zero alone", "〇", "〇"},
		{"iteration mark", "佐々木", "佐々木"},
		{"rare Han of plane 2", "𠮷𪚥", "𠮷𪚥"},
		{"rare Han of plane 3", "\U00030EDD", "\U00030EDD"},
		{"rare Han newer than the tables", "\U000323B0", "\U000323B0"},
		{"variant of a Han letter", "葛\U000E0100城", "葛\U000E0100城"},
		{"Uyghur", "ئەركىن", "ئەركىن"},
		{"Tibetan", "བཀྲ ཤིས", "བཀྲ ཤིས"},
		{"Mongolian", "ᠪᠠᠲᠤ", "ᠪᠠᠲᠤ"},
		{"Korean", "김민준", "김민준"},
		{"marks", "José Ñúñez", "José Ñúñez"},
		{"a mark that composes with nothing", "q\u0303", "q\u0303"},
		{"apostrophes, hyphen, dot", "Jean-Luc O'Neil D’Arc Jr.", "Jean-Luc O'Neil D’Arc Jr."},
		{"digits beside letters", "张三2", "张三2"},
	})
}

func TestNameIsStoredInOneSpelling(t *testing.T) {
	mustRead(t, doctor.ParseName, []reading{
		{"letter and mark compose", "Jose\u0301", "José"},
		{"compatibility Han become the usual ones", "\uF9DC\U0002F800", "隆丽"},
		{"blanks around fall", "\u3000 王小明\t\n", "王小明"},
		{"middle dot stays", "阿布都·热西提", "阿布都·热西提"},
		{"bullet is folded", "阿布都•热西提", "阿布都·热西提"},
		{"katakana dot is folded", "阿布都・热西提", "阿布都·热西提"},
		{"Greek dot is the same by NFC", "阿布都\u0387热西提", "阿布都·热西提"},
	})
}

func TestNameHoldsFiftyCharactersAfterNFCAndTrimming(t *testing.T) {
	mustRead(t, doctor.ParseName, []reading{
		{"of one byte", strings.Repeat("a", 50), strings.Repeat("a", 50)},
		{"of four bytes", strings.Repeat("𠮷", 50), strings.Repeat("𠮷", 50)},
		{"composed", strings.Repeat("e\u0301", 50), strings.Repeat("é", 50)},
		{"blanks around", "\u3000" + strings.Repeat("王", 50) + " ", strings.Repeat("王", 50)},
	})
	mustRefuse(t, doctor.ParseName, doctor.FieldName, []refusal{
		{"one more", strings.Repeat("王", 51), doctor.RuleLength},
		{"one more, composed", strings.Repeat("e\u0301", 51), doctor.RuleLength},
		{"marks count where they do not compose", strings.Repeat("q\u0303", 26), doctor.RuleLength},
	})
}

func TestNameRefusesWhatCouldHideOrForgeText(t *testing.T) {
	mustRefuse(t, doctor.ParseName, doctor.FieldName, []refusal{
		{"NUL", "王\x00", doctor.RuleNameCharacters},
		{"inner tab", "王\t明", doctor.RuleNameCharacters},
		{"inner line break", "王\n明", doctor.RuleNameCharacters},
		{"line separator", "王\u2028明", doctor.RuleNameCharacters},
		{"C1 control", "王\u009b明", doctor.RuleNameCharacters},
		{"right-to-left override", "王\u202e明", doctor.RuleNameCharacters},
		{"zero-width space", "王\u200b明", doctor.RuleNameCharacters},
		{"zero-width joiner", "王\u200d明", doctor.RuleNameCharacters},
		{"byte order mark", "\ufeff王明", doctor.RuleNameCharacters},
		{"soft hyphen", "Li\u00adLei", doctor.RuleNameCharacters},
		{"tag characters", "王\U000E0041", doctor.RuleNameCharacters},
		{"Hangul filler", "\u3164", doctor.RuleNameCharacters},
		{"half-width Hangul filler", "王\uffa0", doctor.RuleNameCharacters},
		{"grapheme joiner", "王\u034f", doctor.RuleNameCharacters},
		{"a tower of marks", "Z" + strings.Repeat("\u0301", 40), doctor.RuleNameCharacters},
		{"private use", "王\ue000", doctor.RuleNameCharacters},
		{"private use of plane 15", "王\U000F0000", doctor.RuleNameCharacters},
		{"noncharacter of plane 2", "王\U0002FFFF", doctor.RuleNameCharacters},
		{"noncharacter of plane 3", "王\U0003FFFE", doctor.RuleNameCharacters},
		{"replacement character", "王\ufffd", doctor.RuleNameCharacters},
		{"no text", "王\xff明", doctor.RuleNameCharacters},
		{"surrogate", "王\xed\xa0\x80", doctor.RuleNameCharacters},
		{"emoji", "王😀", doctor.RuleNameCharacters},
		{"markup", "<b>王</b>", doctor.RuleNameCharacters},
		{"at sign", "wang@ming", doctor.RuleNameCharacters},
		{"comma", "王，明", doctor.RuleNameCharacters},
		{"digits of another script", "王٣", doctor.RuleNameCharacters},
	})
}

func TestNameNeedsALetter(t *testing.T) {
	mustRefuse(t, doctor.ParseName, doctor.FieldName, []refusal{
		{"empty", "", doctor.RuleRequired},
		{"blank", " \u3000\n", doctor.RuleRequired},
		{"digits", "123", doctor.RuleNameLetter},
		{"dots", "·•・", doctor.RuleNameLetter},
		{"punctuation", "-'’.", doctor.RuleNameLetter},
		{"a mark alone", "\u0301", doctor.RuleNameLetter},
	})
	assert.True(t, doctor.Name{}.IsZero())
}

func FuzzName(f *testing.F) {
	fuzzReader(f, doctor.ParseName, doctor.FieldName, 50, "", "王小明", "阿布都•热西提", "O'Neil", "李〇", "q\u0303")
}
