package main_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLoginGivesIdNameRoleAndToken(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, id := s.doctor()
		a := s.login(phone, doctorPassword)
		accepted(t, a)
		require.Equal(t, []string{"id", "name", "role", "token"}, members(t, string(a.Data)))
		who := data[struct {
			ID         json.Number
			Name, Role string
			Token      string
		}](t, a)
		require.Equal(t, id, who.ID.String())
		require.Equal(t, doctorName, who.Name)
		require.Equal(t, "doctor", who.Role)
		require.Equal(t, 200, person{s, phone, id, who.Token}.get().Status)
		require.Regexp(t, `"id":\d+,"name":"管理员","role":"admin"`, s.login(adminPhone, adminPassword).Body)
	})
}

// Front ends send the header on every call, also when what it holds is over.
func TestLoginIgnoresAnAuthorizationHeader(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		accepted(t, p.ask("POST", "/doctor/logout", ""))
		for _, value := range []string{"Bearer " + p.token, "Bearer nonsense", "Bearer", "nonsense", "Basic eDp5", "Bearer a, Bearer b"} {
			accepted(t, s.login(p.phone, doctorPassword, header{"Authorization", value}))
		}
		accepted(t, s.login(p.phone, doctorPassword, bearer("one"), bearer("two")))
	})
}

func TestLoginAsksOfItsMembersOnlyThatTheyAreTexts(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		for body, fields := range map[string][]string{
			`{}`:                                    {"phone", "password"},
			`{"phone":"` + phone + `"}`:             {"password"},
			`{"password":"x"}`:                      {"phone"},
			`{"phone":13812345678,"password":"x"}`:  {"phone"},
			`{"phone":"x","password":["x"]}`:        {"password"},
			`{"phone":null,"password":true}`:        {"phone", "password"},
			`{"phone":"x","password":"x","name":1}`: {"name"},
			`{"Phone":"x","password":"x"}`:          {"phone", "Phone"},
		} {
			refused(t, 40001, s.call("POST", "/doctor/login", body), fields...)
		}
		for _, password := range []string{"", "x", "short", strings.Repeat("x", 500), "ends in a line\n", "12345678"} {
			refused(t, 40010, s.login(freshPhone(), password))
		}
		refused(t, 40010, s.login("", doctorPassword))
		refused(t, 40010, s.login("no phone at all", ""))
	})
}

func TestLoginTakesAPhoneInAnySpellingAndAPasswordInAnyForm(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone := freshPhone()
		composed, decomposed := "caf\u00e9 au lait \uac01", "cafe\u0301 au lait \u1100\u1161\u11a8"
		accepted(t, s.register(phone, decomposed, doctorName))
		for _, spelling := range []string{"+86 " + phone, "0086" + phone, phone[:3] + "-" + phone[3:7] + "-" + phone[7:], " " + phone + " "} {
			accepted(t, s.login(spelling, composed))
		}
		accepted(t, s.login(phone, decomposed))
		refused(t, 40010, s.login(phone, "cafe au lait \uac01"))
		refused(t, 40010, s.login(phone, composed+" "))
		refused(t, 40010, s.login(phone, strings.ToUpper(composed)))
	})
}

func TestLogoutEndsThatSessionAtOnceAndNoOther(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		other := p.again()
		require.Equal(t, done, p.ask("POST", "/doctor/logout", "").Body)
		refused(t, 40100, p.get())
		refused(t, 40100, p.patch(""))
		refused(t, 40100, p.changePassword(doctorPassword, "another-green-scalpel"))
		accepted(t, other.get())
	})
}

func TestLoggingOutAgainOrTooLateIsFine(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for range 3 {
			accepted(t, p.ask("POST", "/doctor/logout", ""))
		}
		p = p.again()
		expired := s.forge(nil, s.claims(p.token, map[string]any{"iat": hourAgo(9), "nbf": hourAgo(9), "auth_time": hourAgo(9), "exp": hourAgo(1)}))
		refused(t, 40100, person{s, p.phone, p.id, expired}.get())
		accepted(t, s.call("POST", "/doctor/logout", "", bearer(expired)))
	})
}

func hourAgo(hours int) int64 { return time.Now().Add(-time.Duration(hours) * time.Hour).Unix() }

func TestLoggingOutNeedsAGenuineToken(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for _, value := range []string{"", "Bearer", "Bearer ", "Bearer nonsense", "Bearer " + p.token[:len(p.token)-8] + "AAAAAAAA", "Basic " + p.token, p.token} {
			refused(t, 40100, s.call("POST", "/doctor/logout", "", header{"Authorization", value}))
		}
		refused(t, 40100, s.call("POST", "/doctor/logout", "", bearer(p.token), bearer(p.token)))
		accepted(t, p.get())
	})
}

func TestLogoutIgnoresItsBody(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, id := s.doctor()
		for _, body := range []string{"{}", "{", "[]", `{"token":"x"}`, strings.Repeat("x", 70<<10)} {
			p := person{s, phone, id, s.token(phone, doctorPassword)}
			require.Equal(t, done, p.ask("POST", "/doctor/logout", body, header{"Content-Type", "text/plain"}).Body)
			refused(t, 40100, p.get())
		}
	})
}

func TestRegisteringGivesTheNewIdAsAText(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		var before int
		for range 3 {
			phone := freshPhone()
			a := s.register(phone, doctorPassword, doctorName)
			accepted(t, a)
			id := data[string](t, a)
			n, err := strconv.Atoi(id)
			require.NoError(t, err)
			require.Greater(t, n, before, "ids only grow")
			before = n
			require.Contains(t, s.login(phone, doctorPassword).Body, `"id":`+id+`,"name":"王小明","role":"doctor"`)
		}
	})
}

func TestARegisteredPhoneIsTakenInEverySpelling(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		for _, spelling := range []string{phone, "+86" + phone, " 0086 " + phone, fullWidth(phone), phone[:3] + "-" + phone[3:]} {
			refused(t, 40900, s.register(spelling, doctorPassword, doctorName))
		}
	})
}

func TestOnePhoneIsRegisteredOnceHoweverManyTryTogether(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, admin := freshPhone(), s.admin()
		codes := together(12, func(int) int {
			return s.call("POST", "/doctor/register", registration(phone, doctorPassword, doctorName), bearer(admin)).Code
		})
		require.Equal(t, map[int]int{0: 1, 40900: 11}, codes)
	})
}

func TestRegisteringNeedsAnAdministrator(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		form := registration(freshPhone(), doctorPassword, doctorName)
		refused(t, 40100, s.call("POST", "/doctor/register", form))
		refused(t, 40100, s.call("POST", "/doctor/register", form, bearer("nonsense")))
		refused(t, 40300, p.ask("POST", "/doctor/register", form))
		accepted(t, s.call("POST", "/doctor/register", form, bearer(s.admin())))
	})
}

func TestNobodyRegistersWithMoreThanAFormOfThree(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for _, member := range []string{"id", "role", "status", "version", "gender", "hospital_id", "is_admin", "must_change_password", "credential"} {
			phone := freshPhone()
			form := strings.TrimSuffix(registration(phone, doctorPassword, doctorName), "}") + `,"` + member + `":"admin"}`
			refused(t, 40001, s.call("POST", "/doctor/register", form, bearer(s.admin())), member)
		}
	})
}

func TestOpenRegistrationAsksForNobodyAndIsWarnedOf(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, append(environ, "DOCTOR_REGISTRATION=open")...)
		s.await("warning", func() bool { return regexp.MustCompile(`"level":"warn"[^\n]*open`).MatchString(s.logs.String()) })
		form := func() string { return registration(freshPhone(), doctorPassword, doctorName) }
		for _, value := range []string{"", "Bearer nonsense", "nonsense"} {
			a := s.call("POST", "/doctor/register", form(), header{"Authorization", value})
			require.Regexp(t, `^{"code":0,"msg":"操作成功","data":"\d+"}$`, a.Body)
		}
		accepted(t, s.call("POST", "/doctor/register", form(), bearer("a"), bearer("b")))
		p := s.person()
		require.Equal(t, "doctor", p.profile()["role"], "whoever asks, it makes no administrators")
		refused(t, 40900, s.call("POST", "/doctor/register", registration(p.phone, doctorPassword, doctorName)))
	})
}

func TestTheProfileShowsEveryFieldAndNullWhereNothingIsSet(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		a := p.get()
		accepted(t, a)
		require.Equal(t, 0, a.Code)
		require.ElementsMatch(t, []string{
			"phone", "name", "gender", "birth_date", "hospital_id", "internal_id", "department_id", "position_rank", "speciality",
			"avatar_url", "id", "role", "status", "version", "created_at", "updated_at",
		}, members(t, string(a.Data)))
		seen := p.profile()
		require.Equal(t, p.phone, seen["phone"])
		require.Equal(t, doctorName, seen["name"])
		require.Equal(t, p.id, fmt.Sprint(seen["id"]))
		require.Equal(t, "doctor", seen["role"])
		require.Equal(t, "active", seen["status"])
		require.InDelta(t, 1, seen["version"], 0)
		for _, field := range []string{
			"gender", "birth_date", "hospital_id", "internal_id", "department_id", "position_rank", "speciality", "avatar_url",
		} {
			require.Contains(t, string(a.Data), `"`+field+`":null`)
		}
		for _, field := range []string{"created_at", "updated_at"} {
			at, err := time.Parse(time.RFC3339, fmt.Sprint(seen[field]))
			require.NoError(t, err)
			require.WithinDuration(t, time.Now(), at, time.Minute)
			require.True(t, strings.HasSuffix(fmt.Sprint(seen[field]), "Z"), seen[field])
		}
		require.Equal(t, `"1"`, a.Header.Get("ETag"))
	})
}

// The example stands in the source document, and here as it stands there.
func TestTheDocumentsOwnExampleIsTaken(t *testing.T) {
	const example = `{
  "phone": "13912345678",
  "name": "王某某",
  "gender": "男",
  "birth_date": "1980-05-15",
  "hospital_id": 3,
  "internal_id": "DOC2023001",
  "department_id": 1,
  "position_rank": "主任医师",
  "speciality": "冠心病介入治疗",
  "avatar_url": "https://example.com/avatars/doc001.jpg"
}`
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		a := p.ask("PATCH", profilePath, example)
		require.Equal(t, patched, a.Body)
		seen := p.profile()
		for name, value := range jsonObject(t, example) {
			require.Equal(t, value, seen[name])
		}
		accepted(t, s.login("13912345678", doctorPassword))
		refused(t, 40010, s.login(p.phone, doctorPassword))
		accepted(t, p.patch(`"internal_id":null`)) // and gives the phone back
	})
}

func jsonObject(t testing.TB, text string) (object map[string]any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &object))
	return object
}

func TestAChangedPasswordEndsAllOtherSessions(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		const chosen = "another-green-scalpel"
		p := s.person()
		other := p.again()
		require.Equal(t, done, p.changePassword(doctorPassword, chosen).Body)
		accepted(t, p.get())
		refused(t, 40100, other.get())
		refused(t, 40010, s.login(p.phone, doctorPassword))
		accepted(t, s.login(p.phone, chosen))
		// The session that was spared ends like any other.
		accepted(t, p.ask("POST", "/doctor/logout", ""))
		refused(t, 40100, p.get())
	})
}

func TestAPasswordIsChangedOnlyByWhoKnowsTheOldOne(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		refused(t, 40010, p.changePassword("wrong", "another-green-scalpel"))
		refused(t, 40010, p.changePassword("", "another-green-scalpel"))
		refused(t, 40001, p.changePassword(doctorPassword, "short"), "new_password")
		refused(t, 40001, p.changePassword(doctorPassword, p.phone), "new_password")
		refused(t, 40001, p.changePassword(doctorPassword, doctorName+"123"), "new_password")
		refused(t, 40001, p.ask("POST", "/doctor/password", `{"new_password":"another-green-scalpel"}`), "old_password")
		refused(t, 40001, p.ask("POST", "/doctor/password", `{"old_password":null,"new_password":5,"id":1}`), "old_password", "new_password", "id")
		refused(t, 40100, s.call("POST", "/doctor/password", passwords(doctorPassword, "another-green-scalpel")))
		accepted(t, s.login(p.phone, doctorPassword))
	})
}

func TestThePublicKeysAreServedAsAKeySet(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		a := s.call("GET", "/.well-known/jwks.json", "")
		accepted(t, a)
		require.Equal(t, "public, max-age=300", a.Header.Get("Cache-Control"))
		set := jsonObject(t, a.Body)["keys"].([]any)
		require.Len(t, set, 1)
		kid, key := s.signingKey()
		require.Equal(t, map[string]any{
			"kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "alg": "EdDSA",
			"x": base64.RawURLEncoding.EncodeToString(key[32:]),
		}, set[0], "and nothing of the private half")
	})
}

func TestTheAPIDescribesItself(t *testing.T) {
	s := sharedService(t, "sqlite")
	a := s.call("GET", "/openapi.json", "")
	accepted(t, a)
	document := jsonObject(t, a.Body)
	require.Regexp(t, `^3\.`, document["openapi"])
	for path := range routes {
		if path != "/docs" && !strings.HasPrefix(path, "/openapi") {
			require.Contains(t, document["paths"], strings.Replace(path, "/1", "/{id}", 1))
		}
	}
	for _, code := range []string{
		"40000", "40001", "40010", "40100", "40300", "40301", "40302", "40303", "40400", "40500", "40800", "40900", "40901", "40902",
		"41200", "41300", "41500", "42800", "42900", "50000", "50300",
	} {
		require.Contains(t, a.Body, code)
	}
	a = s.call("GET", "/openapi.yaml", "")
	accepted(t, a)
	require.Contains(t, a.Body, "openapi: ")
	require.Contains(t, a.Body, "/doctor/doctor_manage:")
}

func TestTheReferencePageLoadsNothingFromElsewhere(t *testing.T) {
	s := sharedService(t, "sqlite")
	a := s.call("GET", "/docs", "")
	accepted(t, a)
	loaded := regexp.MustCompile(`(?:src|href)="([^"#]+)"`).FindAllStringSubmatch(a.Body, -1)
	require.NotEmpty(t, loaded)
	for _, one := range loaded {
		if one[1] == "data:," {
			continue // an empty icon, so that browsers ask for none
		}
		require.True(t, strings.HasPrefix(one[1], "/") && !strings.HasPrefix(one[1], "//"), one[1])
		accepted(t, s.call("GET", one[1], ""))
	}
	require.NotContains(t, a.Header.Get("Content-Security-Policy"), "http")
	require.NotContains(t, a.Header.Get("Content-Security-Policy"), "unsafe-eval")
}

func TestHealthAndReadinessAreToldOnBothListeners(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for _, base := range []string{s.base, s.ops} {
			for _, path := range []string{"/healthz", "/readyz"} {
				a, err := ask("GET", base+path, "")
				require.NoError(t, err)
				accepted(t, a)
				require.Equal(t, 0, a.Code)
			}
		}
	})
}

func TestMetricsAreForOperatorsAlone(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		s.admin()
		a, err := ask("GET", s.ops+"/metrics", "")
		require.NoError(t, err)
		accepted(t, a)
		require.Regexp(t, `(?m)^doctor_\w+\{.*route="/doctor/login".*\} \d`, a.Body)
		require.Regexp(t, `(?m)^go_goroutines \d`, a.Body)
		require.Regexp(t, `(?m)^doctor_ready 1$`, a.Body)
		require.NotContains(t, a.Body, adminPhone)
		refused(t, 40400, s.call("GET", "/metrics", ""))
		for path := range routes {
			if path == "/healthz" || path == "/readyz" {
				continue
			}
			a, err := ask("GET", s.ops+path, "")
			require.NoError(t, err)
			refused(t, 40400, a)
		}
	})
}

func TestWhatRequestsOpenIsClosedAgain(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, append(environ, "DOCTOR_LOGIN_FAILURES_PER_SOURCE=1000000")...)
		p := s.person()
		mixed := func() {
			together(8, func(i int) int {
				s.login(freshPhone(), "wrong")
				for range 5 {
					p.get(header{"Connection", "close"})
					p.patch(`"speciality":"`+strings.Repeat("x", i)+`"`, header{"Connection", "close"})
					s.call("POST", "/doctor/login", "{", header{"Connection", "close"})
					leaving := s.dial()
					_, _ = fmt.Fprint(leaving, "POST /doctor/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
					_ = leaving.Close()
				}
				return 0
			})
		}
		open := func(what string) (n float64) {
			a, err := ask("GET", s.ops+"/metrics", "", header{"Connection", "close"})
			require.NoError(t, err)
			found := regexp.MustCompile(`(?m)^` + what + ` (\S+)$`).FindStringSubmatch(a.Body)
			require.NotNil(t, found, what)
			n, err = strconv.ParseFloat(found[1], 64)
			require.NoError(t, err)
			return n
		}
		mixed() // what is kept for later is there now
		client.CloseIdleConnections()
		before := map[string]float64{"go_goroutines": 0, "process_open_fds": 0}
		for what := range before {
			before[what] = open(what)
		}
		mixed()
		client.CloseIdleConnections()
		for what, n := range before {
			s.await("rid of "+what, func() bool { return open(what) <= n+8 })
		}
	})
}

func TestAnEmbeddedDatabaseGetsASigningKeyForItsOwnerAlone(t *testing.T) {
	folder := t.TempDir()
	s := start(t, "DOCTOR_STORAGE=sqlite:"+filepath.Join(folder, "doctor.db"))
	for path, mode := range map[string]os.FileMode{"": os.ModeDir | 0o700, "/*.pem": 0o600} {
		found, err := filepath.Glob(s.keyFolder() + path)
		require.NoError(t, err)
		require.Len(t, found, 1)
		info, err := os.Stat(found[0])
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode())
	}
}

// together runs work n times at once and counts what came of it.
func together(n int, work func(i int) int) map[int]int {
	outcomes := make(chan int, n)
	begin := make(chan struct{})
	for i := range n {
		go func() {
			<-begin
			outcomes <- work(i)
		}()
	}
	close(begin)
	counted := map[int]int{}
	for range n {
		counted[<-outcomes]++
	}
	return counted
}

func fullWidth(digits string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, digits)
}
