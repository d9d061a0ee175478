package doctor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"hospital.example/doctor-service/domain/doctor"
)

func TestPhoneHasOneFormForAllSpellings(t *testing.T) {
	const stored = "13912345678"
	mustRead(t, doctor.ParsePhone, []reading{
		{"digits", "13912345678", stored},
		{"prefix with plus", "+8613912345678", stored},
		{"prefix with zeros", "008613912345678", stored},
		{"bare prefix", "8613912345678", stored},
		{"spaces", "139 1234 5678", stored},
		{"hyphens", "139-1234-5678", stored},
		{"both, and a prefix apart", "+86 139-1234-5678", stored},
		{"prefix in pieces", "+ 8 6-13912345678", stored},
		{"full-width digits", "１３９１２３４５６７８", stored},
		{"full-width prefix", "８６１３９１２３４５６７８", stored},
		{"full-width prefix with zeros", "００８６１３９１２３４５６７８", stored},
		{"mixed widths", "１39１2345678", stored},
		{"blanks around", "\t 13912345678\u3000\n", stored},
		{"lowest series", "13000000000", "13000000000"},
		{"highest series", "19999999999", "19999999999"},
	})
}

func TestPhoneRefusesWhatIsNoMainlandMobile(t *testing.T) {
	mustRefuse(t, doctor.ParsePhone, doctor.FieldPhone, []refusal{
		{"empty", "", doctor.RuleRequired},
		{"blank", " \t\u3000", doctor.RuleRequired},
		{"ten digits", "1391234567", doctor.RulePhone},
		{"twelve digits", "139123456789", doctor.RulePhone},
		{"a series below 13", "12912345678", doctor.RulePhone},
		{"landline", "01012345678", doctor.RulePhone},
		{"not from 1", "23912345678", doctor.RulePhone},
		{"another country", "+1 3912345678", doctor.RulePhone},
		{"Hong Kong", "+852 91234567", doctor.RulePhone},
		{"prefix twice", "+868613912345678", doctor.RulePhone},
		{"plus and zeros", "+008613912345678", doctor.RulePhone},
		{"two pluses", "++8613912345678", doctor.RulePhone},
		{"plus without prefix", "+13912345678", doctor.RulePhone},
		{"plus at the end", "13912345678+", doctor.RulePhone},
		{"full-width plus", "＋8613912345678", doctor.RulePhone},
		{"parentheses", "(+86)13912345678", doctor.RulePhone},
		{"dots", "139.1234.5678", doctor.RulePhone},
		{"full-width hyphen", "139－1234－5678", doctor.RulePhone},
		{"dash", "139–1234–5678", doctor.RulePhone},
		{"inner full-width space", "139\u30001234\u30005678", doctor.RulePhone},
		{"inner no-break space", "139\u00a01234\u00a05678", doctor.RulePhone},
		{"inner tab", "139\t12345678", doctor.RulePhone},
		{"inner line break", "139\n12345678", doctor.RulePhone},
		{"two lines", "13912345678\n13912345678", doctor.RulePhone},
		{"zero-width space", "139\u200b12345678", doctor.RulePhone},
		{"Arabic digits", "١٣٩١٢٣٤٥٦٧٨", doctor.RulePhone},
		{"mathematical digits", "𝟏𝟑𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", doctor.RulePhone},
		{"extension", "13912345678x1", doctor.RulePhone},
		{"hyphens alone", "--", doctor.RulePhone},
		{"NUL", "13912345678\x00", doctor.RulePhone},
		{"no text", "139\xff12345678", doctor.RulePhone},
	})
}

func TestMaskedPhoneShowsTheSeriesAndTheLastFour(t *testing.T) {
	p, err := doctor.ParsePhone("13912345678")
	assert.NoError(t, err)
	assert.Equal(t, "139****5678", p.Masked())
	assert.Equal(t, "***", doctor.Phone{}.Masked())
	assert.True(t, doctor.Phone{}.IsZero())
	assert.False(t, p.IsZero())
}

func FuzzPhone(f *testing.F) {
	fuzzReader(f, doctor.ParsePhone, doctor.FieldPhone, 11, "",
		"13912345678", "+86 139-1234-5678", "００８６１３９１２３４５６７８")
}
