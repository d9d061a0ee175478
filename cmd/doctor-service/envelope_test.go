package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	jsonType = "application/json; charset=utf-8"
	done     = `{"code":0,"msg":"操作成功","data":""}`
	patched  = `{"code":200,"msg":"操作成功","message":"操作成功","data":null}`
)

var inEnglish = header{"Accept-Language", "en"}

func TestSuccessIsCodeZeroThenMsgThenData(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, id := s.doctor()
		a := s.login(phone, doctorPassword)
		require.Regexp(t, `^{"code":0,"msg":"操作成功","data":{"id":`+id+
			`,"name":"王小明","role":"doctor","token":"[\w-]+\.[\w-]+\.[\w-]+"}}$`, a.Body)
		p := person{s, phone, id, data[struct{ Token string }](t, a).Token}
		require.Regexp(t, `^{"code":0,"msg":"操作成功","data":"\d+"}$`, s.register(freshPhone(), doctorPassword, doctorName).Body)
		require.Equal(t, done, p.changePassword(doctorPassword, "another-green-scalpel").Body)
		require.Equal(t, done, p.ask("POST", "/doctor/logout", "").Body)
		for _, url := range []string{s.base + "/healthz", s.base + "/readyz", s.ops + "/healthz", s.ops + "/readyz"} {
			a, err := ask("GET", url, "")
			require.NoError(t, err)
			require.Equal(t, `{"code":0,"msg":"操作成功","data":null}`, a.Body)
		}
	})
}

func TestTheProfilesFormIsAnsweredToTheLetterOfItsDocument(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		a := p.patch("")
		require.Equal(t, 200, a.Status)
		require.Equal(t, patched, a.Body)
		require.Equal(t, `{"code":200,"msg":"OK","message":"OK","data":null}`, p.patch("", inEnglish).Body)
	})
}

func TestEveryAnswerOfTheProfilesPathSaysMsgAndMessageAlike(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for status, answers := range map[int][]answer{
			200: {p.get(), p.patch("")},
			400: {p.patch(`"gender":"3"`), p.ask("PATCH", profilePath, "{")},
			401: {s.call("GET", profilePath, ""), s.call("PATCH", profilePath, "{}")},
			405: {p.ask("DELETE", profilePath, "")},
			412: {p.patch("", header{"If-Match", `"99"`})},
			415: {p.patch("", header{"Content-Type", "text/plain"})},
		} {
			for _, a := range answers {
				require.Equal(t, status, a.Status, a.Body)
				require.NotNil(t, a.Message, a.Body)
				require.Equal(t, a.Msg, *a.Message)
				require.Regexp(t, `^{"code":\d+,"msg":".+?","message":".+?","data":.+}$`, a.Body)
			}
		}
	})
}

func TestNoOtherPathSaysMessage(t *testing.T) {
	s := sharedService(t, "sqlite")
	for _, a := range []answer{
		s.login(adminPhone, adminPassword), s.login("", ""), s.call("POST", "/doctor/logout", ""), s.call("GET", "/healthz", ""),
		s.call("GET", "/doctor/doctor_manage/", ""), s.call("GET", "/nowhere", ""),
	} {
		require.Nil(t, a.Message, a.Body)
		require.Contains(t, a.Body, `"msg":`)
	}
}

func TestAnErrorIsItsStatusTimesAHundredAndMoreWithNullData(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for _, a := range []answer{
			s.call("GET", "/nowhere", ""), s.call("GET", "/doctor/login", ""), s.call("POST", "/doctor/login", "{"),
			s.login(p.phone, "wrong"), s.call("POST", "/doctor/register", "{}"), s.register(p.phone, doctorPassword, doctorName),
			p.ask("POST", "/doctor/register", "{}"), s.call("POST", "/doctor/login", "{}", header{"Content-Type", "text/plain"}),
		} {
			require.Regexp(t, fmt.Sprintf(`^{"code":%d\d\d,"msg":"[^"]+","data":null}$`, a.Status), a.Body)
		}
	})
}

func TestFaultsOfFieldsAreListedInData(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		a := s.register("123", "x", doctorName)
		require.Regexp(t, `^{"code":40001,"msg":"手机号应为 11 位手机号码","data":{"errors":\[`+
			`{"field":"phone","reason":"手机号应为 11 位手机号码"},{"field":"password","reason":"[^"]+"}\]}}$`, a.Body)
	})
}

func TestEnvelopesAreJSONInUTF8(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for _, route := range []string{
			"POST /doctor/login", "POST /doctor/logout", "POST /doctor/register", "POST /doctor/password", "GET /doctor/doctor_manage",
			"PATCH /doctor/doctor_manage", "GET /healthz", "GET /readyz", "GET /", "GET /doctor", "PUT /doctor/login", "POST /docs",
			"DELETE /metrics", "POST /.well-known/jwks.json", "POST /openapi.json", "GET /favicon.ico",
		} {
			method, path, _ := strings.Cut(route, " ")
			a := s.call(method, path, "")
			require.Equal(t, []string{jsonType}, a.Header.Values("Content-Type"), route)
			require.Equal(t, []string{"code", "msg"}, members(t, a.Body)[:2], route)
		}
	})
}

func TestWhatMachinesAndPeopleReadHasNoEnvelope(t *testing.T) {
	s := sharedService(t, "sqlite")
	for url, contentType := range map[string]string{
		s.base + "/.well-known/jwks.json": "application/json",
		s.base + "/openapi.json":          "application/json",
		s.base + "/openapi.yaml":          "application/yaml",
		s.base + "/docs":                  "text/html; charset=utf-8",
		s.ops + "/metrics":                "text/plain",
	} {
		a, err := ask("GET", url, "")
		require.NoError(t, err)
		accepted(t, a)
		require.True(t, strings.HasPrefix(a.Header.Get("Content-Type"), contentType), "%s: %s", url, a.Header)
		require.NotContains(t, a.Body, `"msg":"操作成功"`)
	}
}

func TestUnknownPathsAreNotFound(t *testing.T) {
	s := sharedService(t, "sqlite")
	for _, path := range []string{
		"/", "/doctor", "/doctor/", "/doctor/login/", "/Doctor/Login", "/doctor/LOGIN", "//doctor/login", "/doctor//login",
		"/doctor/./login", "/doctor/x/../login", "/doctor/login%2f", "/doctor/login%00", "/api/doctor/login", "/docs/../healthz",
		"/doctor/doctor_manage/1", "/.well-known", "/.git/config", "/%E5%8C%BB%E7%94%9F", "/metrics", "/debug/pprof/",
	} {
		for _, method := range []string{"GET", "POST"} {
			refused(t, 40400, s.call(method, path, ""))
		}
	}
	a, err := ask("POST", s.ops+"/doctor/login", "{}")
	require.NoError(t, err)
	refused(t, 40400, a)
}

var routes = map[string][]string{
	"/doctor/login":         {"POST"},
	"/doctor/logout":        {"POST"},
	"/doctor/register":      {"POST"},
	"/doctor/password":      {"POST"},
	"/doctor/doctor_manage": {"GET", "HEAD", "PATCH"},

	"/doctor/directory":                      {"GET", "HEAD"},
	"/doctor/directory/1":                    {"GET", "HEAD"},
	"/doctor/admin/doctors":                  {"GET", "HEAD"},
	"/doctor/admin/doctors/1":                {"GET", "HEAD", "PATCH", "DELETE"},
	"/doctor/admin/doctors/1/disable":        {"POST"},
	"/doctor/admin/doctors/1/enable":         {"POST"},
	"/doctor/admin/doctors/1/reset-password": {"POST"},
	"/doctor/admin/doctors/1/events":         {"GET", "HEAD"},

	"/.well-known/jwks.json": {"GET", "HEAD"},
	"/openapi.json":          {"GET", "HEAD"},
	"/openapi.yaml":          {"GET", "HEAD"},
	"/docs":                  {"GET", "HEAD"},
	"/healthz":               {"GET", "HEAD"},
	"/readyz":                {"GET", "HEAD"},
}

func TestAWrongMethodIsToldTheRightOnes(t *testing.T) {
	s := sharedService(t, "sqlite")
	for path, allowed := range routes {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get"} {
			if slices.Contains(allowed, method) {
				continue
			}
			a := s.call(method, path, "", bearer(s.admin()))
			require.Equal(t, 405, a.Status, "%s %s", method, path)
			if method != "HEAD" {
				refused(t, 40500, a)
			}
			require.Len(t, a.Header.Values("Allow"), 1)
			require.ElementsMatch(t, allowed, strings.Split(a.Header.Get("Allow"), ", "), path)
		}
	}
	a := s.raw("OPTIONS * HTTP/1.1\nHost: x\n\n", "")
	refused(t, 40500, a)
	require.NotEmpty(t, a.Header.Get("Allow"))
	for _, method := range []string{"POST", "OPTIONS"} {
		a, err := ask(method, s.ops+"/metrics", "")
		require.NoError(t, err)
		refused(t, 40500, a)
		require.ElementsMatch(t, []string{"GET", "HEAD"}, strings.Split(a.Header.Get("Allow"), ", "))
	}
}

func TestHeadAnswersWhereGetDoes(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for path, allowed := range routes {
			if !slices.Contains(allowed, "GET") {
				continue
			}
			got, head := p.ask("GET", path, ""), p.ask("HEAD", path, "")
			require.Equal(t, got.Status, head.Status, path)
			require.Empty(t, head.Body, path)
			for _, name := range []string{"Content-Type", "ETag", "Cache-Control", "Content-Length"} {
				require.Equal(t, got.Header.Get(name), head.Header.Get(name), "%s of %s", name, path)
			}
		}
		require.Equal(t, 401, s.call("HEAD", profilePath, "").Status)
		require.Equal(t, 404, s.call("HEAD", "/nowhere", "").Status)
	})
}

func TestBrowsersOfConfiguredOriginsMayAsk(t *testing.T) {
	const ours = "https://app.example.com"
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_CORS_ORIGINS="+ours+",http://localhost:3000")...)
	ask := func(method, origin string, headers ...header) answer {
		return s.call(method, profilePath, "", append(headers, header{"Origin", origin})...)
	}
	for _, origin := range []string{ours, "http://localhost:3000"} {
		var a answer
		for _, method := range []string{"GET", "POST", "PATCH", "DELETE"} {
			a = ask("OPTIONS", origin, header{"Access-Control-Request-Method", method},
				header{"Access-Control-Request-Headers", "authorization,content-type,if-match"})
			require.Less(t, a.Status, 300)
			require.Equal(t, origin, a.Header.Get("Access-Control-Allow-Origin"))
			require.Contains(t, a.Header.Get("Access-Control-Allow-Methods"), method)
		}
		for _, name := range []string{"authorization", "content-type", "if-match"} {
			require.Contains(t, strings.ToLower(a.Header.Get("Access-Control-Allow-Headers")), name)
		}
		a = ask("GET", origin)
		refused(t, 40100, a)
		require.Equal(t, origin, a.Header.Get("Access-Control-Allow-Origin"), "errors can be read as well")
		for _, name := range []string{"ETag", "X-Request-Id", "Retry-After"} {
			require.Contains(t, strings.ToLower(a.Header.Get("Access-Control-Expose-Headers")), strings.ToLower(name))
		}
		require.Contains(t, a.Header.Values("Vary"), "Origin")
		require.Empty(t, a.Header.Get("Access-Control-Allow-Credentials"), "tokens travel in a header, never in a cookie")
	}
	for _, origin := range []string{"https://evil.example.com", "http://app.example.com", ours + ".evil.com", "https://APP.example.com", "null"} {
		for _, a := range []answer{
			ask("GET", origin), ask("OPTIONS", origin, header{"Access-Control-Request-Method", "PATCH"}),
		} {
			require.Empty(t, a.Header.Get("Access-Control-Allow-Origin"), origin)
		}
	}
}

func TestEveryAnswerNamesItsRequest(t *testing.T) {
	s := sharedService(t, "sqlite")
	id := func(given ...string) string {
		var headers []header
		for _, value := range given {
			headers = append(headers, header{"X-Request-Id", value})
		}
		found := s.call("GET", "/nowhere", "", headers...).Header.Values("X-Request-Id")
		require.Len(t, found, 1)
		require.Regexp(t, `^[A-Za-z0-9._-]{1,128}$`, found[0])
		return found[0]
	}
	for _, good := range []string{"x", "A.b-c_9", strings.Repeat("a", 128), "-", "..."} {
		require.Equal(t, good, id(good))
	}
	for _, bad := range []string{"", " ", "a b", strings.Repeat("a", 129), "a/b", "a\tb", "<b>", "é", "a,b", `"a"`, "a:b"} {
		require.NotEqual(t, bad, id(bad))
	}
	require.NotEqual(t, id(), id(), "new ones differ")
	require.NotContains(t, []string{"one", "two"}, id("one", "two"))
	for path := range routes {
		require.NotEmpty(t, s.call("GET", path, "").Header.Get("X-Request-Id"), path)
	}
}

func TestPersonalDataAndTokensAreNotKept(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for _, a := range []answer{
			s.login(p.phone, doctorPassword), p.get(), p.patch(""), p.ask("HEAD", profilePath, ""),
			s.register(freshPhone(), doctorPassword, doctorName), s.register(p.phone, "x", ""), p.patch(`"gender":"x"`),
		} {
			require.Equal(t, []string{"no-store"}, a.Header.Values("Cache-Control"), a.Body)
		}
	})
}

func TestAnswersAreGuardedAgainstBrowsersAndSaySoLittleAsPossible(t *testing.T) {
	s := sharedService(t, "postgres")
	p := s.person()
	answers := []answer{
		s.login(p.phone, doctorPassword), p.get(), p.patch(""), p.ask("POST", "/doctor/logout", ""), s.login("", ""),
		s.call("GET", "/nowhere", ""), s.call("PUT", "/docs", ""),
	}
	for path := range routes {
		answers = append(answers, s.call("GET", path, ""))
	}
	for _, a := range answers {
		assert.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
		assert.NotEmpty(t, a.Header.Get("Referrer-Policy"))
		assert.Contains(t, a.Header.Get("Content-Security-Policy"), "default-src 'none'")
		for _, name := range []string{"Server", "Set-Cookie", "Location", "X-Powered-By", "Access-Control-Allow-Origin"} {
			assert.Empty(t, a.Header.Values(name), a.Body)
		}
	}
}

func TestTextsAreChineseUnlessEnglishIsPreferred(t *testing.T) {
	s := sharedService(t, "sqlite")
	for accept, chinese := range map[string]bool{
		"": true, "zh-CN": true, "zh": true, "fr": true, "*": true, "@@@": true, "zh-TW,en;q=0.5": true, "zh-HK": true,
		"zh-CN,zh;q=0.9,en;q=0.8": true, "en;q=0.5,zh;q=0.8": true, "fr,de;q=0.9": true, "de, zh;q=0.2, en;q=0.1": true, "en;q=0": true,
		"en": false, "EN": false, "en-US,en;q=0.9": false, "en-GB": false, "en;q=0.9, zh;q=0.1": false, "fr, en;q=0.5": false,
		"zh;q=0.3,en;q=0.7": false, "en-US,en;q=0.9,zh-CN;q=0.8,zh;q=0.7": false, "zh;q=0,en;q=0.1": false,
	} {
		for _, a := range []answer{
			s.call("GET", "/healthz", "", header{"Accept-Language", accept}),
			s.call("GET", "/nowhere", "", header{"Accept-Language", accept}),
			s.call("POST", "/doctor/login", `{"phone":3,"x":1}`, header{"Accept-Language", accept}),
		} {
			require.Equal(t, chinese, strings.ContainsFunc(a.Msg, func(r rune) bool { return unicode.Is(unicode.Han, r) }),
				"%q: %s", accept, a.Body)
		}
	}
}

func TestNothingButTheTextsDependsOnTheLanguage(t *testing.T) {
	s := sharedService(t, "sqlite")
	text := regexp.MustCompile(`"(msg|message|reason)":"(?:[^"\\]|\\.)*"`)
	for _, request := range []struct{ method, path, body string }{
		{"GET", "/healthz", ""},
		{"GET", "/nowhere", ""},
		{"GET", profilePath, ""},
		{"POST", "/doctor/login", `{"phone":3,"x":1}`},
		{"PATCH", "/doctor/login", ""},
	} {
		here := s.call(request.method, request.path, request.body)
		there := s.call(request.method, request.path, request.body, inEnglish)
		require.NotEqual(t, here.Body, there.Body)
		require.Equal(t, text.ReplaceAllString(here.Body, "$1"), text.ReplaceAllString(there.Body, "$1"))
		require.Contains(t, strings.Join(there.Header.Values("Vary"), ","), "Accept-Language", "caches tell them apart")
	}
}

func TestBrokenHTTPIsAnsweredByTheLibraryInPlainText(t *testing.T) {
	s := sharedService(t, "sqlite")
	for status, head := range map[int]string{
		http.StatusBadRequest:                  "POST /doctor/login HTTP/1.1\nHost: x\nContent-Length: 1\nContent-Length: 2\n\n",
		http.StatusExpectationFailed:           "POST /doctor/login HTTP/1.1\nHost: x\nExpect: a cake\nContent-Length: 2\n\n",
		http.StatusRequestHeaderFieldsTooLarge: "GET /healthz HTTP/1.1\nHost: x\nX-Long: " + strings.Repeat("x", 32<<10) + "\n\n",
		http.StatusNotImplemented:              "POST /doctor/login HTTP/1.1\nHost: x\nTransfer-Encoding: gzip\n\n",
		http.StatusHTTPVersionNotSupported:     "GET /healthz HTTP/3.0\nHost: x\n\n",
	} {
		a := s.raw(head, "")
		require.Equal(t, status, a.Status, a.Body)
		require.NotContains(t, a.Header.Get("Content-Type"), "json")
		require.Less(t, len(a.Body), 200, "a line, and no stack trace")
	}
}

// members lists the names of a JSON object in their order.
func members(t testing.TB, object string) (names []string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(object))
	_, err := d.Token()
	require.NoError(t, err)
	for d.More() {
		name, err := d.Token()
		require.NoError(t, err)
		names = append(names, fmt.Sprint(name))
		var value json.RawMessage
		require.NoError(t, d.Decode(&value))
	}
	return names
}
