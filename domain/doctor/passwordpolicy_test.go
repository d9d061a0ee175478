package doctor_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"hospital.example/doctor-service/domain/doctor"
)

var policy = doctor.PasswordPolicy{
	MinLength: 8,
	Common:    func(lowercase string) bool { return lowercase == "password1" || lowercase == "öffnedich" },
}

// choose asks the policy for a password of 王小明, or of whom is named.
func choose(t *testing.T, p doctor.PasswordPolicy, typed string, name ...string) (doctor.ChosenPassword, error) {
	t.Helper()
	phone, err := doctor.ParsePhone("13912345678")
	require.NoError(t, err)
	called, err := doctor.ParseName(append(name, "王小明")[0])
	require.NoError(t, err)
	return p.Choose("new_password", doctor.TypedPassword(typed), phone, called)
}

func TestAnyLongEnoughTextIsAPassword(t *testing.T) {
	for why, typed := range map[string]string{
		"shortest":                     "x7#kQ2ba",
		"longest":                      strings.Repeat("x7#kQ2ba", 16),
		"longest, four bytes each":     strings.Repeat("𠮷𪚥", 64),
		"no composition is asked":      "correct horse battery staple",
		"Han":                          "床前明月光疑是地",
		"emoji":                        "🐎🔋📎✅🐎🔋📎✅",
		"two characters in turn":       "abababab",
		"blanks around belong to it":   " x7#kQ2 ",
		"format characters may stand":  "x7#k\u200dQ2b",
		"the name among much else":     "王小明的猫叫咪咪",
		"the phone among much else":    "13912345678cat!",
		"four characters of the phone": "cats1391dogs",
		"another's phone":              "13812345678",
		"signs around a letter":        "-.-.-.-x",
		"signs alone":                  "-.-.-.-.",
	} {
		t.Run(why, func(t *testing.T) {
			chosen, err := choose(t, policy, typed)
			require.NoError(t, err)
			assert.Equal(t, typed, chosen.Password().Reveal(), "nothing is cut or trimmed")
		})
	}
}

func TestPasswordIsComposedBeforeItIsCountedAndHashed(t *testing.T) {
	chosen, err := choose(t, policy, "cafe\u0301-au-lait")
	require.NoError(t, err)
	assert.Equal(t, "café-au-lait", chosen.Password().Reveal())

	_, err = choose(t, policy, "cafe\u0301-xy") // eight code points before NFC, seven after
	refusedFor(t, err, "new_password", doctor.RuleLength)
	_, err = choose(t, policy, strings.Repeat("e\u0301u", 64)) // 192 before, 128 after
	require.NoError(t, err)
}

func TestPasswordIsRefusedForTheFirstRuleItBreaks(t *testing.T) {
	for _, c := range []refusal{
		{"empty", "", doctor.RuleRequired},
		{"seven characters", "x7#kQ2b", doctor.RuleLength},
		{"seven long characters", strings.Repeat("𠮷𪚥", 3) + "𠮷", doctor.RuleLength},
		{"one over the longest", strings.Repeat("x7#kQ2ba", 16) + "x", doctor.RuleLength},
		{"NUL", "x7#k\x00Q2b", doctor.RuleNoControl},
		{"tab", "x7#k\tQ2b", doctor.RuleNoControl},
		{"delete", "x7#k\x7fQ2b", doctor.RuleNoControl},
		{"C1 control", "x7#k\u0080Q2b", doctor.RuleNoControl},
		{"no text", "x7#k\xffQ2b", doctor.RuleNoControl},
		{"one character", "aaaaaaaa", doctor.RulePasswordRepeated},
		{"one long character", strings.Repeat("𠮷", 8), doctor.RulePasswordRepeated},
		{"blanks", "        ", doctor.RulePasswordRepeated},
		{"one letter with a mark", strings.Repeat("q\u0303", 4), doctor.RulePasswordRepeated},
		{"one letter with many marks", "q" + strings.Repeat("\u0303", 8), doctor.RulePasswordRepeated},
		{"common", "password1", doctor.RulePasswordCommon},
		{"common in capitals", "PassWord1", doctor.RulePasswordCommon},
		{"common in capitals and marks", "O\u0308ffneDich", doctor.RulePasswordCommon},
		{"the phone", "13912345678", doctor.RulePasswordPersonal},
		{"the phone, grouped", "139-1234-5678", doctor.RulePasswordPersonal},
		{"the phone and its prefix", "+8613912345678", doctor.RulePasswordPersonal},
		{"the phone and its other prefix", "0086 13912345678", doctor.RulePasswordPersonal},
		{"the phone, full-width", "１３９１２３４５６７８", doctor.RulePasswordPersonal},
		{"a part of the phone", "12345678", doctor.RulePasswordPersonal},
		{"a part of the phone, grouped", "1234-5678", doctor.RulePasswordPersonal},
		{"the phone and a little", "a13912345678!", doctor.RulePasswordPersonal},
		{"the name over and over", "王小明王小明王小明", doctor.RulePasswordPersonal},
		{"the name between signs", "--.王小明.--", doctor.RulePasswordPersonal},
		{"the name and the phone", "王小明13912345678", doctor.RulePasswordPersonal},
		{"both and a little", "王小明@13912345678", doctor.RulePasswordPersonal},
	} {
		t.Run(c.why, func(t *testing.T) {
			chosen, err := choose(t, policy, c.raw)
			assert.Empty(t, chosen.Password().Reveal())
			refusedFor(t, err, "new_password", c.broken)
		})
	}
}

func TestPasswordMadeOfTheNameIsFoundInAnySpelling(t *testing.T) {
	for typed, name := range map[string]string{
		"王王王王王王王1":             "王",
		"lilei123":             "Li Lei",
		"LI LEI 12":            "Li Lei",
		"Li-Lei.99":            "Li Lei",
		"O’Neil_1":             "O'Neil",
		"阿布都热西提123":            "阿布都·热西提",
		"阿布都・热西提12":            "阿布都·热西提",
		"jose\u0301jose\u0301": "José",
	} {
		_, err := choose(t, policy, typed, name)
		refusedFor(t, err, "new_password", doctor.RulePasswordPersonal)
	}
	_, err := choose(t, policy, "王x7#kQ2b", "王")
	assert.NoError(t, err, "the name stands among much else")
}

func TestPolicyMayAskForMoreThanEightCharactersNeverForLess(t *testing.T) {
	for asked, least := range map[int]int{-1: 8, 0: 8, 8: 8, 15: 15, 64: 64} {
		p := doctor.PasswordPolicy{MinLength: asked, Common: policy.Common}
		long := strings.Repeat("x7#kQ2ba", 8)
		_, err := choose(t, p, long[:least])
		require.NoError(t, err)
		_, err = choose(t, p, long[:least-1])
		assert.ErrorIs(t, err, doctor.Invalid{
			Field: "new_password", Rule: doctor.RuleLength, Min: least, Max: 128,
		})
	}
}

func TestPasswordMayBeChosenBeforePhoneAndNameAreKnown(t *testing.T) {
	chosen, err := policy.Choose("password", doctor.TypedPassword("13912345678"), doctor.Phone{}, doctor.Name{})
	require.NoError(t, err)
	assert.Equal(t, "13912345678", chosen.Password().Reveal())
}

func FuzzPassword(f *testing.F) {
	for _, s := range append(hostile, "x7#kQ2ba", "王小明123456", "139-1234-5678", strings.Repeat("q\u0303", 8)) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		typed := doctor.TypedPassword(raw)
		require.Equal(t, typed.Reveal(), doctor.TypedPassword(typed.Reveal()).Reveal(), "typing it again changes nothing")
		chosen, err := choose(t, policy, raw)
		if err != nil {
			require.Len(t, doctor.Faults(err), 1)
			require.Empty(t, chosen.Password().Reveal())
			return
		}
		s := chosen.Password().Reveal()
		require.Equal(t, typed.Reveal(), s)
		require.True(t, utf8.ValidString(s))
		require.True(t, norm.NFC.IsNormalString(s))
		n := utf8.RuneCountInString(s)
		require.True(t, 8 <= n && n <= 128, "%d characters", n)
		require.False(t, strings.ContainsFunc(s, unicode.IsControl))
		_, err = doctor.ParsePhone(s)
		require.True(t, err != nil || !strings.HasSuffix(s, "13912345678"))
	})
}
