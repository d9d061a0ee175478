package httpapi

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// checkHeaders holds for every answer that a test of this package gets, of whatever status.
func checkHeaders(t *testing.T, method string, got answered) {
	t.Helper()
	assert.Equal(t, []string{"nosniff"}, got.header.Values("X-Content-Type-Options"))
	assert.Equal(t, []string{"no-referrer"}, got.header.Values("Referrer-Policy"))
	assert.Equal(t, []string{"same-origin"}, got.header.Values("Cross-Origin-Resource-Policy"))
	require.Len(t, got.header.Values("Content-Security-Policy"), 1)
	for _, directive := range []string{
		"default-src 'none'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'",
	} {
		assert.Contains(t, got.header.Get("Content-Security-Policy"), directive)
	}
	for _, never := range []string{"Server", "Set-Cookie", "Location", "X-Powered-By", "Access-Control-Allow-Credentials"} {
		assert.Empty(t, got.header.Values(never))
	}
	if length := got.header.Get("Content-Length"); length != "" && method != http.MethodHead {
		assert.Equal(t, strconv.Itoa(len(got.body)), length)
	}
}

func TestEveryAnswerIsMarkedAsSafeToReadAndNotToKeep(t *testing.T) {
	s := newStage(t)
	for route, want := range map[string]string{
		"POST /doctor/login": "no-store", "GET /doctor/doctor_manage": "no-store", "GET /nowhere": "no-store",
		"DELETE /doctor/login": "no-store", "GET /healthz": "no-store",
		"GET /docs": "no-cache", "GET /openapi.yaml": "no-cache", "GET /.well-known/jwks.json": "public, max-age=300",
	} {
		method, path, _ := strings.Cut(route, " ")
		got := s.ask(method, path, "")
		assert.Equal(t, []string{want}, got.header.Values("Cache-Control"), route)
		assert.Empty(t, got.header.Values("Access-Control-Allow-Origin"), route)
	}
}

func TestWhateverGoesWrongIsToldInAnAnswerThatIsMarkedJustSo(t *testing.T) {
	seen := map[int]bool{}
	for _, err := range []error{
		inbound.ErrUnauthenticated, doctor.ErrPasswordChangeNeeded, inbound.ErrForbidden, doctor.ErrNotFound, doctor.ErrPhoneTaken,
		doctor.ErrVersionMismatch, inbound.ErrMatchNeeded, doctor.ErrLastAdministrator,
		inbound.Throttled{Wait: time.Minute},
		doctor.ErrDamaged, outbound.ErrUnavailable, outbound.ErrBusy,
		doctor.Invalid{Field: doctor.FieldName, Rule: doctor.RuleRequired},
	} {
		s := newStage(t)
		s.Logout = func(context.Context, inbound.LogoutCommand) (inbound.Done, error) { return inbound.Done{}, err }
		w := httptest.NewRecorder()
		New(s.Options).ServeHTTP(w, httptest.NewRequest("POST", "/doctor/logout", nil))
		got := read(t, w.Result())
		checkHeaders(t, "POST", got)
		assert.Equal(t, []string{"no-store"}, got.header.Values("Cache-Control"))
		seen[got.status] = true
	}
	for _, status := range []int{400, 401, 403, 404, 409, 412, 428, 429, 500, 503} {
		assert.True(t, seen[status], status)
	}
	s := newStage(t)
	assert.Equal(t, 415, s.ask("POST", "/doctor/login", "{}", header("Content-Type", "text/plain")).status)
	assert.Equal(t, 413, s.ask("POST", "/doctor/login", strings.Repeat(" ", maxBody+1)).status)
}

// Whatever stands in the address is neither a callback, nor a token, nor a member of a form.
func TestParametersOfTheAddressChangeNothing(t *testing.T) {
	s := newStage(t)
	s.managing()
	plain := s.ask("GET", "/healthz", "").body
	for _, parameters := range []string{"?callback=x", "?jsonp=x", "?_method=DELETE", "?format=xml", "?;", "?%zz", "?a=1&a=2"} {
		got := s.ask("GET", "/healthz"+parameters, "")
		assert.Equal(t, plain, got.body, parameters)
		assert.Equal(t, "application/json; charset=utf-8", got.header.Get("Content-Type"))
	}
	for _, name := range []string{"token", "access_token", "authorization", "Authorization"} {
		got := s.ask("GET", "/doctor/doctor_manage?"+name+"="+goodToken, "", header("Cookie", name+"="+goodToken), header("X-"+name, goodToken))
		assert.Equal(t, 40100, got.Code, name)
	}
	got := s.ask("POST", "/doctor/login?phone="+goodPhone+"&password="+goodWord, "{}")
	assert.Equal(t, []string{"phone", "password"}, got.fields(t))
}

func TestTheRequestIdIsTheCallersIfItIsOne(t *testing.T) {
	s := newStage(t)
	for given, kept := range map[string]bool{
		"a": true, "A-z_0.9": true, strings.Repeat("x", 128): true, "550e8400-e29b-41d4-a716-446655440000": true,
		"": false, strings.Repeat("x", 129): false, "a b": false, "a\nb": false, "医生": false, "<script>": false, "a,b": false,
	} {
		got := s.ask("GET", "/healthz", "", header("X-Request-Id", given)).header.Values("X-Request-Id")
		require.Len(t, got, 1)
		assert.Equal(t, kept, got[0] == given, "%q", given)
		assert.Regexp(t, acceptableRequestID, got[0])
	}
	twice := s.ask("GET", "/healthz", "", header("X-Request-Id", "a", "b")).header.Get("X-Request-Id")
	assert.NotContains(t, []string{"a", "b"}, twice)
	other := s.ask("GET", "/healthz", "").header.Get("X-Request-Id")
	assert.NotEqual(t, twice, other, "new ids are new")
	assert.Equal(t, other, s.log[len(s.log)-1].RequestID)
}

func TestUnknownPathsAndOtherSpellingsAreNotFound(t *testing.T) {
	s := newStage(t)
	for _, target := range []string{
		"/", "/doctor", "/doctor/", "/doctor/login/", "/doctor//login", "//doctor/login", "/Doctor/login", "/doctor/LOGIN",
		"/doctor/login%2F", "/doctor%2Flogin", "/doctor/%6Cogin%2e", "/doctor/./login", "/doctor/x/../login", "/doctor/login;v=1",
		"/doctor/login.json", "/doctor/doctor%5Fmanage%20", "/doctor/admin", "/doctor/admin/doctors/", "/doctor/admin/doctors/17/",
		"/doctor/admin/doctors/17/erase", "/doctor/directory/", "/doctor/directory/17/", "/doctor/directory/17/events", "/healthz/", "/docs/", "/metrics", "/debug/pprof/",
		"/.well-known/", "/favicon.ico", "/.git/config", "/.env", "/doctor/login/x.css", "/doctor/login;.js", "/doctor/doctor_manage/a.css",
	} {
		for _, method := range []string{"GET", "POST", "HEAD", "OPTIONS", "PROPFIND", "FOO"} {
			got := s.ask(method, target, "")
			assert.Equal(t, 404, got.status, "%s %s", method, target)
			assert.Empty(t, got.header.Get("Allow"))
			if method != "HEAD" {
				assert.Equal(t, `{"code":40400,"msg":"没有此路径","data":null}`, got.body)
			}
		}
	}
	for _, a := range s.log {
		assert.Equal(t, "none", a.Route)
	}
}

func TestAMethodThatAPathDoesNotKnowIsToldWhichItKnows(t *testing.T) {
	s := newStage(t)
	for path, allow := range map[string]string{
		"/doctor/login": "POST", "/doctor/logout": "POST", "/doctor/register": "POST", "/doctor/password": "POST",
		"/doctor/doctor_manage": "GET, HEAD, PATCH", "/healthz": "GET, HEAD", "/readyz": "GET, HEAD", "/docs": "GET, HEAD",
		"/.well-known/jwks.json": "GET, HEAD", "/openapi.json": "GET, HEAD",
		"/doctor/directory": "GET, HEAD", "/doctor/directory/17": "GET, HEAD", "/doctor/admin/doctors": "GET, HEAD",
		"/doctor/admin/doctors/17/enable": "POST", "/doctor/admin/doctors/x/events": "GET, HEAD",
	} {
		for _, method := range []string{"OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "QUERY", "PROPFIND", "get", "FOO"} {
			got := s.ask(method, path, "")
			assert.Equal(t, 40500, got.Code, "%s %s", method, path)
			assert.Equal(t, []string{allow}, got.header.Values("Allow"), "%s %s", method, path)
		}
	}
	for _, a := range s.log {
		assert.Contains(t, []string{"OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "OTHER"}, a.Method)
	}
}

func TestTheTextIsEnglishWhenTheClientPrefersIt(t *testing.T) {
	s := newStage(t)
	for preferred, english := range map[string]bool{
		"": false, "en": true, "en-US,en;q=0.9": true, "en-GB;q=0.8, zh;q=0.9": false, "zh-CN,zh;q=0.9,en;q=0.8": false,
		"zh;q=0.5,en": true, "zh-TW,en;q=0.5": false, "zh-Hant-HK, en": false, "fr": false, "fr, en;q=0.5": true,
		"*": false, "de;q=0": false, "ja": false, "de, *;q=0.1": false, "en;q=0": false, "zh;q=0, en": true, "x;;;": false, "en;q=x": false,
		strings.Repeat("en,", 1000): false,
	} {
		got := s.ask("GET", "/healthz", "", header("Accept-Language", preferred))
		assert.Equal(t, english, got.Msg == "OK", "%.40q", preferred)
		assert.Equal(t, !english, got.Msg == "操作成功", "%.40q", preferred)
		assert.Contains(t, got.header.Values("Vary"), "Accept-Language")
	}
	assert.Equal(t, "OK", s.ask("GET", "/healthz", "", header("Accept-Language", "de", "en;q=0.5")).Msg)
	inEnglish := s.ask("GET", "/nowhere", "", header("Accept-Language", "en"))
	assert.Equal(t, `{"code":40400,"msg":"no such path","data":null}`, inEnglish.body)
}

func TestHealthSaysThatTheProcessIsAliveAndReadinessWhatIsMissing(t *testing.T) {
	s := newStage(t)
	for _, h := range []http.Handler{New(s.Options), Operations(s.Options)} {
		s.Ready = func() []inbound.Missing { return nil }
		assert.Equal(t, `{"code":0,"msg":"操作成功","data":null}`, s.askOf(h, "GET", "/healthz", "").body)
		assert.Equal(t, `{"code":0,"msg":"操作成功","data":null}`, s.askOf(h, "GET", "/readyz", "").body)
	}
	s.Ready = func() []inbound.Missing { return []inbound.Missing{{What: "storage", Reason: "connection refused"}} }
	for _, h := range []http.Handler{New(s.Options), Operations(s.Options)} {
		assert.Equal(t, 200, s.askOf(h, "GET", "/healthz", "").status)
		got := s.askOf(h, "GET", "/readyz", "")
		assert.Equal(t, `{"code":50300,"msg":"服务未就绪","data":{"missing":[{"what":"storage","reason":"connection refused"}]}}`, got.body)
		assert.Equal(t, 503, got.status)
	}
	assert.Empty(t, s.reports)
}

func TestTheOperationsListenerHasMetricsAndHealthAlone(t *testing.T) {
	s := newStage(t)
	get := func(method, path string) answered {
		w := httptest.NewRecorder()
		Operations(s.Options).ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return read(t, w.Result())
	}
	assert.Equal(t, "up 1\n", get("GET", "/metrics").body)
	assert.Equal(t, 40500, get("POST", "/metrics").Code)
	assert.Equal(t, 40400, get("POST", "/doctor/login").Code)
	assert.Equal(t, 40400, get("GET", "/docs").Code)
	assert.Empty(t, s.log, "who scrapes every few seconds would fill the log")
}

func TestThePublicKeysAreAKeySetWithoutEnvelope(t *testing.T) {
	s := newStage(t)
	key := ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
	s.PublicKeys = func() []inbound.PublicKey { return []inbound.PublicKey{{ID: "2026-11", Key: key}} }
	got := s.ask("GET", "/.well-known/jwks.json", "")
	assert.Equal(t, `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"2026-11","use":"sig","alg":"EdDSA",`+
		`"x":"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik"}]}`, got.body)
	assert.Equal(t, "application/json", got.header.Get("Content-Type"))
	assert.Equal(t, "public, max-age=300", got.header.Get("Cache-Control"))
}

func TestWithoutCORSNoOriginIsAllowed(t *testing.T) {
	s := newStage(t)
	got := s.ask("OPTIONS", "/doctor/login", "",
		header("Origin", "https://a.example"), header("Access-Control-Request-Method", "POST"))
	assert.Equal(t, 405, got.status)
	got = s.ask("GET", "/healthz", "", header("Origin", "https://a.example"))
	assert.Empty(t, got.header.Get("Access-Control-Allow-Origin"))
}

func TestCORSAllowsTheGivenOriginsSpeltExactlySo(t *testing.T) {
	s := newStage(t)
	s.CORSOrigins = []string{"https://a.example", "http://localhost:5173"}
	for origin, allowed := range map[string]bool{
		"https://a.example": true, "http://localhost:5173": true, "https://A.example": false, "http://a.example": false,
		"https://a.example.evil": false, "https://a.example:8443": false, "null": false, "": false, "*": false,
	} {
		preflight := s.ask("OPTIONS", "/doctor/doctor_manage", "", header("Origin", origin),
			header("Access-Control-Request-Method", "PATCH"),
			header("Access-Control-Request-Headers", "authorization,content-type,if-match,x-request-id"))
		actual := s.ask("GET", "/healthz", "", header("Origin", origin))
		for _, got := range []answered{preflight, actual} {
			assert.Contains(t, got.header.Values("Vary"), "Origin")
			assert.Empty(t, got.header.Get("Access-Control-Allow-Credentials"))
			want := ""
			if allowed {
				want = origin
			}
			assert.Equal(t, want, got.header.Get("Access-Control-Allow-Origin"), origin)
		}
		if allowed {
			assert.Equal(t, 200, preflight.status)
			assert.Equal(t, "PATCH", preflight.header.Get("Access-Control-Allow-Methods"))
			for _, exposed := range []string{"Etag", "X-Request-Id", "Retry-After", "Www-Authenticate"} {
				assert.Contains(t, actual.header.Get("Access-Control-Expose-Headers"), exposed)
			}
		}
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PATCH", "DELETE"} {
		got := s.ask("OPTIONS", "/doctor/admin/doctors/17", "", header("Origin", "https://a.example"),
			header("Access-Control-Request-Method", method), header("Access-Control-Request-Headers", "authorization,if-match"))
		assert.Equal(t, method, got.header.Get("Access-Control-Allow-Methods"))
		assert.Equal(t, "https://a.example", got.header.Get("Access-Control-Allow-Origin"))
	}
	got := s.ask("OPTIONS", "/doctor/login", "", header("Origin", "https://a.example"))
	assert.Equal(t, 405, got.status, "OPTIONS without a question is no preflight")
}

func TestTheClientIsThePeerUnlessTheProxyIsTrusted(t *testing.T) {
	const trusted = "10.0.0.0/8 2001:db8::/32"
	for _, c := range []struct{ proxies, peer, forwarded, client string }{
		{"", "198.51.100.7:1234", "", "198.51.100.7"},
		{"", "198.51.100.7:1234", "203.0.113.9", "198.51.100.7"},
		{"", "[::ffff:198.51.100.7]:1234", "", "198.51.100.7"},
		{"", "[fe80::1%eth0]:1234", "", "fe80::1"},
		{"", "@", "", "invalid IP"},
		{trusted, "198.51.100.7:1234", "203.0.113.9", "198.51.100.7"},
		{trusted, "10.1.2.3:1234", "203.0.113.9", "203.0.113.9"},
		{trusted, "[::ffff:10.1.2.3]:1234", "203.0.113.9", "203.0.113.9"},
		{trusted, "[2001:db8::1]:1234", "::ffff:203.0.113.9", "203.0.113.9"},
		{trusted, "10.1.2.3:1234", "1.1.1.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"},
		{trusted, "10.1.2.3:1234", "203.0.113.9, rubbish", "10.1.2.3"},
		{trusted, "10.1.2.3:1234", "", "10.1.2.3"},
		{trusted, "10.1.2.3:1234", "10.4.5.6", "10.1.2.3"},
	} {
		s := newStage(t)
		for prefix := range strings.FieldsSeq(c.proxies) {
			s.TrustedProxies = append(s.TrustedProxies, netip.MustParsePrefix(prefix))
		}
		s.Logout = func(_ context.Context, command inbound.LogoutCommand) (inbound.Done, error) {
			assert.Equal(t, c.client, command.Origin.Address.String(), "%+v", c)
			return inbound.Done{}, nil
		}
		more := []with{bearer, func(r *http.Request) { r.RemoteAddr = c.peer }}
		if c.forwarded != "" {
			more = append(more, header("X-Forwarded-For", c.forwarded), header("X-Real-Ip", "6.6.6.6"), header("Forwarded", "for=6.6.6.6"),
				header("True-Client-Ip", "6.6.6.6"), header("X-Client-Ip", "6.6.6.6"), header("Cf-Connecting-Ip", "6.6.6.6"))
		}
		assert.Equal(t, 200, s.ask("POST", "/doctor/logout", "", more...).status)
		assert.Equal(t, c.client, s.log[0].Client.String())
	}
}

func TestAForeignForwardedHeaderIsWarnedOfOnce(t *testing.T) {
	s := newStage(t)
	s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	h := New(s.Options)
	from := func(peer string) with { return func(r *http.Request) { r.RemoteAddr = peer } }
	s.askOf(h, "GET", "/healthz", "", from("10.0.0.1:1"), header("X-Forwarded-For", "203.0.113.9"))
	s.askOf(h, "GET", "/healthz", "", from("198.51.100.7:1"))
	assert.Empty(t, s.reports)
	for range 3 {
		s.askOf(h, "GET", "/healthz", "", from("198.51.100.7:1"), header("X-Forwarded-For", "203.0.113.9"))
	}
	require.Len(t, s.reports, 1)
	assert.Contains(t, s.reports[0], "198.51.100.7")
}

func TestAPanicIsAFaultOfOursWhoseStackOnlyTheReportHas(t *testing.T) {
	s := newStage(t)
	s.ViewProfile = func(context.Context, inbound.ViewProfileCommand) (inbound.ProfileResult, error) {
		panic(errors.New("something deep inside"))
	}
	got := s.ask("GET", "/doctor/doctor_manage", "", bearer, header("X-Request-Id", "req-7"))
	assert.Equal(t, `{"code":50000,"msg":"服务内部错误","message":"服务内部错误","data":null}`, got.body)
	require.Len(t, s.reports, 1)
	for _, told := range []string{"something deep inside", "outside_test.go", "req-7"} {
		assert.Contains(t, s.reports[0], told)
	}
	require.Len(t, s.log, 1)
	assert.Equal(t, 500, s.log[0].Status)
}

func TestAPanicInTheMiddleOfAnAnswerHangsUp(t *testing.T) {
	s := newStage(t)
	s.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic("half way")
	})
	assert.PanicsWithError(t, http.ErrAbortHandler.Error(), func() {
		Operations(s.Options).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/metrics", nil))
	})
	require.Len(t, s.reports, 1)
}

func TestADrainingServiceAsksClientsToLeaveTheConnection(t *testing.T) {
	s := newStage(t)
	assert.Empty(t, s.ask("GET", "/healthz", "").header.Get("Connection"))
	s.Draining = func() bool { return true }
	assert.Equal(t, "close", s.ask("GET", "/healthz", "").header.Get("Connection"))
}

func TestARequestMayTakeItsTimeAndNotMore(t *testing.T) {
	s := newStage(t)
	s.RequestTimeout = time.Millisecond
	s.Logout = func(ctx context.Context, _ inbound.LogoutCommand) (inbound.Done, error) {
		<-ctx.Done()
		return inbound.Done{}, ctx.Err()
	}
	assert.Equal(t, 50300, s.ask("POST", "/doctor/logout", "", bearer).Code)

	s.RequestTimeout = 0
	s.Logout = func(ctx context.Context, _ inbound.LogoutCommand) (inbound.Done, error) {
		deadline, _ := ctx.Deadline()
		assert.WithinDuration(t, time.Now().Add(10*time.Second), deadline, time.Second)
		return inbound.Done{}, nil
	}
	assert.Equal(t, 0, s.ask("POST", "/doctor/logout", "", bearer).Code)
}

func TestTheAccessLogHasALineARequestAndNothingAClientMayWriteAtWill(t *testing.T) {
	s := newStage(t)
	s.managing()
	s.Now = func() func() time.Time {
		now := noon
		return func() time.Time { now = now.Add(3 * time.Millisecond); return now }
	}()
	got := s.ask("PATCH", "/doctor/doctor_manage?token=secret", wholeForm, bearer, header("X-Request-Id", "req-9"), header("User-Agent", "evil\nline"))
	require.Len(t, s.log, 1)
	a := s.log[0]
	a.Took = 0
	assert.Equal(t, Access{
		Method: "PATCH", Route: "/doctor/doctor_manage", Status: 200, Bytes: len(got.body), RequestID: "req-9",
		Doctor: 17, Client: netip.MustParseAddr("192.0.2.1"),
	}, a)
	assert.Positive(t, s.log[0].Took)
}

func TestNoPasswordTokenOrPhoneIsEverLogged(t *testing.T) {
	s := newStage(t)
	failing := errors.New("it broke")
	outcomes := []error{nil, failing, doctor.ErrWrongCredentials, inbound.Throttled{Wait: time.Minute}, context.DeadlineExceeded}
	const secret, other = "correct-horse-battery", "staple-horse-correct"
	for _, outcome := range outcomes {
		s.Login = func(_ context.Context, c inbound.LoginCommand) (inbound.LoginResult, error) {
			return inbound.LoginResult{ID: 17, Name: aName(t), Role: me.Role, Token: goodToken}, outcome
		}
		s.ChangePassword = func(context.Context, inbound.ChangePasswordCommand) (inbound.Done, error) {
			return inbound.Done{}, outcome
		}
		s.Register = func(_ context.Context, c inbound.RegisterCommand) (inbound.RegisterResult, error) {
			if outcome == failing {
				panic(c) // a command that gets into a report must not tell its password
			}
			return inbound.RegisterResult{ID: 18}, outcome
		}
		s.Logout = func(_ context.Context, c inbound.LogoutCommand) (inbound.Done, error) {
			if outcome == nil {
				return inbound.Done{}, nil
			}
			return inbound.Done{}, failing
		}
		for _, sent := range []struct{ path, body string }{
			{"/doctor/login", `{"phone":"13912345678","password":"` + secret + `"}`},
			{"/doctor/login", `{"phone":"13912345678","password":"` + secret + `","x":"13912345678"}`},
			{"/doctor/login", `{"phone":"13912345678","password":"` + secret},
			{"/doctor/logout", ""},
			{"/doctor/password", `{"old_password":"` + secret + `","new_password":"` + other + `"}`},
			{"/doctor/password", `{"old_password":"` + secret + `","new_password":"short"}`},
			{"/doctor/nowhere/13912345678?password=" + secret, ""},
		} {
			s.ask("POST", sent.path, sent.body, bearer)
		}
		if outcome == nil || outcome == failing {
			s.ask("POST", "/doctor/register", `{"phone":"13800000001","password":"`+secret+`","name":"王某某"}`, bearer)
		}
	}
	written, err := json.Marshal(s.log)
	require.NoError(t, err)
	all := string(written) + strings.Join(s.reports, "\n")
	assert.NotEmpty(t, s.reports)
	for _, never := range []string{secret, other, goodToken, goodPhone} {
		assert.NotContains(t, all, never)
	}
}
