package httpapi

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

func aName(t *testing.T) doctor.Name {
	t.Helper()
	name, err := doctor.ParseName(goodName)
	require.NoError(t, err)
	return name
}

func TestLoginAnswersWithIdNameRoleAndToken(t *testing.T) {
	s := newStage(t)
	s.Login = func(_ context.Context, c inbound.LoginCommand) (inbound.LoginResult, error) {
		assert.Equal(t, goodPhone, c.Phone)
		assert.Equal(t, goodWord, c.Password.Reveal())
		assert.Equal(t, "192.0.2.1", c.Origin.Address.String())
		assert.Equal(t, "req-1", c.Origin.RequestID)
		return inbound.LoginResult{ID: 17, Name: aName(t), Role: doctor.Ordinary, Token: goodToken}, nil
	}
	got := s.ask("POST", "/doctor/login", `{"phone":"13912345678","password":"春眠不觉晓2026"}`, header("X-Request-Id", "req-1"))
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":{"id":17,"name":"王某某","role":"doctor","token":"head.claims.signature"}}`, got.body)
	assert.Equal(t, "application/json; charset=utf-8", got.header.Get("Content-Type"))
	assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
	assert.Equal(t, "req-1", got.header.Get("X-Request-Id"))
	require.Len(t, s.log, 1)
	assert.Equal(t, doctor.ID(17), s.log[0].Doctor, "the log says who logged in")
}

func TestLoginIgnoresWhateverAuthorizationSays(t *testing.T) {
	for _, values := range [][]string{{"Bearer stale"}, {"nonsense"}, {"Bearer a", "Bearer b"}, {""}} {
		s := newStage(t)
		s.Authorize = uncalled[inbound.AuthorizeCommand, inbound.Caller](t)
		s.Login = func(context.Context, inbound.LoginCommand) (inbound.LoginResult, error) {
			return inbound.LoginResult{ID: 17, Name: aName(t), Role: doctor.Administrator, Token: goodToken}, nil
		}
		got := s.ask("POST", "/doctor/login", `{"phone":"1","password":""}`, header("Authorization", values...))
		assert.Equal(t, 200, got.status, values)
	}
}

func TestLoginLeavesEveryStringToTheUseCase(t *testing.T) {
	for _, body := range []string{
		`{"phone":"","password":""}`,
		`{"phone":"no phone at all","password":"x"}`,
		`{"phone":"13912345678","password":"` + strings.Repeat("x", 700) + `"}`,
	} {
		s := newStage(t)
		s.Login = func(context.Context, inbound.LoginCommand) (inbound.LoginResult, error) {
			return inbound.LoginResult{}, doctor.ErrWrongCredentials
		}
		got := s.ask("POST", "/doctor/login", body)
		assert.Equal(t, 400, got.status)
		assert.Equal(t, `{"code":40010,"msg":"手机号或密码错误","data":null}`, got.body)
	}
}

func TestLoginRefusesAMissingOrUnknownMemberAndAWrongType(t *testing.T) {
	for body, fields := range map[string][]string{
		`{}`:                                  {"phone", "password"},
		`{"phone":null,"password":null}`:      {"phone", "password"},
		`{"phone":13912345678,"password":[]}`: {"phone", "password"},
		`{"phone":"1","password":"2","otp":"3","captcha":4}`: {"otp", "captcha"},
		`{"PHONE":"1","phone":"1","password":"2"}`:           {"PHONE"},
		`{"password":true}`:                                  {"phone", "password"},
	} {
		got := newStage(t).ask("POST", "/doctor/login", body)
		assert.Equal(t, 40001, got.Code, body)
		assert.Equal(t, fields, got.fields(t), body)
		assert.Equal(t, got.Msg, got.reasons(t)[fields[0]], "msg says the first fault")
	}
}

func TestLogoutPassesTheTokenOnAndIgnoresTheBody(t *testing.T) {
	for _, body := range []string{"", `{"a":1}`, `not JSON`} {
		s := newStage(t)
		s.Authorize = uncalled[inbound.AuthorizeCommand, inbound.Caller](t) // an expired token may log out
		s.Logout = func(_ context.Context, c inbound.LogoutCommand) (inbound.Done, error) {
			assert.Equal(t, goodToken, c.Token)
			return inbound.Done{}, nil
		}
		got := s.ask("POST", "/doctor/logout", body, bearer, header("Content-Type", "text/plain"), header("Content-Encoding", "br"))
		assert.Equal(t, `{"code":0,"msg":"操作成功","data":""}`, got.body)
	}
}

func TestTheBearerSchemeIsReadInAnyCaseAndOnlyOnce(t *testing.T) {
	for _, c := range []struct {
		values []string
		token  string
	}{
		{nil, ""},
		{[]string{"Bearer " + goodToken}, goodToken},
		{[]string{"bearer " + goodToken}, goodToken},
		{[]string{"BEARER   " + goodToken}, goodToken},
		{[]string{"Bearer"}, ""},
		{[]string{"Bearer "}, ""},
		{[]string{""}, ""},
		{[]string{goodToken}, ""},
		{[]string{"Basic " + goodToken}, ""},
		{[]string{"Bearer" + goodToken}, ""},
		{[]string{"Bearer a b"}, ""},
		{[]string{"Bearer a,Bearer b"}, ""},
		{[]string{"Bearer\t" + goodToken}, ""},
		{[]string{"Bearer " + goodToken, "Bearer " + goodToken}, ""},
	} {
		s := newStage(t)
		s.Logout = func(_ context.Context, command inbound.LogoutCommand) (inbound.Done, error) {
			assert.Equal(t, c.token, command.Token, "%q", c.values)
			if command.Token == "" {
				return inbound.Done{}, inbound.ErrUnauthenticated
			}
			return inbound.Done{}, nil
		}
		got := s.ask("POST", "/doctor/logout", "", header("Authorization", c.values...))
		if c.token == "" {
			assert.Equal(t, 401, got.status, "%q", c.values)
			assert.Equal(t, []string{"Bearer"}, got.header.Values("WWW-Authenticate"))
		}
	}
}

func TestRetryAfterIsWholeSecondsRoundedUp(t *testing.T) {
	for wait, seconds := range map[time.Duration]string{
		0: "1", time.Millisecond: "1", time.Second: "1", 1001 * time.Millisecond: "2", 15 * time.Minute: "900",
	} {
		s := newStage(t)
		s.Login = func(context.Context, inbound.LoginCommand) (inbound.LoginResult, error) {
			return inbound.LoginResult{}, inbound.Throttled{Wait: wait}
		}
		got := s.ask("POST", "/doctor/login", `{"phone":"1","password":"2"}`)
		assert.Equal(t, 42900, got.Code)
		assert.Equal(t, seconds, got.header.Get("Retry-After"), wait)
	}
}
