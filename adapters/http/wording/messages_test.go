package wording

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	for _, file := range domain(t) {
		for _, rule := range constantsOf(t, file, "Rule") {
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
	for _, file := range domain(t) {
		for name, value := range stringConstants(t, file) {
			if strings.HasPrefix(name, "Field") {
				fields++
				assert.NotEmpty(t, labels[value][Chinese], name)
				assert.NotEmpty(t, labels[value][English], name)
			}
		}
	}
	assert.Greater(t, fields, 10)
}

// domain is the source of the domain, without its tests.
func domain(t *testing.T) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob("../../../domain/doctor/*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		files = append(files, file)
	}
	require.NotEmpty(t, files)
	return files
}

// constantsOf finds the values of the exported constants of a type.
func constantsOf(t *testing.T, file *ast.File, of string) []string {
	t.Helper()
	var values []string
	eachConstant(file, func(spec *ast.ValueSpec) {
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == of && spec.Names[0].IsExported() {
			values = append(values, literal(t, spec))
		}
	})
	return values
}

func stringConstants(t *testing.T, file *ast.File) map[string]string {
	t.Helper()
	values := map[string]string{}
	eachConstant(file, func(spec *ast.ValueSpec) {
		if len(spec.Values) == 1 {
			if value, ok := spec.Values[0].(*ast.BasicLit); ok && value.Kind == token.STRING {
				values[spec.Names[0].Name] = literal(t, spec)
			}
		}
	})
	return values
}

func eachConstant(file *ast.File, visit func(*ast.ValueSpec)) {
	for _, declared := range file.Decls {
		if d, ok := declared.(*ast.GenDecl); ok && d.Tok == token.CONST {
			for _, spec := range d.Specs {
				visit(spec.(*ast.ValueSpec))
			}
		}
	}
}

func literal(t *testing.T, spec *ast.ValueSpec) string {
	t.Helper()
	value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
	require.NoError(t, err)
	return value
}
