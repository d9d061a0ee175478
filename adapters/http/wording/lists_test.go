package wording

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"hospital.example/doctor-service/adapters/http/sources"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

func TestEveryRuleOfStaffListsHasAReasonInBothLanguages(t *testing.T) {
	rules := 0
	for name, rule := range sources.Texts(t, sources.File(t, "../../../ports/inbound/stafflist.go")) {
		if strings.HasPrefix(name, "Rule") {
			rules++
			said := listReasons[doctor.Rule(rule)]
			assert.NotEmpty(t, said[Chinese], name)
			assert.NotEmpty(t, said[English], name)
		}
	}
	assert.Greater(t, rules, 10)
	assert.Len(t, listReasons, rules, "there are reasons for rules that are gone")
}

func TestWhatIsWrongWithARowIsToldWithItsField(t *testing.T) {
	for _, c := range []struct {
		fault            inbound.RowFault
		chinese, english string
	}{
		{
			inbound.RowFault{Invalid: doctor.Invalid{Field: doctor.FieldGender, Rule: doctor.RuleGender}},
			"gender: 性别应为男、女、未知或其他", "gender: The gender must be male, female, unknown or other",
		},
		{
			inbound.RowFault{Invalid: doctor.Invalid{Field: doctor.FieldPhone, Rule: inbound.RuleRowRepeats}, Earlier: 7},
			"phone: 手机号与第 7 行重复", "phone: The phone number is that of line 7 too",
		},
		{
			inbound.RowFault{Invalid: doctor.Invalid{Rule: inbound.RuleRowCells, Min: 3, Max: 4}},
			"此行有 3 个单元格，表头有 4 个", "The row has 3 cells, and the header 4",
		},
		{
			inbound.RowFault{Invalid: doctor.Invalid{Field: "薪水", Rule: inbound.RuleListUnknown}},
			"薪水: “薪水”不是可识别的列", `薪水: "薪水" is not a column of a staff list`,
		},
	} {
		assert.Equal(t, c.chinese, Row(c.fault, Chinese))
		assert.Equal(t, c.english, Row(c.fault, English))
	}
}
