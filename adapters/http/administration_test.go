package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

const doctorPath = doctorsPath + "/17"

func dataOf[T any](t *testing.T, got answered) T {
	t.Helper()
	var data T
	require.Equal(t, 200, got.status, got.body)
	require.NoError(t, json.Unmarshal(got.Data, &data), got.body)
	return data
}

// managingDoctors shows a doctor of version 4, answers every edit with one of version 5 and keeps the commands.
func (s *stage) managingDoctors() *[]inbound.ManageDoctorCommand {
	var got []inbound.ManageDoctorCommand
	s.ViewDoctor = func(_ context.Context, c inbound.ViewDoctorCommand) (inbound.ProfileResult, error) {
		assert.Equal(s.t, inbound.ViewDoctorCommand{Caller: me, ID: 17}, c)
		return inbound.ProfileResult{Doctor: someDoctor(s.t, 4)}, nil
	}
	s.ManageDoctor = func(_ context.Context, c inbound.ManageDoctorCommand) (inbound.ProfileResult, error) {
		got = append(got, c)
		return inbound.ProfileResult{Doctor: someDoctor(s.t, 5)}, nil
	}
	return &got
}

// commanded answers all that is done to a doctor as a whole with outcome, and keeps the commands.
func (s *stage) commanded(outcome error) *[]inbound.DoctorCommand {
	var got []inbound.DoctorCommand
	did := func(_ context.Context, c inbound.DoctorCommand) (inbound.ProfileResult, error) {
		got = append(got, c)
		if outcome != nil {
			return inbound.ProfileResult{}, outcome
		}
		return inbound.ProfileResult{Doctor: someDoctor(s.t, 5)}, nil
	}
	s.DisableDoctor, s.EnableDoctor = did, did
	s.ResetPassword = func(ctx context.Context, c inbound.DoctorCommand) (inbound.ResetPasswordResult, error) {
		done, err := did(ctx, c)
		return inbound.ResetPasswordResult{Password: doctor.TypedPassword("made-up-for-this-test"), Doctor: done.Doctor}, err
	}
	s.EraseDoctor = func(ctx context.Context, c inbound.DoctorCommand) (inbound.Done, error) {
		_, err := did(ctx, c)
		return inbound.Done{}, err
	}
	return &got
}

func TestAdministratorsAreShownTheWholeProfileAndTheLastLogin(t *testing.T) {
	s := newStage(t)
	bare, err := doctor.Restore(doctor.Snapshot{
		ID: 17, Phone: goodPhone, Name: goodName, Role: "doctor", Status: "disabled", Version: 3, Generation: 1,
		CreatedAt: noon, UpdatedAt: noon, LastLoginAt: noon.Add(-time.Hour), Credential: "$argon2id$secret", SearchKeys: "wmm",
	})
	require.NoError(t, err)
	s.ViewDoctor = func(_ context.Context, c inbound.ViewDoctorCommand) (inbound.ProfileResult, error) {
		assert.Equal(t, inbound.ViewDoctorCommand{Caller: me, ID: 17}, c)
		return inbound.ProfileResult{Doctor: bare}, nil
	}
	got := s.ask("GET", doctorPath, "", bearer)
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":{"id":17,"phone":"13912345678","name":"王某某",`+
		`"gender":null,"birth_date":null,"hospital_id":null,"internal_id":null,"department_id":null,`+
		`"position_rank":null,"speciality":null,"avatar_url":null,"role":"doctor","status":"disabled","version":3,`+
		`"created_at":"2026-11-20T04:00:00Z","updated_at":"2026-11-20T04:00:00Z","last_login_at":"2026-11-20T03:00:00Z"}}`, got.body)
	assert.Equal(t, []string{`"3"`}, got.header.Values("ETag"))
	assert.Equal(t, []string{"no-store"}, got.header.Values("Cache-Control"))
	assert.Equal(t, "/doctor/admin/doctors/{id}", s.log[0].Route, "ids are no label of a metric")
}

func TestAListHasWholeProfilesAndTheCursorOfTheNextPage(t *testing.T) {
	s := newStage(t)
	s.paging()
	got := s.ask("GET", doctorsPath, "", bearer)
	shown := dataOf[page[map[string]any]](t, got)
	require.Len(t, shown.Items, 1)
	assert.ElementsMatch(t, managedFields, mapKeys(shown.Items[0]), "what is read is what the form takes")
	assert.Nil(t, shown.Items[0]["last_login_at"], "never")
	assert.Regexp(t, `^\{"code":0,"msg":"操作成功","data":\{"items":\[\{"id":17,.*\}\],"next_cursor":"[\w-]{34}"\}\}$`, got.body)
	assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
	assert.Empty(t, got.header.Get("ETag"))
	assert.NotContains(t, got.body, "argon2id")
}

func TestNobodyHasAnIdThatIsWrittenOtherwise(t *testing.T) {
	for _, id := range []string{
		"0", "-17", "+17", "017", "17.0", "1e1", "0x11", "%31%37", "17%20", "%2017", "x", "me", "null", "१७", "17%00", "17,18",
		"9223372036854775808", "99999999999999999999999", "17%2fevents", "17;18", "*",
	} {
		for _, route := range []string{
			"GET /doctor/admin/doctors/{id}", "PATCH /doctor/admin/doctors/{id}", "DELETE /doctor/admin/doctors/{id}",
			"POST /doctor/admin/doctors/{id}/disable", "POST /doctor/admin/doctors/{id}/enable",
			"POST /doctor/admin/doctors/{id}/reset-password", "GET /doctor/admin/doctors/{id}/events", "GET /doctor/directory/{id}",
		} {
			method, path, _ := strings.Cut(strings.Replace(route, "{id}", id, 1), " ")
			got := newStage(t).ask(method, path, "", bearer)
			assert.Equal(t, `{"code":40400,"msg":"没有此医生","data":null}`, got.body, "%s %s", method, path)
			assert.Equal(t, 401, newStage(t).ask(method, path, "").status, "who may not ask learns nothing")
		}
	}
}

func TestAdministratorsMayLeaveEverythingOutAndSetTheRole(t *testing.T) {
	for body, want := range map[string]struct {
		change func(*doctor.Profile)
		role   doctor.Role
	}{
		`{}`:                            {func(*doctor.Profile) {}, doctor.Role{}},
		`{"role":"admin"}`:              {func(*doctor.Profile) {}, doctor.Administrator},
		`{"role":"doctor"}`:             {func(*doctor.Profile) {}, doctor.Ordinary},
		`{"phone":"+86 138-0000-0009"}`: {func(p *doctor.Profile) { p.Phone, _ = doctor.ParsePhone("13800000009") }, doctor.Role{}},
		`{"name":" 李四 "}`:               {func(p *doctor.Profile) { p.Name, _ = doctor.ParseName("李四") }, doctor.Role{}},
		`{"avatar_url":null,"hospital_id":0}`: {func(p *doctor.Profile) {
			p.AvatarURL, p.HospitalID = doctor.AvatarURL{}, doctor.Reference{}
		}, doctor.Role{}},
	} {
		s := newStage(t)
		commands := s.managingDoctors()
		got := s.ask("PATCH", doctorPath, body, bearer)
		require.Equal(t, 200, got.status, got.body)
		assert.Equal(t, 0, got.Code)
		assert.Equal(t, `"5"`, got.header.Get("ETag"))
		assert.InDelta(t, 5, dataOf[map[string]any](t, got)["version"], 0, "the answer is the changed profile")
		c := (*commands)[0]
		assert.Equal(t, me, c.Caller)
		assert.Equal(t, doctor.ID(17), c.ID)
		assert.Equal(t, want.role, c.Role, body)
		assert.Nil(t, c.IfMatch)
		assert.Equal(t, "192.0.2.1", c.Origin.Address.String())
		profile := someDoctor(t, 4).Profile()
		want.change(&profile)
		assert.Equal(t, profile, edited(t, c.Edit), body)
	}
}

func TestAdministratorsClearNoPhoneNameOrRole(t *testing.T) {
	for _, empty := range []string{`null`, `""`, `" 　"`} {
		s := newStage(t)
		s.managingDoctors()
		got := s.ask("PATCH", doctorPath, `{"role":`+empty+`,"name":`+empty+`,"phone":`+empty+`}`, bearer)
		assert.Equal(t, 40001, got.Code)
		assert.Equal(t, []string{"phone", "name", "role"}, got.fields(t), empty)
	}
	s := newStage(t)
	s.managingDoctors()
	got := s.ask("PATCH", doctorPath, `{"role":"root","gender":3,"hospital_id":"3","password":"x","status":"disabled"}`, bearer)
	assert.Equal(t, map[string]string{
		"gender": "性别应为文本", "hospital_id": "所属医院应为 1 到 9007199254740991 之间的整数", "role": "角色应为 doctor 或 admin",
		"password": "“password”不是可填写的字段",
	}, got.reasons(t))
}

func TestAnAdministratorsFormMaySendBackWhatItRead(t *testing.T) {
	s := newStage(t)
	commands := s.managingDoctors()
	seen := s.ask("GET", doctorPath, "", bearer)
	got := s.ask("PATCH", doctorPath, string(seen.Data), bearer, header("If-Match", seen.header.Get("ETag")))
	require.Equal(t, 200, got.status, got.body)
	assert.Equal(t, someDoctor(t, 4).Profile(), edited(t, (*commands)[0].Edit))
	assert.Equal(t, &inbound.Match{Versions: []int64{4}}, (*commands)[0].IfMatch)
	got = s.ask("PATCH", doctorPath, `{"id":"x","status":{},"version":null,"created_at":0,"updated_at":[],"last_login_at":false}`, bearer)
	assert.Equal(t, 200, got.status, got.body)
}

// TestFaultsOfAnAdministratorsRequestAreToldInTheirOrder mends one fault after the other of a change that has them all.
func TestFaultsOfAnAdministratorsRequestAreToldInTheirOrder(t *testing.T) {
	s := newStage(t)
	var (
		mayDo       error = inbound.ErrUnauthenticated
		seen        error = doctor.ErrNotFound
		outcome     error = doctor.ErrLoginTooOld
		contentType       = "text/plain"
		body        io.Reader
	)
	s.Authorize = func(context.Context, inbound.AuthorizeCommand) (inbound.Caller, error) { return me, mayDo }
	s.ViewDoctor = func(context.Context, inbound.ViewDoctorCommand) (inbound.ProfileResult, error) {
		return inbound.ProfileResult{Doctor: someDoctor(t, 4)}, seen
	}
	s.ManageDoctor = func(context.Context, inbound.ManageDoctorCommand) (inbound.ProfileResult, error) {
		return inbound.ProfileResult{Doctor: someDoctor(t, 5)}, outcome
	}
	body = unread{t}
	for _, step := range []struct {
		code int
		mend func()
	}{
		{40100, func() { mayDo = doctor.ErrPasswordChangeNeeded }},
		{40302, func() { mayDo = inbound.ErrForbidden }},
		{40300, func() { mayDo = nil }},
		{40400, func() { seen = nil }},
		{41500, func() { contentType, body = "application/json", strings.NewReader("{") }},
		{40000, func() { body = strings.NewReader(`{"role":"root"}`) }},
		{40001, func() { body = strings.NewReader("{}") }},
		{40303, func() { body, outcome = strings.NewReader("{}"), doctor.ErrVersionMismatch }},
		{41200, func() { body, outcome = strings.NewReader("{}"), doctor.ErrPhoneTaken }},
		{40900, func() { body, outcome = strings.NewReader("{}"), doctor.ErrStaffNumberTaken }},
		{40901, func() { body, outcome = strings.NewReader("{}"), doctor.ErrLastAdministrator }},
		{40902, func() { body, outcome = strings.NewReader("{}"), nil }},
		{0, func() {}},
	} {
		r := httptest.NewRequest(http.MethodPatch, doctorPath, body)
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		New(s.Options).ServeHTTP(w, r)
		got := read(t, w.Result())
		r.Body = io.NopCloser(strings.NewReader("{}"))
		checkAgainstDocument(t, r, got)
		require.Equal(t, step.code, got.Code, got.body)
		step.mend()
	}
	first := func(errs ...error) int { return problemOf(errors.Join(errs...)).code() }
	assert.Equal(t, 42800, first(doctor.ErrLastAdministrator, doctor.ErrVersionMismatch, inbound.ErrMatchNeeded))
}

func TestWhatIsDoneToADoctorAsAWholeIsAnsweredWithItsVersion(t *testing.T) {
	for action, want := range map[string]string{
		"/disable":        `{"code":0,"msg":"操作成功","data":""}`,
		"/enable":         `{"code":0,"msg":"操作成功","data":""}`,
		"/reset-password": `{"code":0,"msg":"操作成功","data":{"password":"made-up-for-this-test"}}`,
	} {
		s := newStage(t)
		commands := s.commanded(nil)
		got := s.ask("POST", doctorPath+action, "not JSON", bearer, header("Content-Type", "text/plain"), header("X-Request-Id", "req-1"))
		assert.Equal(t, want, got.body)
		assert.Equal(t, `"5"`, got.header.Get("ETag"))
		assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
		c := (*commands)[0]
		assert.Equal(t, me, c.Caller)
		assert.Equal(t, doctor.ID(17), c.ID)
		assert.Nil(t, c.IfMatch)
		assert.Equal(t, "req-1", c.Origin.RequestID)
		s.ask("POST", doctorPath+action, "", bearer, header("If-Match", `"4", W/"5"`))
		assert.Equal(t, &inbound.Match{Versions: []int64{4}}, (*commands)[1].IfMatch, "a condition is asked wherever it is given")
		written, err := json.Marshal(s.log)
		require.NoError(t, err)
		assert.NotContains(t, string(written), "made-up")
	}
}

func TestErasingPassesTheConditionOn(t *testing.T) {
	for _, c := range []struct {
		header []string
		want   *inbound.Match
	}{
		{nil, nil}, {[]string{"*"}, &inbound.Match{Any: true}}, {[]string{`"4"`}, &inbound.Match{Versions: []int64{4}}}, {[]string{"4"}, &inbound.Match{}},
	} {
		s := newStage(t)
		var outcome error
		if c.want == nil {
			outcome = inbound.ErrMatchNeeded
		}
		commands := s.commanded(outcome)
		var more []with
		if c.header != nil {
			more = append(more, header("If-Match", c.header...))
		}
		got := s.ask("DELETE", doctorPath, "", append(more, bearer)...)
		assert.Equal(t, c.want, (*commands)[0].IfMatch)
		assert.Empty(t, got.header.Get("ETag"), "there is nobody left")
		if outcome != nil {
			assert.Equal(t, `{"code":42800,"msg":"此操作需要 If-Match，请先读取最新资料","data":null}`, got.body)
			continue
		}
		assert.Equal(t, `{"code":0,"msg":"操作成功","data":""}`, got.body)
	}
}

func TestWhatStandsAgainstAnAdministratorsActIsTold(t *testing.T) {
	for _, action := range []string{"POST /disable", "POST /enable", "POST /reset-password", "DELETE "} {
		method, path, _ := strings.Cut(action, " ")
		for err, code := range map[error]int{
			doctor.ErrNotFound: 40400, doctor.ErrVersionMismatch: 41200, inbound.ErrUnauthenticated: 40100, doctor.ErrLastAdministrator: 40902,
		} {
			if err == doctor.ErrLastAdministrator && (path == "/enable" || path == "/reset-password") { //nolint:errorlint // a key of the map
				continue // nobody is lost by these
			}
			s := newStage(t)
			s.commanded(err)
			assert.Equal(t, code, s.ask(method, doctorPath+path, "", bearer).Code, action)
		}
	}
}

func TestNothingOfASearchIsLoggedOrCounted(t *testing.T) {
	const telling = "13912345678"
	for _, outcome := range []error{nil, errors.New("it broke"), context.DeadlineExceeded} {
		s := newStage(t)
		s.ListDoctors = func(context.Context, inbound.ListDoctorsCommand) (inbound.DoctorsResult, error) {
			return inbound.DoctorsResult{}, outcome
		}
		for _, address := range []string{"?keyword=" + telling, "?keyword=%E7%8E%8B", "?" + telling + "=1", "?cursor=" + telling, "/" + telling + "/x"} {
			s.ask("GET", doctorsPath+address, "", bearer)
		}
		written, err := json.Marshal(s.log)
		require.NoError(t, err)
		all := string(written) + strings.Join(s.reports, "\n")
		for _, never := range []string{telling, "王", "%E7", "keyword"} {
			assert.NotContains(t, all, never)
		}
		assert.Equal(t, doctorsPath, s.log[0].Route)
	}
}
