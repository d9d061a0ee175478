package httpapi

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// wholeForm is the example of the source document.
const wholeForm = `{"phone":"13912345678","name":"王某某","gender":"男","birth_date":"1980-05-15","hospital_id":3,` +
	`"internal_id":"DOC2023001","department_id":1,"position_rank":"主任医师","speciality":"冠心病介入治疗",` +
	`"avatar_url":"https://example.com/avatars/doc001.jpg"}`

// managing answers every edit with a doctor of version 5 and keeps the commands.
func (s *stage) managing() *[]inbound.ManageProfileCommand {
	var got []inbound.ManageProfileCommand
	s.ManageProfile = func(_ context.Context, c inbound.ManageProfileCommand) (inbound.ProfileResult, error) {
		got = append(got, c)
		return inbound.ProfileResult{Doctor: someDoctor(s.t, 5)}, nil
	}
	return &got
}

// edited is the profile that an edit makes of a doctor whose every field is set.
func edited(t *testing.T, edit doctor.ProfileEdit) doctor.Profile {
	t.Helper()
	d := someDoctor(t, 4)
	d.ChangeProfile(edit, doctor.SessionID{}, doctor.Occasion{At: noon, Actor: doctor.By(17)})
	return d.Profile()
}

func TestTheDocumentedPatchIsAnsweredToTheLetter(t *testing.T) {
	s := newStage(t)
	commands := s.managing()
	got := s.ask("PATCH", "/doctor/doctor_manage", wholeForm, bearer)
	assert.Equal(t, `{"code":200,"msg":"操作成功","message":"操作成功","data":null}`, got.body)
	assert.Equal(t, `"5"`, got.header.Get("ETag"))
	require.Len(t, *commands, 1)
	c := (*commands)[0]
	assert.Equal(t, me, c.Caller)
	assert.Nil(t, c.IfMatch)
	assert.Equal(t, "192.0.2.1", c.Origin.Address.String())
	want := someDoctor(t, 4).Profile()
	want.AvatarURL, _ = doctor.ParseAvatarURL("https://example.com/avatars/doc001.jpg")
	assert.Equal(t, want, edited(t, c.Edit))

	got = s.ask("PATCH", "/doctor/doctor_manage", wholeForm, bearer, header("Accept-Language", "en"))
	assert.Equal(t, `{"code":200,"msg":"OK","message":"OK","data":null}`, got.body)
}

func TestAbsentFieldsStayAndEmptyOnesAreCleared(t *testing.T) {
	const required = `"phone":"13912345678","name":"王某某"`
	unset := doctor.Profile{Phone: someDoctor(t, 4).Profile().Phone, Name: someDoctor(t, 4).Profile().Name}
	optional := profileFields[2:10]
	for empty, want := range map[string]doctor.Profile{
		"":      someDoctor(t, 4).Profile(),
		`null`:  unset,
		`""`:    unset,
		`" 　 "`: unset, // an ideographic space is a blank as well
	} {
		s := newStage(t)
		commands := s.managing()
		body := required
		if empty != "" {
			for _, field := range optional {
				if (field == "hospital_id" || field == "department_id") && empty != `null` {
					body += `,"` + field + `":""` // a blank is no id
					continue
				}
				body += `,"` + field + `":` + empty
			}
		}
		got := s.ask("PATCH", "/doctor/doctor_manage", "{"+body+"}", bearer)
		require.Equal(t, 200, got.status, got.body)
		assert.Equal(t, want, edited(t, (*commands)[0].Edit), "every optional field is %q", empty)
	}
	s := newStage(t)
	commands := s.managing()
	s.ask("PATCH", "/doctor/doctor_manage", "{"+required+`,"hospital_id":0,"department_id":0}`, bearer)
	cleared := edited(t, (*commands)[0].Edit)
	assert.Zero(t, cleared.HospitalID)
	assert.Zero(t, cleared.DepartmentID)
	assert.NotZero(t, cleared.InternalID)
}

func TestPhoneAndNameCannotBeLeftOutOrCleared(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"phone":null,"name":null}`, `{"phone":"","name":""}`, `{"phone":"  ","name":"　"}`,
		`{"name":"","phone":""}`,
	} {
		got := newStage(t).ask("PATCH", "/doctor/doctor_manage", body, bearer)
		assert.Equal(t, 40001, got.Code)
		assert.Equal(t, []string{"phone", "name"}, got.fields(t), body)
		assert.Equal(t, "手机号不能为空", got.Msg)
		assert.Equal(t, got.Msg, *got.Message)
		assert.Equal(t, map[string]string{"phone": "手机号不能为空", "name": "姓名不能为空"}, got.reasons(t))
	}
}

func TestAnIdMustBeAPlainIntegerInItsRange(t *testing.T) {
	for _, bad := range []string{
		`"3"`, `3.5`, `3.0`, `-1`, `-0`, `1e3`, `true`, `{}`, `[]`, `9007199254740992`, `99999999999999999999999`, `"abc"`, `" "`,
	} {
		for _, field := range []string{"hospital_id", "department_id"} {
			got := newStage(t).ask("PATCH", "/doctor/doctor_manage",
				`{"phone":"13912345678","name":"王某某","`+field+`":`+bad+`}`, bearer)
			assert.Equal(t, 40001, got.Code, bad)
			assert.Equal(t, []string{field}, got.fields(t), bad)
		}
	}
	for _, good := range []string{`1`, `9007199254740991`} {
		s := newStage(t)
		s.managing()
		got := s.ask("PATCH", "/doctor/doctor_manage", `{"phone":"13912345678","name":"王某某","hospital_id":`+good+`}`, bearer)
		assert.Equal(t, 200, got.status, good)
	}
}

func TestEveryFaultIsToldAtOnceInTheOrderOfTheForm(t *testing.T) {
	got := newStage(t).ask("PATCH", "/doctor/doctor_manage", `{"speciality":5,"zzz":1,"avatar_url":"ftp://x","gender":"1",
		"position_rank":"`+strings.Repeat("长", 33)+`","birth_date":"2026-11-21","internal_id":"号","hospital_id":"3",
		"department_id":-1,"name":"123","phone":"12345","aaa":{"b":[1]}}`, bearer, header("Accept-Language", "en-GB"))
	assert.Equal(t, []string{
		"phone", "name", "gender", "birth_date", "hospital_id", "internal_id", "department_id", "position_rank",
		"speciality", "avatar_url", "zzz", "aaa",
	}, got.fields(t))
	assert.Equal(t, "The phone number must be an 11-digit mobile number of mainland China", got.Msg)
	assert.Equal(t, "The position rank must be 1 to 32 characters long", got.reasons(t)["position_rank"])
	assert.Equal(t, `"zzz" is not a field of this form`, got.reasons(t)["zzz"])
}

func TestABirthDateOfTodayInChinaIsNotInTheFuture(t *testing.T) {
	s := newStage(t) // it is noon of the 20th there
	s.managing()
	got := s.ask("PATCH", "/doctor/doctor_manage", `{"phone":"13912345678","name":"王某某","birth_date":"2026-11-20"}`, bearer)
	assert.Equal(t, 200, got.status)
}

func TestReadOnlyMembersAreAcceptedWhateverTheyAre(t *testing.T) {
	s := newStage(t)
	s.ViewProfile = func(context.Context, inbound.ViewProfileCommand) (inbound.ProfileResult, error) {
		return inbound.ProfileResult{Doctor: someDoctor(t, 4)}, nil
	}
	commands := s.managing()
	seen := s.ask("GET", "/doctor/doctor_manage", "", bearer)
	got := s.ask("PATCH", "/doctor/doctor_manage", string(seen.Data), bearer)
	assert.Equal(t, 200, got.status, "a form may send back what it read: %s", got.body)
	assert.Equal(t, someDoctor(t, 4).Profile(), edited(t, (*commands)[0].Edit))

	got = s.ask("PATCH", "/doctor/doctor_manage", `{"phone":"13912345678","name":"王某某","id":"x","role":["admin"],
		"status":{"a":1},"version":null,"created_at":0,"updated_at":false}`, bearer)
	assert.Equal(t, 200, got.status, got.body)
}

func TestAnUnknownMemberIsNamedWithoutItsTricks(t *testing.T) {
	name := `a\u0000\n\u202e` + strings.Repeat("b", 5000)
	got := newStage(t).ask("PATCH", "/doctor/doctor_manage", `{"phone":"13912345678","name":"王某某","`+name+`":1}`, bearer)
	assert.Equal(t, []string{"a" + strings.Repeat("b", 63)}, got.fields(t))

	var many strings.Builder
	for i := range 5000 {
		many.WriteString(`,"` + strings.Repeat("x", 1+i%5) + string(rune('一'+i)) + `":0`)
	}
	got = newStage(t).ask("PATCH", "/doctor/doctor_manage", `{"phone":"13912345678","name":"王某某"`+many.String()+`}`, bearer)
	assert.Len(t, got.fields(t), 100, "an answer repeats no more than a person would read")
}

func TestTheProfileHasEveryFieldNullWhenUnset(t *testing.T) {
	s := newStage(t)
	bare, err := doctor.Restore(doctor.Snapshot{
		ID: 17, Phone: goodPhone, Name: goodName, Role: "admin", Status: "active", Version: 1, Generation: 1,
		CreatedAt: noon, UpdatedAt: noon, Credential: "$argon2id$secret",
	})
	require.NoError(t, err)
	shown := map[bool]*doctor.Doctor{true: someDoctor(t, 4), false: bare}
	for whole, d := range shown {
		s.ViewProfile = func(_ context.Context, c inbound.ViewProfileCommand) (inbound.ProfileResult, error) {
			assert.Equal(t, me, c.Caller)
			return inbound.ProfileResult{Doctor: d}, nil
		}
		got := s.ask("GET", "/doctor/doctor_manage", "", bearer)
		if !whole {
			assert.Equal(t, `{"code":0,"msg":"操作成功","message":"操作成功","data":{"id":17,"phone":"13912345678","name":"王某某",`+
				`"gender":null,"birth_date":null,"hospital_id":null,"internal_id":null,"department_id":null,`+
				`"position_rank":null,"speciality":null,"avatar_url":null,"role":"admin","status":"active","version":1,`+
				`"created_at":"2026-11-20T04:00:00Z","updated_at":"2026-11-20T04:00:00Z"}}`, got.body)
			assert.Equal(t, `"1"`, got.header.Get("ETag"))
			continue
		}
		var data map[string]any
		require.NoError(t, json.Unmarshal(got.Data, &data))
		assert.ElementsMatch(t, profileFields, mapKeys(data), "what is read is what the form takes")
		assert.Contains(t, got.body, `jpg?a=1&b=2`, "the text is for people, not for HTML")
		assert.Contains(t, got.body, `"updated_at":"2026-11-20T02:15:42.123456Z"`)
		assert.NotContains(t, got.body, "argon2id")
		assert.Equal(t, `"4"`, got.header.Get("ETag"))
		assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
	}
}

func mapKeys(m map[string]any) []string {
	var out []string
	for k := range maps.Keys(m) {
		out = append(out, k)
	}
	return out
}

func TestHeadAnswersWhereGetDoesWithoutABody(t *testing.T) {
	s := newStage(t)
	s.ViewProfile = func(context.Context, inbound.ViewProfileCommand) (inbound.ProfileResult, error) {
		return inbound.ProfileResult{Doctor: someDoctor(t, 4)}, nil
	}
	asked := s.ask("GET", "/doctor/doctor_manage", "", bearer)
	got := s.ask("HEAD", "/doctor/doctor_manage", "", bearer)
	assert.Equal(t, 200, got.status)
	for _, same := range []string{"ETag", "Content-Type", "Content-Length", "Cache-Control"} {
		assert.Equal(t, asked.header.Get(same), got.header.Get(same), same)
	}
	assert.Zero(t, s.log[1].Bytes)
	for _, path := range []string{"/healthz", "/readyz", "/.well-known/jwks.json", "/openapi.yaml", "/openapi.json", "/docs"} {
		assert.Equal(t, 200, s.ask("HEAD", path, "").status, path)
	}
	assert.Equal(t, 405, s.ask("HEAD", "/doctor/login", "").status)
	assert.Equal(t, 401, s.ask("HEAD", "/doctor/doctor_manage", "").status)
}

func TestIfMatchHoldsForAStarATagOrAList(t *testing.T) {
	for _, c := range []struct {
		headers []string
		want    *inbound.Match
	}{
		{nil, nil},
		{[]string{`*`}, &inbound.Match{Any: true}},
		{[]string{` * `}, &inbound.Match{Any: true}},
		{[]string{`"4"`}, &inbound.Match{Versions: []int64{4}}},
		{[]string{`"4", "5" ,"6"`}, &inbound.Match{Versions: []int64{4, 5, 6}}},
		{[]string{`"4"`, `"5"`}, &inbound.Match{Versions: []int64{4, 5}}},
		{[]string{`W/"4"`}, &inbound.Match{}},
		{[]string{`W/"4", "5"`}, &inbound.Match{Versions: []int64{5}}},
		{[]string{``}, &inbound.Match{}},
		{[]string{`4`}, &inbound.Match{}},
		{[]string{`"4`}, &inbound.Match{}},
		{[]string{`"04"`}, &inbound.Match{}},
		{[]string{`"+4"`}, &inbound.Match{}},
		{[]string{`'4'`}, &inbound.Match{}},
		{[]string{`"4,5"`}, &inbound.Match{}},
		{[]string{`"*"`}, &inbound.Match{}},
		{[]string{`*, "4"`}, &inbound.Match{Versions: []int64{4}}},
		{[]string{`"99999999999999999999"`}, &inbound.Match{}},
	} {
		s := newStage(t)
		commands := s.managing()
		var more []with
		if c.headers != nil {
			more = append(more, header("If-Match", c.headers...))
		}
		s.ask("PATCH", "/doctor/doctor_manage", wholeForm, append(more, bearer)...)
		assert.Equal(t, c.want, (*commands)[0].IfMatch, "%q", c.headers)
	}
}

func TestEveryAnswerOfTheProfilePathCarriesMessage(t *testing.T) {
	s := newStage(t)
	s.managing()
	for _, got := range []answered{
		s.ask("GET", "/doctor/doctor_manage", ""),
		s.ask("PATCH", "/doctor/doctor_manage", ""),
		s.ask("PATCH", "/doctor/doctor_manage", "{", bearer),
		s.ask("PATCH", "/doctor/doctor_manage", "{}", bearer, header("Content-Type", "text/plain")),
		s.ask("DELETE", "/doctor/doctor_manage", ""),
	} {
		require.NotNil(t, got.Message, got.body)
		assert.Equal(t, got.Msg, *got.Message)
		assert.Regexp(t, `^\{"code":\d{5},"msg":"[^"]+","message":"[^"]+","data":`, got.body)
	}
	for _, got := range []answered{
		s.ask("GET", "/doctor/doctor_manage/", ""),
		s.ask("GET", "/doctor/login", ""),
		s.ask("POST", "/doctor/register", ""),
	} {
		assert.Nil(t, got.Message, got.body)
		assert.Regexp(t, `^\{"code":\d{5},"msg":"[^"]+","data":null\}$`, got.body)
	}
}
