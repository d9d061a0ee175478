package httpapi

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

func TestRegisterAnswersWithTheNewIdAsText(t *testing.T) {
	s := newStage(t)
	s.Authorize = func(_ context.Context, c inbound.AuthorizeCommand) (inbound.Caller, error) {
		assert.Equal(t, goodToken, c.Token)
		assert.Equal(t, inbound.RegisterDoctor, c.To)
		assert.NotEmpty(t, c.Origin.RequestID, "a refusal is kept with where it came from")
		return me, nil
	}
	s.Register = func(_ context.Context, c inbound.RegisterCommand) (inbound.RegisterResult, error) {
		assert.Equal(t, me, c.Caller)
		assert.Equal(t, goodPhone, c.Phone.String())
		assert.Equal(t, goodName, c.Name.String())
		assert.Equal(t, goodWord, c.Password.Password().Reveal())
		return inbound.RegisterResult{ID: 18}, nil
	}
	got := s.ask("POST", "/doctor/register", `{"phone":"+86 139-1234-5678","password":"春眠不觉晓2026","name":" 王某某 "}`, bearer)
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":"18"}`, got.body)
}

func TestRegisterTellsEveryFaultAtOnce(t *testing.T) {
	for body, want := range map[string]map[string]string{
		`{}`: {"phone": "手机号不能为空", "password": "密码不能为空", "name": "姓名不能为空"},
		`{"phone":"12345678901","password":"short","name":"1"}`: {
			"phone": "手机号应为 11 位手机号码", "password": "密码应为 8–128 个字符", "name": "姓名至少应包含一个文字",
		},
		`{"phone":"13912345678","password":"13912345678","name":"王某某","role":"admin","id":1}`: {
			"password": "密码不能由手机号或姓名构成", "role": "“role”不是可填写的字段", "id": "“id”不是可填写的字段",
		},
		`{"phone":"13912345678","password":"欧阳娜娜阿卜杜拉12","name":"欧阳娜娜阿卜杜拉"}`: {"password": "密码不能由手机号或姓名构成"},
		`{"phone":1,"password":2,"name":3}`:                           {"phone": "手机号应为文本", "password": "密码应为文本", "name": "姓名应为文本"},
		`{"phone":"13912345678","password":"Password1","name":"王某某"}`: {"password": "密码过于常见，请换一个"},
		`{"phone":"13912345678","password":"` + strings.Repeat("a", 129) + `","name":"王某某"}`: {
			"password": "密码应为 8–128 个字符",
		},
	} {
		got := newStage(t).ask("POST", "/doctor/register", body, bearer)
		assert.Equal(t, 40001, got.Code, body)
		assert.Equal(t, want, got.reasons(t), body)
		assert.NotContains(t, got.body, "13912345678", "what was typed is not repeated")
	}
}

func TestWhereAnyoneMayRegisterTheAuthorizationHeaderMeansNothing(t *testing.T) {
	for _, values := range [][]string{nil, {"Bearer stale"}, {"rubbish"}, {"Bearer a", "Bearer b"}} {
		s := newStage(t)
		s.Authorize = func(context.Context, inbound.AuthorizeCommand) (inbound.Caller, error) { return inbound.Caller{}, nil }
		s.Register = func(_ context.Context, c inbound.RegisterCommand) (inbound.RegisterResult, error) {
			assert.Equal(t, inbound.Caller{}, c.Caller)
			return inbound.RegisterResult{ID: 18}, nil
		}
		got := s.ask("POST", "/doctor/register", `{"phone":"13912345678","password":"春眠不觉晓2026","name":"王某某"}`, header("Authorization", values...))
		assert.Equal(t, 200, got.status, values)
	}
}

func TestChangingThePasswordPassesBothOn(t *testing.T) {
	s := newStage(t)
	s.ChangePassword = func(_ context.Context, c inbound.ChangePasswordCommand) (inbound.Done, error) {
		assert.Equal(t, me, c.Caller)
		assert.Equal(t, "", c.Old.Reveal(), "an empty old password is a wrong one, not a fault of the form")
		assert.Equal(t, goodWord, c.New.Reveal())
		return inbound.Done{}, nil
	}
	got := s.ask("POST", "/doctor/password", `{"old_password":"","new_password":"春眠不觉晓2026"}`, bearer)
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":""}`, got.body)
}

func TestChangingThePasswordTellsEveryFaultOfTheForm(t *testing.T) {
	for body, want := range map[string]map[string]string{
		`{}`: {"old_password": "原密码不能为空", "new_password": "新密码不能为空"},
		`{"old_password":1,"new_password":"aaaaaaaa"}`:         {"old_password": "原密码应为文本", "new_password": "新密码不能由同一个字符重复构成"},
		`{"old_password":"x","new_password":"password1"}`:      {"new_password": "新密码过于常见，请换一个"},
		`{"old_password":"x","new_password":"a\u0007bcdefgh"}`: {"new_password": "新密码不能包含控制字符"},
	} {
		got := newStage(t).ask("POST", "/doctor/password", body, bearer)
		assert.Equal(t, 40001, got.Code, body)
		assert.Equal(t, want, got.reasons(t), body)
	}
	s := newStage(t) // what only the use case can know: the doctor's own phone
	s.ChangePassword = func(context.Context, inbound.ChangePasswordCommand) (inbound.Done, error) {
		return inbound.Done{}, doctor.Invalid{Field: "new_password", Rule: doctor.RulePasswordPersonal}
	}
	got := s.ask("POST", "/doctor/password", `{"old_password":"x","new_password":"13912345678"}`, bearer)
	require.Equal(t, 40001, got.Code)
	assert.Equal(t, "新密码不能由手机号或姓名构成", got.Msg)
}
