package docs

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	manage  = "PATCH /doctor/doctor_manage"
	aDoctor = "/doctor/admin/doctors/17"
)

// What the service accepts must be valid by the document, however unusual.
func TestTheDocumentAcceptsEveryRequestThatTheServiceAccepts(t *testing.T) {
	router := judge(t)
	for name, request := range map[string]struct{ operation, body string }{
		"a login":                           {"POST /doctor/login", `{"phone":"13912345678","password":"x"}`},
		"a login with a phone that is none": {"POST /doctor/login", `{"phone":"","password":""}`},
		"a phone in another spelling":       {"POST /doctor/register", `{"phone":"+86 139-1234-5678","password":"春眠不觉晓2026","name":"𠮷田·Ö’Brien"}`},
		"a phone in full-width digits":      {"POST /doctor/register", `{"phone":"１３９１２３４５６７８","password":"12345678","name":" 王 "}`},
		"a long name before NFC":            {manage, `{"phone":"13912345678","name":"` + strings.Repeat("e\u0301", 50) + `"}`},
		"a form with nothing optional":      {manage, `{"phone":"13912345678","name":"王"}`},
		"fields cleared by null":            {manage, `{"phone":"13912345678","name":"王","gender":null,"birth_date":null,"hospital_id":null,"internal_id":null,"department_id":null,"position_rank":null,"speciality":null,"avatar_url":null}`},
		"fields cleared by empty text":      {manage, `{"phone":"13912345678","name":"王","gender":"","birth_date":"","hospital_id":"","internal_id":"","department_id":"","position_rank":"","speciality":"","avatar_url":""}`},
		"ids cleared by zero":               {manage, `{"phone":"13912345678","name":"王","hospital_id":0,"department_id":0}`},
		"the greatest id":                   {manage, `{"phone":"13912345678","name":"王","hospital_id":9007199254740991}`},
		"a gender in English":               {manage, `{"phone":"13912345678","name":"王","gender":"female"}`},
		"values with blanks around them":    {manage, `{"phone":" 13912345678 ","name":"王","gender":" 男 ","birth_date":" 1980-05-15 ","internal_id":" A1 "}`},
		"a profile sent back as it was":     {manage, `{"phone":"13912345678","name":"王","id":17,"role":"doctor","status":"active","version":4,"created_at":"2026-11-01T08:30:00Z","updated_at":"2026-11-20T02:15:42.123456Z"}`},
		"read-only members of any kind":     {manage, `{"phone":"13912345678","name":"王","id":"17","role":null,"status":1,"version":[],"created_at":{},"updated_at":false}`},
		"an administrator's empty form":     {"PATCH " + aDoctor, `{}`},
		"another role":                      {"PATCH " + aDoctor, `{"role":"admin","phone":"+86 13912345678"}`},
		"a doctor sent back as it was":      {"PATCH " + aDoctor, `{` + aProfile + `,"gender":"男","updated_at":"2026-11-20T02:15:42Z","last_login_at":null}`},
		"a search":                          {"GET /doctor/admin/doctors?keyword=wxm&hospital_id=3&status=active&limit=100&cursor=AQ", ""},
		"a search for everybody":            {"GET /doctor/admin/doctors?keyword=&hospital_id=&status=&limit=&cursor=", ""},
		"a look-up":                         {"GET /doctor/directory?ids=17,18", ""},
		"a change of password":              {"POST /doctor/password", `{"old_password":"","new_password":"处处闻啼鸟2027"}`},
	} {
		assert.NoError(t, judgeRequest(t, router, request.operation, request.body), name)
	}
}

func TestTheDocumentRefusesWhatTheServiceCalls40001(t *testing.T) {
	router := judge(t)
	for name, request := range map[string]struct{ operation, body string }{
		"a login without password":      {"POST /doctor/login", `{"phone":"13912345678"}`},
		"a login with an unknown field": {"POST /doctor/login", `{"phone":"1","password":"x","role":"admin"}`},
		"a number for a password":       {"POST /doctor/login", `{"phone":"1","password":1}`},
		"a registration with a role":    {"POST /doctor/register", `{"phone":"1","password":"x","name":"王","role":"admin"}`},
		"a profile without name":        {manage, `{"phone":"13912345678"}`},
		"a phone that is cleared":       {manage, `{"phone":"","name":"王"}`},
		"a name that is null":           {manage, `{"phone":"13912345678","name":null}`},
		"a password in the profile":     {manage, `{"phone":"13912345678","name":"王","password":"x"}`},
		"an id in quotes":               {manage, `{"phone":"13912345678","name":"王","hospital_id":"3"}`},
		"a fraction of an id":           {manage, `{"phone":"13912345678","name":"王","hospital_id":3.5}`},
		"a negative id":                 {manage, `{"phone":"13912345678","name":"王","department_id":-1}`},
		"an id beyond exact integers":   {manage, `{"phone":"13912345678","name":"王","department_id":9007199254740992}`},
		"a role that there is not":      {"PATCH " + aDoctor, `{"role":"root"}`},
		"a role that is cleared":        {"PATCH " + aDoctor, `{"role":null}`},
		"an administrator's password":   {"PATCH " + aDoctor, `{"password":"x"}`},
		"a name that is cleared":        {"PATCH " + aDoctor, `{"name":""}`},
		"a page of nobody":              {"GET /doctor/admin/doctors?limit=0", ""},
		"a page without end":            {"GET /doctor/admin/doctors?limit=101", ""},
		"a status that there is not":    {"GET /doctor/admin/doctors?status=gone", ""},
		"a hospital of no id":           {"GET /doctor/admin/doctors?hospital_id=0", ""},
		"a look-up of nobody":           {"GET /doctor/directory", ""},
		"a look-up by name":             {"GET /doctor/directory?ids=17,x", ""},
		"a number for a gender":         {manage, `{"phone":"13912345678","name":"王","gender":1}`},
	} {
		assert.Error(t, judgeRequest(t, router, request.operation, request.body), name)
	}
}

const aProfile = `"id":17,"phone":"13912345678","name":"王","birth_date":"1980-05-15","hospital_id":3,"internal_id":null,` +
	`"department_id":null,"position_rank":null,"speciality":"a\nb","avatar_url":null,"role":"doctor","status":"active",` +
	`"version":4,"created_at":"2026-11-01T08:30:00Z"`

// Each refused answer differs in one point from one that is fine.
func TestTheDocumentIsStrictAboutAnswers(t *testing.T) {
	router := judge(t)
	type answer struct {
		operation string
		status    int
		header    string // besides the request id
		body      string
	}
	const etag, noStore = `ETag: "4"`, "Cache-Control: no-store"
	for name, right := range map[string]struct {
		answer
		wrong map[string]string // what to replace → by what
	}{
		"a login": {
			answer{"POST /doctor/login", 200, noStore, `{"code":0,"msg":"操作成功","data":{"id":1,"name":"王","role":"admin","token":"a.b-c.d_e"}}`},
			map[string]string{`"code":0`: `"code":200`, `操作成功`: `成功`, `"admin"`: `"root"`, `"id":1`: `"id":"1"`, `"token"`: `"phone":"1","token"`, noStore: "Age: 1"},
		},
		"a registration": {
			answer{"POST /doctor/register", 200, "", `{"code":0,"msg":"OK","data":"18"}`},
			map[string]string{`"18"`: `18`},
		},
		"a logout": {
			answer{"POST /doctor/logout", 200, "", `{"code":0,"msg":"操作成功","data":""}`},
			map[string]string{`""`: `null`},
		},
		"a saved profile": {
			answer{manage, 200, etag, `{"code":200,"msg":"操作成功","message":"操作成功","data":null}`},
			map[string]string{`200`: `0`, `"message":"操作成功",`: ``, `null`: `""`, etag: `ETag: W/"4"`},
		},
		"a profile": {
			answer{"GET /doctor/doctor_manage", 200, etag + "\n" + noStore, `{"code":0,"msg":"OK","message":"OK","data":{` + aProfile + `,"gender":"男","updated_at":"2026-11-20T02:15:42.123456Z"}}`},
			map[string]string{`"男"`: `"male"`, `,"gender":"男"`: ``, `42.123456Z`: `42+08:00`, `"active"`: `"gone"`, `13912345678`: `+8613912345678`, `"hospital_id":3`: `"hospital_id":0`, `"1980-05-15"`: `"1980-05-35"`, `"id":17`: `"id":17,"hash":""`},
		},
		"a profile with nothing optional": {
			answer{"GET /doctor/doctor_manage", 200, etag + "\n" + noStore, `{"code":0,"msg":"OK","message":"OK","data":{` + strings.ReplaceAll(strings.ReplaceAll(aProfile, `"1980-05-15"`, `null`), `:3,`, `:null,`) + `,"gender":null,"updated_at":"2026-11-20T02:15:42Z"}}`},
			map[string]string{`"birth_date":null`: `"birth_date":""`},
		},
		"a wrong password": {
			answer{"POST /doctor/login", 400, "", `{"code":40010,"msg":"手机号或密码错误","data":null}`},
			map[string]string{`40010`: `40100`, `null`: `{}`, `"data"`: `"message":"x","data"`, `手机号或密码错误`: ``},
		},
		"a fault of a field": {
			answer{"POST /doctor/register", 400, "", `{"code":40001,"msg":"x","data":{"errors":[{"field":"phone","reason":"x"}]}}`},
			map[string]string{`40001`: `40000`, `{"field":"phone","reason":"x"}`: ``, `"reason":"x"`: `"why":"x"`, `{"errors":[{"field":"phone","reason":"x"}]}`: `null`},
		},
		"a conflict": {
			answer{manage, 409, "", `{"code":40901,"msg":"x","message":"x","data":null}`},
			map[string]string{`40901`: `40902`, `"message":"x",`: ``},
		},
		"no token": {
			answer{"POST /doctor/logout", 401, "WWW-Authenticate: Bearer", `{"code":40100,"msg":"x","data":null}`},
			map[string]string{`WWW-Authenticate`: `X-Authenticate`, `Bearer`: `Basic`},
		},
		"a wait": {
			answer{"POST /doctor/login", 429, "Retry-After: 60", `{"code":42900,"msg":"x","data":null}`},
			map[string]string{`60`: `0`, `Retry-After`: `Retry`},
		},
		"a doctor": {
			answer{"GET " + aDoctor, 200, etag + "\n" + noStore, `{"code":0,"msg":"OK","data":{` + aProfile + `,"gender":null,"updated_at":"2026-11-20T02:15:42Z","last_login_at":null}}`},
			map[string]string{`,"last_login_at":null`: ``, `"last_login_at":null`: `"last_login_at":""`, `"data"`: `"message":"OK","data"`, `"role":"doctor"`: `"role":null`, noStore: "Age: 1"},
		},
		"a page": {
			answer{"GET /doctor/admin/doctors", 200, noStore, `{"code":0,"msg":"OK","data":{"items":[],"next_cursor":null}}`},
			map[string]string{`,"next_cursor":null`: ``, `null`: `""`, `[]`: `null`, `[`: `[{"id":17}`, noStore: "Age: 1"},
		},
		"an entry of the directory": {
			answer{"GET /doctor/directory/17", 200, etag + "\n" + noStore, `{"code":0,"msg":"OK","data":{"id":17,"name":"王","gender":null,"hospital_id":3,"department_id":null,"position_rank":null,"speciality":null,"avatar_url":null,"status":"active","version":4}}`},
			map[string]string{`"version"`: `"phone":"13912345678","version"`, `,"status":"active"`: ``, `"id":17`: `"id":"17"`, etag: `ETag: W/"4"`},
		},
		"an event": {
			answer{"GET " + aDoctor + "/events", 200, noStore, `{"code":0,"msg":"OK","data":{"items":[{"id":1,"type":"disabled","version":4,"at":"2026-11-20T02:15:42Z","actor":"cli","fields":["status"],"changes":[{"field":"status","before":"active","after":null}],"source":null,"request_id":null}],"next_cursor":"AQ"}}`},
			map[string]string{`"version":4`: `"version":0`, `["status"]`: `null`, `"actor":"cli"`: `"actor":17`, `,"after":null`: ``, `"before":"active"`: `"before":1`, `42Z`: `42+08:00`, `"source":null`: `"source":""`, `"AQ"`: `"AQ="`},
		},
		"a reset": {
			answer{"POST " + aDoctor + "/reset-password", 200, etag + "\n" + noStore, `{"code":0,"msg":"OK","data":{"password":"made-up-for-this-test"}}`},
			map[string]string{`made-up-for-this-test`: ``, `{"password":"made-up-for-this-test"}`: `"made-up-for-this-test"`, noStore: "Age: 1"},
		},
		"a missing condition": {
			answer{"DELETE " + aDoctor, 428, "", `{"code":42800,"msg":"x","data":null}`},
			map[string]string{`42800`: `41200`},
		},
		"no such doctor": {
			answer{"DELETE " + aDoctor, 404, "", `{"code":40400,"msg":"x","data":null}`},
			map[string]string{`40400`: `40500`},
		},
		"the keys": {
			answer{"GET /.well-known/jwks.json", 200, "Cache-Control: public, max-age=300", `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","use":"sig","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`},
			map[string]string{`"x"`: `"d":"secret","x"`, `300`: `301`},
		},
		"not ready": {
			answer{"GET /readyz", 503, "Retry-After: 1", `{"code":50300,"msg":"x","data":{"missing":[{"what":"storage","reason":"x"}]}}`},
			map[string]string{`{"what":"storage","reason":"x"}`: ``},
		},
	} {
		header := "X-Request-Id: r1\n" + right.header
		require.NoError(t, judgeAnswer(t, router, right.operation, right.status, header, right.body), name)
		for from, to := range right.wrong {
			wrongHeader, wrongBody := strings.ReplaceAll(header, from, to), strings.ReplaceAll(right.body, from, to)
			require.False(t, wrongHeader == header && wrongBody == right.body, "%s: nothing to replace by %q", name, from)
			assert.Error(t, judgeAnswer(t, router, right.operation, right.status, wrongHeader, wrongBody), "%s: %s → %s", name, from, to)
		}
		assert.Error(t, judgeAnswer(t, router, right.operation, right.status, right.header, right.body), "%s without request id", name)
	}
}

func judge(t *testing.T) routers.Router {
	t.Helper()
	router, err := legacy.NewRouter(load(t))
	require.NoError(t, err)
	return router
}

func inputFor(t *testing.T, router routers.Router, operation, body string) *openapi3filter.RequestValidationInput {
	t.Helper()
	method, path, _ := strings.Cut(operation, " ")
	request := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	route, parameters, err := router.FindRoute(request)
	require.NoError(t, err, operation)
	return &openapi3filter.RequestValidationInput{
		Request: request, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
		},
	}
}

func judgeRequest(t *testing.T, router routers.Router, operation, body string) error {
	t.Helper()
	return openapi3filter.ValidateRequest(context.Background(), inputFor(t, router, operation, body))
}

func judgeAnswer(t *testing.T, router routers.Router, operation string, status int, header, body string) error {
	t.Helper()
	input := inputFor(t, router, operation, "")
	headers := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	for line := range strings.SplitSeq(header, "\n") {
		if name, value, found := strings.Cut(line, ": "); found {
			headers.Set(name, value)
		}
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: status, Header: headers,
		Body: io.NopCloser(bytes.NewBufferString(body)), Options: input.Options,
	})
}
