package wording

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"hospital.example/doctor-service/adapters/http/sources"
	"hospital.example/doctor-service/domain/doctor"
)

func TestErrorsAreToldInTheReadersLanguageEveryFaultOfThem(t *testing.T) {
	for _, c := range []struct {
		err              error
		chinese, english string
	}{
		{
			errors.Join(
				doctor.Invalid{Field: doctor.FieldPhone, Rule: doctor.RulePhone},
				doctor.Invalid{Field: doctor.FieldName, Rule: doctor.RuleLength, Min: 1, Max: 50},
			),
			"手机号应为 11 位手机号码；姓名应为 1–50 个字符",
			"The phone number must be an 11-digit mobile number of mainland China; The name must be 1 to 50 characters long",
		},
		{fmt.Errorf("doctor 7: %w", doctor.ErrPhoneTaken), "手机号已注册", "the phone number is already registered"},
		{errors.New("the disk is full"), "the disk is full", "the disk is full"},
	} {
		assert.Equal(t, c.chinese, Of(c.err, Chinese))
		assert.Equal(t, c.english, Of(c.err, English))
	}
}

func TestEveryRuleHasAReasonInBothLanguages(t *testing.T) {
	rules := map[string]bool{}
	for _, ours := range []doctor.Rule{
		RuleText, RuleUnknown, RuleNoParameter, RuleRepeated, RuleEncoding, RuleLimit, RuleIDs, RuleCursor,
	} {
		rules[string(ours)] = true
	}
	for _, file := range sources.Of(t, "../../../domain/doctor") {
		for _, rule := range sources.ConstantsOf(t, file, "Rule") {
			rules[rule] = true
		}
	}
	assert.Greater(t, len(rules), 15)
	for rule := range rules {
		for l := range 2 {
			said := reasons[doctor.Rule(rule)][l]
			assert.True(t, strings.HasPrefix(said, "{field}"), "%s has no reason in language %d", rule, l)
			assert.Equal(t, rule == string(doctor.RuleLength), strings.Contains(said, "{max}"), rule)
		}
	}
	assert.Len(t, reasons, len(rules), "there are reasons for rules that are gone")
}

func TestEveryFieldOfTheDomainHasALabelInBothLanguages(t *testing.T) {
	fields := 0
	for _, file := range sources.Of(t, "../../../domain/doctor") {
		for name, value := range sources.Texts(t, file) {
			if strings.HasPrefix(name, "Field") {
				fields++
				assert.NotEmpty(t, labels[value][Chinese], name)
				assert.NotEmpty(t, labels[value][English], name)
			}
		}
	}
	assert.Greater(t, fields, 10)
}
