package httpapi

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/http/sources"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// told is what clients are told of every error that the core exports.
var told = map[string]struct {
	err  error
	code int
}{
	"doctor.ErrNotFound":             {doctor.ErrNotFound, 40400},
	"doctor.ErrPhoneTaken":           {doctor.ErrPhoneTaken, 40900},
	"doctor.ErrStaffNumberTaken":     {doctor.ErrStaffNumberTaken, 40901},
	"doctor.ErrLastAdministrator":    {doctor.ErrLastAdministrator, 40902},
	"doctor.ErrAdministratorExists":  {doctor.ErrAdministratorExists, 50000},
	"doctor.ErrWrongCredentials":     {doctor.ErrWrongCredentials, 40010},
	"doctor.ErrDisabled":             {doctor.ErrDisabled, 40301},
	"doctor.ErrPasswordChangeNeeded": {doctor.ErrPasswordChangeNeeded, 40302},
	"doctor.ErrLoginTooOld":          {doctor.ErrLoginTooOld, 40303},
	"doctor.ErrVersionMismatch":      {doctor.ErrVersionMismatch, 41200},
	"doctor.ErrDamaged":              {doctor.ErrDamaged, 50000},
	"doctor.Invalid":                 {doctor.Invalid{Field: "phone", Rule: doctor.RulePhone}, 40001},
	"inbound.ErrUnauthenticated":     {inbound.ErrUnauthenticated, 40100},
	"inbound.ErrForbidden":           {inbound.ErrForbidden, 40300},
	"inbound.ErrMatchNeeded":         {inbound.ErrMatchNeeded, 42800},
	"inbound.Throttled":              {inbound.Throttled{Wait: time.Second}, 42900},
	"outbound.ErrUnavailable":        {outbound.ErrUnavailable, 50300},
	"outbound.ErrBusy":               {outbound.ErrBusy, 50300},
	"outbound.ErrTokenInvalid":       {outbound.ErrTokenInvalid, 50000},
	"outbound.ErrTokenExpired":       {outbound.ErrTokenExpired, 50000},
}

func TestEveryExportedErrorOfTheCoreHasARow(t *testing.T) {
	found := map[string]bool{}
	for _, dir := range []string{"../../domain/doctor", "../../ports/inbound", "../../ports/outbound"} {
		for _, file := range sources.Of(t, dir) {
			for _, name := range exportedErrors(file) {
				found[file.Name.Name+"."+name] = true
			}
		}
	}
	for name := range found {
		row, known := told[name]
		if !assert.True(t, known, "%s is not in the table of this test", name) {
			continue
		}
		for _, err := range []error{row.err, fmt.Errorf("wrapped: %w", row.err)} {
			rows := 0
			for _, p := range problems {
				if p.match(err) {
					rows++
				}
			}
			assert.Equal(t, 1, rows, "%s must have exactly one row", name)
			assert.Equal(t, row.code, problemOf(err).code(), name)
		}
	}
	assert.Len(t, found, len(told), "the table of this test names errors that are gone")
}

func TestEveryProblemIsInTheDocumentAndSaysSomethingInBothLanguages(t *testing.T) {
	doc, _ := document()
	documented := map[int]bool{}
	for _, code := range doc.Components.Schemas["ErrorCode"].Value.Enum {
		documented[int(code.(float64))] = true
	}
	for _, p := range problems {
		assert.True(t, documented[p.code()], "%d is not in the document", p.code())
		assert.NotEmpty(t, p.text[chinese])
		assert.NotEmpty(t, p.text[english])
	}
}

func TestAnUnknownErrorIsAFaultOfOursWhoseCauseOnlyTheReportHas(t *testing.T) {
	for _, err := range []error{
		errors.New(`pq: relation "doctors" does not exist at /var/lib/secret`),
		doctor.ErrDamaged,
		fmt.Errorf("driver: %w", context.Canceled), // the client is still there
	} {
		s := newStage(t)
		s.ViewProfile = func(context.Context, inbound.ViewProfileCommand) (inbound.ProfileResult, error) {
			return inbound.ProfileResult{}, err
		}
		got := s.ask("GET", "/doctor/doctor_manage", "", bearer, header("X-Request-Id", "req-42"))
		assert.Equal(t, `{"code":50000,"msg":"服务内部错误","message":"服务内部错误","data":null}`, got.body)
		require.Len(t, s.reports, 1)
		assert.True(t, strings.HasPrefix(s.reports[0], fmt.Sprint(outbound.Failure)), s.reports[0])
		assert.Contains(t, s.reports[0], err.Error())
		assert.Contains(t, s.reports[0], "req-42")
		assert.Contains(t, s.reports[0], "GET /doctor/doctor_manage")
	}
}

func TestWhatIsUnavailableSaysWhenToAskAgain(t *testing.T) {
	for _, err := range []error{
		fmt.Errorf("%w: connection refused", outbound.ErrUnavailable), outbound.ErrBusy, context.DeadlineExceeded,
	} {
		s := newStage(t)
		s.Logout = func(context.Context, inbound.LogoutCommand) (inbound.Done, error) { return inbound.Done{}, err }
		got := s.ask("POST", "/doctor/logout", "", bearer)
		assert.Equal(t, `{"code":50300,"msg":"服务暂不可用，请稍后再试","data":null}`, got.body)
		assert.Equal(t, "1", got.header.Get("Retry-After"))
		require.Len(t, s.reports, 1)
		assert.True(t, strings.HasPrefix(s.reports[0], fmt.Sprint(outbound.Warning)), s.reports[0])
		assert.Contains(t, s.reports[0], err.Error())
	}
}

func TestAClientsFaultIsNotReported(t *testing.T) {
	s := newStage(t)
	s.ask("GET", "/nowhere", "")
	s.ask("GET", "/doctor/doctor_manage", "")
	s.ask("POST", "/doctor/login", "{}")
	assert.Empty(t, s.reports)
}

// exportedErrors finds variables called Err… and exported types with a method Error.
func exportedErrors(file *ast.File) []string {
	var names []string
	for _, declared := range file.Decls {
		switch d := declared.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
					for _, name := range v.Names {
						if strings.HasPrefix(name.Name, "Err") {
							names = append(names, name.Name)
						}
					}
				}
			}
		case *ast.FuncDecl:
			if d.Name.Name != "Error" || d.Recv == nil {
				continue
			}
			receiver := d.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			if of, ok := receiver.(*ast.Ident); ok && of.IsExported() {
				names = append(names, of.Name)
			}
		}
	}
	return names
}
