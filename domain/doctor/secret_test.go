package doctor_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"hospital.example/doctor-service/domain/doctor"
)

// The secret is of one letter, so that a part of it is found as well.
var (
	plain  = strings.Repeat("密", 9)
	traces = []string{"密", "e5af86", "e5 af 86", "0xe5, 0xaf", "229 175 134", "229, 175", `u5bc6`, `\xe5`, "23494"}
)

// everySecret holds one of each type that must not be printed.
func everySecret(t *testing.T) map[string]any {
	t.Helper()
	chosen, err := doctor.PasswordPolicy{Common: func(string) bool { return false }}.
		Choose("password", doctor.TypedPassword(plain+"马"), doctor.Phone{}, doctor.Name{})
	require.NoError(t, err)
	return map[string]any{
		"Password":       doctor.TypedPassword(plain),
		"ChosenPassword": chosen,
		"Credential":     doctor.CredentialOf(plain),
	}
}

type (
	exported   struct{ Secret any }
	unexported struct{ secret any }
	typed      struct {
		password   doctor.Password
		chosen     doctor.ChosenPassword
		credential doctor.Credential
		pointer    *doctor.Password
		list       []doctor.Password
		byName     map[string]doctor.Credential
	}
)

// wrapped puts a secret where fmt can call its methods and where it cannot.
func wrapped(v any) []any {
	pointer := reflect.New(reflect.TypeOf(v))
	pointer.Elem().Set(reflect.ValueOf(v))
	p := pointer.Interface()
	return []any{
		v, p, &p,
		[]any{v},
		[1]any{v},
		map[string]any{"k": v},
		exported{v},
		&exported{v},
		exported{p},
		unexported{v},
		&unexported{v},
		unexported{p},
		unexported{unexported{v}},
		[]unexported{{v}},
		&[]unexported{{v}},
		map[string]unexported{"k": {v}},
		unexported{[]any{v}},
		unexported{map[string]any{"k": v}},
		doctor.SetTo(v),
	}
}

func assertNoTrace(t *testing.T, out, how string) {
	t.Helper()
	for _, trace := range traces {
		assert.NotContains(t, strings.ToLower(out), trace, how)
	}
}

var fmtVerbs = strings.Fields("%v %+v %#v %s %+s %#s %q %+q %#q %x %X %#x %d %#d %b %o %c %U %t %e %g %p %T %w %10v %.3s %.1x %j")

func TestSecretsPrintAsRedactedInEveryVerb(t *testing.T) {
	for name, v := range everySecret(t) {
		for _, verb := range fmtVerbs {
			if verb != "%T" && verb != "%p" && verb != "%w" { // those three never ask the value
				assert.Equal(t, "[redacted]", fmt.Sprintf(verb, v), name+verb)
			}
			for _, w := range wrapped(v) {
				assertNoTrace(t, fmt.Sprintf(verb, w), fmt.Sprintf("%s as %T in %s", name, w, verb))
			}
		}
		assert.Equal(t, "[redacted]", fmt.Sprint(v))
		assertNoTrace(t, fmt.Errorf("%w", fmt.Errorf("%v", v)).Error(), name)
	}
}

func TestSecretsInUnexportedFieldsOfTheirOwnTypeStayUnseen(t *testing.T) {
	all := everySecret(t)
	password := all["Password"].(doctor.Password)
	holder := typed{
		password: password, chosen: all["ChosenPassword"].(doctor.ChosenPassword),
		credential: all["Credential"].(doctor.Credential), pointer: &password, list: []doctor.Password{password},
		byName: map[string]doctor.Credential{"k": all["Credential"].(doctor.Credential)},
	}
	for _, verb := range fmtVerbs {
		for _, w := range wrapped(holder) {
			assertNoTrace(t, fmt.Sprintf(verb, w), fmt.Sprintf("%T in %s", w, verb))
		}
	}
}

func TestSecretsAreRedactedInJSON(t *testing.T) {
	for name, v := range everySecret(t) {
		out, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, `"[redacted]"`, string(out), name)
		for _, w := range wrapped(v) {
			out, err := json.Marshal(w)
			require.NoError(t, err)
			assertNoTrace(t, string(out), fmt.Sprintf("%s in %T", name, w))
		}
	}
}

func TestSecretsAreRedactedInLogs(t *testing.T) {
	var out bytes.Buffer
	production, development := zap.NewProductionEncoderConfig(), zap.NewDevelopmentEncoderConfig()
	production.TimeKey, development.TimeKey = "", "" // a time may have the digits of a trace
	for _, encoder := range []zapcore.Encoder{zapcore.NewJSONEncoder(production), zapcore.NewConsoleEncoder(development)} {
		log := zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&out), zap.DebugLevel))
		for name, v := range everySecret(t) {
			log.Info(name, zap.Stringer("stringer", v.(fmt.Stringer)))
			for _, w := range wrapped(v) {
				log.Info(name, zap.Any("any", w), zap.Reflect("reflect", w))
				log.Sugar().Infow(name, "sugar", w)
				log.Sugar().Infof("%+v", w)
			}
		}
	}
	timeless := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, timeless), slog.NewTextHandler(&out, timeless)} {
		for name, v := range everySecret(t) {
			for _, w := range wrapped(v) {
				slog.New(handler).Info(name, "any", w)
			}
		}
	}
	assert.Contains(t, out.String(), "[redacted]")
	assertNoTrace(t, out.String(), "logs")
}

func TestSecretsCannotBeComparedByMistake(t *testing.T) {
	for name, v := range everySecret(t) {
		assert.False(t, reflect.TypeOf(v).Comparable(), name)
		assert.True(t, reflect.DeepEqual(v, everySecret(t)[name]), "a test may compare %ss all the same", name)
	}
}

func TestSecretsComeBackToThoseWhoAsk(t *testing.T) {
	assert.Equal(t, plain, doctor.TypedPassword(plain).Reveal())
	assert.Equal(t, "", doctor.TypedPassword("").Reveal())
	assert.Equal(t, "", doctor.Password{}.Reveal())
	assert.Equal(t, plain, doctor.CredentialOf(plain).PHC())
	assert.False(t, doctor.CredentialOf(plain).IsZero())
	assert.True(t, doctor.CredentialOf("").IsZero())
	assert.True(t, doctor.Credential{}.IsZero())
}
