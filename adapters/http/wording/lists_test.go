package wording

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

func TestEveryRuleOfStaffListsHasAReasonInBothLanguages(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../../ports/inbound/stafflist.go", nil, 0)
	require.NoError(t, err)
	rules := 0
	eachConstant(file, func(spec *ast.ValueSpec) {
		if strings.HasPrefix(spec.Names[0].Name, "Rule") {
			rules++
			said := listReasons[doctor.Rule(literal(t, spec))]
			assert.NotEmpty(t, said[Chinese], spec.Names[0].Name)
			assert.NotEmpty(t, said[English], spec.Names[0].Name)
		}
	})
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
