package main_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // to damage a row behind the service's back

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// The rows of the error table, each met once. What is not here has tests of its own: 40303 among the fields, 40800 and 50000
// below, 42900 where attempts are throttled, 50300 where Postgres goes away.
func TestEveryErrorHasItsStatusAndCode(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p, other := s.person(), s.person()
		accepted(t, other.patch(`"hospital_id":7,"internal_id":"`+other.phone+`"`))
		for code, ask := range map[int]func() answer{
			40000: func() answer { return s.call("POST", "/doctor/login", `{"phone"`) },
			40001: func() answer { return s.call("POST", "/doctor/login", `{}`) },
			40010: func() answer { return s.login(p.phone, "wrong") },
			40100: func() answer { return s.call("GET", profilePath, "") },
			40300: func() answer { return p.ask("POST", "/doctor/register", "") },
			40400: func() answer { return s.call("GET", "/doctor", "") },
			40500: func() answer { return s.call("GET", "/doctor/login", "") },
			40900: func() answer { return s.register(p.phone, doctorPassword, doctorName) },
			40901: func() answer { return p.patch(`"hospital_id":7,"internal_id":"` + other.phone + `"`) },
			41200: func() answer { return p.patch("", header{"If-Match", `"77"`}) },
			41300: func() answer { return s.call("POST", "/doctor/login", strings.Repeat(" ", 64<<10+1)) },
			41500: func() answer { return s.call("POST", "/doctor/login", `{}`, header{"Content-Type", "text/json"}) },
		} {
			a := ask()
			refused(t, code, a)
			require.Equal(t, code == 40100, a.Header.Get("WWW-Authenticate") == "Bearer", code)
			require.Equal(t, code == 40500, a.Header.Get("Allow") != "", code)
			require.Empty(t, a.Header.Get("Retry-After"), code)
		}
	})
}

func TestAFaultOfOursIsAFixedTextAndItsCauseIsInTheLog(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		phone, id := s.doctor()
		database(t, s, func(db *sql.DB) {
			_, err := db.Exec("UPDATE doctors SET credential = '$argon2id$damaged' WHERE id = " + id)
			require.NoError(t, err)
		})
		a := s.login(phone, doctorPassword, header{"X-Request-Id", "the-damaged-one"})
		require.Equal(t, `{"code":50000,"msg":"服务内部错误","data":null}`, a.Body)
		require.Equal(t, 500, a.Status)
		cause := regexp.MustCompile(`"level":"error".*"request_id":"the-damaged-one".*"cause":"`)
		s.await("telling why", func() bool { return cause.MatchString(s.logs.String()) })
		accepted(t, s.login(adminPhone, adminPassword))
	})
}

// database hands out what a service stores in, as its operator sees it.
func database(t testing.TB, s *service, use func(*sql.DB)) {
	t.Helper()
	url := s.setting("DOCTOR_STORAGE")
	path, embedded := strings.CutPrefix(url, "sqlite:")
	if !embedded {
		use(postgrestest.Open(t, url))
		return
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	use(db)
	require.NoError(t, db.Close())
}

func TestOfSeveralFaultsTheFirstOfTheListIsTold(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p, other, waiting := s.person(), s.person(), s.person()
		for range 5 {
			refused(t, 40010, waiting.changePassword("wrong", doctorPassword))
		}
		const login, register, password = "/doctor/login", "/doctor/register", "/doctor/password"
		large := strings.Repeat("x", 64<<10+1)
		plain, gzipped, stale := header{"Content-Type", "text/plain"}, header{"Content-Encoding", "gzip"}, header{"If-Match", `"77"`}
		takenPhone := fmt.Sprintf(`{"phone":%q,"name":"王小明"}`, other.phone)

		for _, pair := range []struct {
			first, second int
			got           answer
		}{
			{40400, 40500, s.call("BREW", "/nowhere", "")},
			{40400, 40100, s.call("GET", "/doctor/doctor_manages", "")},
			{40400, 41500, s.call("POST", "/doctor/logins", large, plain)},
			{40500, 40100, s.call("PUT", profilePath, "")},
			{40500, 41500, s.call("PUT", login, large, plain)},
			{40500, 40000, s.call("DELETE", register, "{")},
			{40100, 40300, s.call("POST", register, "{}")},
			{40100, 41500, s.call("PATCH", profilePath, "{}", plain)},
			{40100, 41300, s.call("POST", password, large)},
			{40100, 40000, s.call("POST", register, "{")},
			{40100, 40001, s.call("PATCH", profilePath, "{}")},
			{40100, 41200, s.call("PATCH", profilePath, "{}", stale)},
			{40300, 41500, p.ask("POST", register, "{}", plain)},
			{40300, 41500, p.ask("POST", register, "{}", gzipped)},
			{40300, 41300, p.ask("POST", register, large)},
			{40300, 40000, p.ask("POST", register, "{")},
			{40300, 40001, p.ask("POST", register, "{}")},
			{40300, 40900, p.ask("POST", register, registration(p.phone, doctorPassword, doctorName))},
			{41500, 41300, s.call("POST", login, large, plain)},
			{41500, 41300, s.call("POST", login, large, gzipped)},
			{41500, 40000, s.call("POST", login, "{", plain)},
			{41500, 40001, p.ask("PATCH", profilePath, "{}", plain)},
			{41500, 41200, p.patch("", plain, stale)},
			{41300, 40000, s.call("POST", login, "{"+large)},
			{41300, 40001, s.call("POST", login, `{"x":"`+large+`"}`)},
			{40000, 40001, s.call("POST", login, `{"x":1,"phone":2`)},
			{40000, 40001, p.ask("PATCH", profilePath, `{"name":1,"name":2}`)},
			{40000, 41200, p.ask("PATCH", profilePath, `[]`, stale)},
			{40000, 42900, waiting.ask("POST", password, `{`)},
			{40001, 42900, waiting.changePassword("wrong", "short")},
			{40001, 42900, s.call("POST", login, fmt.Sprintf(`{"phone":%q}`, waiting.phone))},
			{40001, 40010, p.changePassword("wrong", "short")},
			{40001, 41200, p.patch(`"gender":"x"`, stale)},
			{40001, 40900, s.register(p.phone, "short", doctorName)},
			{40001, 40900, p.ask("PATCH", profilePath, fmt.Sprintf(`{"phone":%q,"name":""}`, other.phone))},
			{42900, 40010, waiting.changePassword("wrong", "another-green-scalpel")},
			{42900, 40010, s.login(waiting.phone, "wrong")},
			{41200, 40900, p.ask("PATCH", profilePath, takenPhone, stale)},
		} {
			assert.Equal(t, pair.first, pair.got.Code, "%d comes before %d: %s", pair.first, pair.second, pair.got.Body)
		}
	})
}

func TestAnOldLoginIsToldBeforeAVersionAndATakenPhone(t *testing.T) {
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_REAUTH_WINDOW=1s")...)
	p, other := s.person(), s.person()
	form := fmt.Sprintf(`{"phone":%q,"name":"王小明"}`, other.phone)
	s.await("asking for a fresh login", func() bool { return p.ask("PATCH", profilePath, form).Code == 40303 })
	refused(t, 40303, p.ask("PATCH", profilePath, form, header{"If-Match", `"77"`}))
	refused(t, 40001, p.ask("PATCH", profilePath, fmt.Sprintf(`{"phone":%q,"name":""}`, other.phone)))
}

func TestClosedRegistrationIsToldBeforeAllElseOfTheRequest(t *testing.T) {
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_REGISTRATION=closed")...)
	for _, a := range []answer{
		s.call("POST", "/doctor/register", ""),
		s.call("POST", "/doctor/register", "{", header{"Content-Type", "text/plain"}, bearer("forged")),
		s.call("POST", "/doctor/register", strings.Repeat("x", 64<<10+1), header{"Authorization", "nonsense"}),
		s.register(freshPhone(), doctorPassword, doctorName),
		s.raw("POST /doctor/register HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 10\n\n", ""),
	} {
		refused(t, 40300, a)
	}
	refused(t, 40500, s.call("GET", "/doctor/register", ""))
}

// None of these requests ever sends its body. If the service waited for it, there would be no answer.
func TestNothingOfABodyIsReadBeforeTheCallerIsKnown(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		authorized := "Authorization: Bearer " + p.token + "\n"
		for _, announced := range []string{"Content-Length: 60000\n", "Content-Length: 99999999\n", "Transfer-Encoding: chunked\n"} {
			head := func(route, more string) answer {
				return s.raw(route+" HTTP/1.1\nHost: x\nContent-Type: application/json\n"+announced+more+"\n", "")
			}
			began := time.Now()
			for _, route := range []string{"PATCH /doctor/doctor_manage", "POST /doctor/register", "POST /doctor/password", "POST /doctor/logout"} {
				a := head(route, "")
				refused(t, 40100, a)
				require.True(t, a.Ends, "what follows is no request")
				refused(t, 40100, head(route, "Authorization: Bearer nonsense\n"))
			}
			refused(t, 40300, head("POST /doctor/register", authorized))
			refused(t, 40400, head("POST /doctor/nowhere", authorized))
			refused(t, 40500, head("PUT /doctor/doctor_manage", authorized))
			refused(t, 41500, s.raw("PATCH /doctor/doctor_manage HTTP/1.1\nHost: x\nContent-Type: text/html\n"+announced+authorized+"\n", ""))
			require.Less(t, time.Since(began), 5*time.Second)
		}
	})
}

func TestARequestAfterARefusedOneIsNotMadeOfItsBody(t *testing.T) {
	s := sharedService(t, "sqlite")
	smuggled := "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	a := s.raw(fmt.Sprintf("PATCH /doctor/doctor_manage HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: %d\n\n",
		len(smuggled)), smuggled)
	refused(t, 40100, a)
}

func TestABodyMayHave64KiBAndNotAByteMore(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		form := p.form("")
		full := form + strings.Repeat(" ", 64<<10-len(form))
		accepted(t, p.ask("PATCH", profilePath, full))
		refused(t, 41300, p.ask("PATCH", profilePath, full+" "))
		refused(t, 41300, p.ask("PATCH", profilePath, full+full))

		chunked := "PATCH /doctor/doctor_manage HTTP/1.1\nHost: x\nContent-Type: application/json\nTransfer-Encoding: chunked\n" +
			"Authorization: Bearer " + p.token + "\n\n"
		accepted(t, s.raw(chunked, fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(full), full)))
		// One that never ends is not waited for.
		refused(t, 41300, s.raw(chunked, strings.Repeat("400\r\n"+strings.Repeat("x", 0x400)+"\r\n", 80)))
		refused(t, 41300, s.raw("POST /doctor/login HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 65537\n\n", ""))
	})
}

func TestABodyThatComesTooSlowlyIs408(t *testing.T) {
	t.Parallel()
	s := start(t, storage(t, "sqlite")...)
	answers := []answer{}
	var mu sync.Mutex
	began := time.Now()
	together(3, func(i int) int {
		begun := []string{"", `{"phone":"13`, "{nonsense"}[i]
		a := s.raw("POST /doctor/login HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 60\n\n", begun)
		mu.Lock()
		defer mu.Unlock()
		answers = append(answers, a)
		return a.Code
	})
	require.Greater(t, time.Since(began), 5*time.Second, "a slow line is no fault")
	for _, a := range answers {
		refused(t, 40800, a)
		require.True(t, a.Ends)
	}
}

func TestOnlyUnpackedJSONInUTF8IsTaken(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for _, good := range []string{
			"application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON",
			`application/json; charset="utf-8"`, " application/json ",
		} {
			accepted(t, p.patch("", header{"Content-Type", good}))
		}
		for _, bad := range []string{
			"", "text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp",
			"application/problem+json", "application/json; charset=gbk", "application/json; charset=utf-16", "application/xml", "*/*",
			"json", "application/json, text/plain", "application/json; charset",
		} {
			refused(t, 41500, p.patch("", header{"Content-Type", bad}))
		}
		refused(t, 41500, p.patch("", header{"Content-Type", "application/json"}, header{"Content-Type", "text/plain"}))
		for _, encoding := range []string{"gzip", "identity", "br", "deflate", "x"} {
			refused(t, 41500, p.patch("", header{"Content-Encoding", encoding}))
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, err := w.Write([]byte(p.form("")))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		refused(t, 41500, p.ask("PATCH", profilePath, packed.String(), header{"Content-Encoding", "gzip"}))
	})
}

func TestABodyThatIsNotOneJSONObjectIsRefusedAsAWhole(t *testing.T) {
	s := sharedService(t, "sqlite")
	p := s.person()
	form := p.form("")
	for what, body := range map[string]string{
		"blank": " ", "line breaks": "\r\n\t", "null": "null", "a list": "[" + form + "]", "text": `"x"`, "a number": "1",
		"true": "true", "cut off": form[:len(form)-1], "cut off in a text": form[:20], "an opening brace": "{", "a closing one": "}",
		"two objects": form + form, "trailing bytes": form + "x", "a trailing comma": `{"phone":"1",}`, "a trailing NUL": form + "\x00",
		"a member without a value": `{"phone":}`, "a bare name": `{phone:"1"}`, "single quotes": `{'phone':'1'}`,
		"a comment": `{"phone":"1"/**/}`, "NaN": `{"hospital_id":NaN}`, "a leading zero": `{"hospital_id":01}`, "a plus": `{"hospital_id":+1}`,
		"hexadecimal": `{"hospital_id":0x1}`, "a lone fraction": `{"hospital_id":.5}`, "upper case": `{"hospital_id":NULL}`,
		"a duplicate member": p.form(`"gender":"男","gender":"男"`), "a duplicate of an unknown member": p.form(`"x":1,"x":1`),
		"a duplicate in disguise":   p.form(`"gender":"男","g\u0065nder":"女"`),
		"a duplicate further down":  p.form(`"gender":{"a":1,"a":2}`),
		"invalid UTF-8":             p.form("\"speciality\":\"\xff\""),
		"overlong UTF-8":            p.form("\"speciality\":\"\xc0\xaf\""),
		"a surrogate in UTF-8":      p.form("\"speciality\":\"\xed\xa0\x80\""),
		"half a surrogate":          p.form(`"speciality":"\ud800"`),
		"two halves the wrong way":  p.form(`"speciality":"\udc00\ud800"`),
		"invalid UTF-8 in a name":   p.form("\"\xff\":1"),
		"a raw line break in text":  p.form("\"speciality\":\"a\nb\""),
		"an unknown escape":         p.form(`"speciality":"\x41"`),
		"a byte order mark":         "\ufeff" + form,
		"UTF-16":                    "{\x00}\x00",
		"deeper than anybody reads": p.form(`"gender":` + strings.Repeat("[", 30000) + strings.Repeat("]", 30000)),
	} {
		a := p.ask("PATCH", profilePath, body)
		require.Equal(t, 40000, a.Code, "%s: %s", what, a.Body)
		refused(t, 40000, a)
	}
	refused(t, 40000, p.ask("PATCH", profilePath, "", header{"Content-Type", "application/json"}))
	for _, path := range []string{"/doctor/login", "/doctor/register", "/doctor/password"} {
		refused(t, 40000, s.call("POST", path, `{"a":1,"a":1}`, bearer(s.admin())))
	}
	accepted(t, p.ask("PATCH", profilePath, "\r\n\t "+form+"\r\n\t "))
}

func TestEveryFaultOfAFormIsToldAtOnceInItsOrder(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		refused(t, 40001, s.call("POST", "/doctor/register", `{"role":"admin","id":1}`, bearer(s.admin())),
			"phone", "password", "name", "role", "id")
		refused(t, 40001, s.call("POST", "/doctor/login", `{"x":1,"password":null}`), "phone", "password", "x")
		refused(t, 40001, p.ask("POST", "/doctor/password", `{"new_password":"short","old":"x"}`), "old_password", "new_password", "old")
		refused(t, 40001, p.ask("PATCH", profilePath, `{
			"unknown": 1, "avatar_url": "ftp://x", "speciality": 5, "position_rank": [], "department_id": "1", "internal_id": "a b",
			"hospital_id": -1, "birth_date": "yesterday", "gender": "1", "name": "", "phone": "123", "Phone": "13812345678"}`),
			"phone", "name", "gender", "birth_date", "hospital_id", "internal_id", "department_id", "position_rank", "speciality",
			"avatar_url", "unknown", "Phone")
	})
}

func TestAnErrorNeverRepeatsWhatIsNotFitToBeRead(t *testing.T) {
	s := sharedService(t, "sqlite")
	unknown := make([]string, 3000)
	for i := range unknown {
		unknown[i] = fmt.Sprintf(`"\u202e\u0000%d":1`, i)
	}
	a := s.call("POST", "/doctor/login", "{"+strings.Join(unknown, ",")+"}")
	refused(t, 40001, a)
	require.NotContains(t, a.Body, "\u202e")
	require.NotContains(t, a.Body, `\u0000`)
	require.Less(t, len(a.Body), 64<<10)
	a = s.call("POST", "/doctor/login", `{"phone":"13812345678","password":"x","`+strings.Repeat("n", 60000)+`":1}`)
	refused(t, 40001, a)
	require.Less(t, len(a.Body), 2000)
}
