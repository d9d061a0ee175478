package main_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// talkative starts a service that logs all it can, on a storage whose URL holds a password.
func talkative(t *testing.T, environ []string) *service {
	t.Helper()
	environ = append(environ, "DOCTOR_LOG_LEVEL=debug")
	for i, pair := range environ {
		environ[i] = strings.Replace(pair, "//postgres@", "//postgres:"+databasePassword+"@", 1)
	}
	return start(t, environ...)
}

const databasePassword = "hush-of-the-database"

func TestNoSecretIsLoggedOrAnswered(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := talkative(t, environ)
		const wrong, chosen, rejected = "wrong-but-telling", "chosen-and-precious", "short-1"
		_, key := s.signingKey()
		secrets := []string{
			adminPassword, doctorPassword, databasePassword, wrong, chosen, rejected, "$argon2", "argon2id$", "eyJ",
			base64.StdEncoding.EncodeToString(key.Seed())[:40], adminPhone,
		}

		p := s.person()
		unknown := freshPhone()
		answers := []answer{
			s.login(p.phone, wrong), s.login(unknown, wrong), s.login(wrong, wrong), s.login("+86 "+p.phone, wrong+"\n"),
			s.call("POST", "/doctor/login", `{"phone":"`+p.phone+`","password":"`+wrong), s.call("POST", "/doctor/login", `{"password":"`+wrong+`"}`),
			s.register(p.phone, chosen, doctorName), s.register(p.phone, rejected, ""), s.register("12", chosen, doctorName),
			p.patch(`"password":"` + wrong + `"`), p.patch(`"gender":"x"`), p.patch(""), p.patch("", header{"If-Match", `"9"`}),
			p.changePassword(wrong, chosen), p.changePassword(doctorPassword, rejected), p.changePassword(doctorPassword, chosen),
			s.call("GET", profilePath, "", bearer(p.token+"x")), s.call("GET", profilePath+"?token="+p.token+"&phone="+p.phone, ""),
			s.call("GET", "/doctor/"+p.phone+"/"+wrong, "", bearer(p.token)), p.bearing(s.forge(nil, s.claims(p.token, map[string]any{"exp": 1}))).get(),
			p.ask("POST", "/doctor/logout", wrong), s.call("GET", "/readyz", ""), s.call("GET", "/nowhere", "", header{"X-Request-Id", "abc"}),
		}
		for range 6 {
			answers = append(answers, s.login(unknown, wrong), s.login(p.phone, wrong))
		}
		secrets = append(secrets, p.token[:40], strings.Split(p.token, ".")[2])
		internal := []string{"goroutine", ".go:", "SELECT", "INSERT", "doctors_", "sqlite", "postgres", s.keyFolder(), os.TempDir()}
		for _, a := range answers {
			holdsNone(t, a.Body, append(internal, secrets...))
		}
		metrics, err := ask("GET", s.ops+"/metrics", "")
		require.NoError(t, err)
		accepted(t, metrics)
		holdsNone(t, metrics.Body, append(secrets, p.phone, unknown))

		require.Zero(t, s.stop(syscall.SIGTERM))
		said := s.logs.String()
		require.Contains(t, said, `"level":"debug"`)
		holdsNone(t, said, append(secrets, p.phone, unknown))
		require.Empty(t, s.stdout.String())
		require.NotRegexp(t, `1[3-9]\d{9}\b`, mobilesOf(t, said), "a whole phone")
		require.Contains(t, said, unknown[:3]+"****"+unknown[7:], "phones are masked")
	})
}

// secretLooking is what no log may hold, whatever was done to the service: whole phones, passwords of the tests, tokens and
// hashes. Every service is looked at when its test is over, so that each attack is tried for this as well.
var secretLooking = regexp.MustCompile(`\b1[3-9]\d{9}\b|` + adminPassword + `|` + doctorPassword + `|eyJ[\w-]{8}|\$argon2id\$v=\d+\$m=`)

// secretIn shows the first secret of a log with what is around it.
func secretIn(log string) string {
	at := secretLooking.FindStringIndex(log)
	if at == nil {
		return ""
	}
	return log[max(0, at[0]-200):min(len(log), at[1]+100)]
}

// holdsNone says in a line what it found, for the texts are long.
func holdsNone(t *testing.T, text string, words []string) {
	t.Helper()
	for _, word := range words {
		if at := strings.Index(text, word); at >= 0 {
			t.Fatalf("%q is in: …%s…", word, text[max(0, at-100):min(len(text), at+100)])
		}
	}
}

// mobilesOf is what of a log may hold a phone: the texts, without times, which have as many digits.
func mobilesOf(t *testing.T, said string) string {
	t.Helper()
	var texts []string
	for _, line := range lines(said) {
		members := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(line), &members), line)
		delete(members, "time")
		for _, value := range members {
			if text, ok := value.(string); ok {
				texts = append(texts, text)
			}
		}
	}
	return strings.Join(texts, "\n")
}

func TestNobodyForgesALineOfTheLog(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := talkative(t, environ)
		p := s.person()
		const forged = "\n" + `{"level":"error","msg":"forged"}` + "\n"
		encoded := strings.NewReplacer("\n", "%0a", "{", "%7b", "}", "%7d", `"`, "%22").Replace(forged)
		s.login(forged, "x")
		s.login(p.phone+forged, "x")
		s.register(freshPhone(), doctorPassword, "王"+forged)
		p.patch(`"speciality":` + quote("儿科"+forged))
		p.patch(quote(forged) + `:1`)
		s.call("GET", "/doctor/"+encoded, "")
		s.call("GET", "/healthz?x="+encoded, "")
		s.call("FORGED", "/healthz", "", header{"User-Agent", `forged"}`}, header{"Referer", `forged\n`})
		s.call("GET", "/healthz", "", header{"X-Request-Id", `forged"}`}, header{"X-Forwarded-For", `forged", "x":"`}, header{"Accept-Language", "forged"})
		s.call("GET", "/healthz", "", bearer(`forged"}`), header{"If-Match", "forged"})
		s.raw("GET /healthz\x0bforged HTTP/1.1\nHost: x\n\n", "")
		s.raw("GET /healthz HTTP/1.1\nHost: forged\x7f\n\n", "")
		s.raw("GET /healthz HTTP/1.1\nHost: x\nX-\u001b[31mforged: 1\n\n", "")
		require.Zero(t, s.stop(syscall.SIGTERM))
		for _, line := range lines(s.logs.String()) {
			var read struct{ Level, Time, Msg string }
			require.NoError(t, json.Unmarshal([]byte(line), &read), line)
			require.NotEmpty(t, read.Level)
			require.NotEmpty(t, read.Time)
			require.NotEqual(t, "forged", read.Msg)
			require.NotContains(t, line, "\x1b")
		}
	})
}

func TestEveryRequestIsALineThatSaysWhatBecameOfIt(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		found := func(id string) (line map[string]any) {
			s.await("telling of "+id, func() bool {
				for _, text := range lines(s.logs.String()) {
					if strings.Contains(text, `"request_id":"`+id+`"`) && strings.Contains(text, `"msg":"request"`) {
						line = jsonObject(t, text)
						return true
					}
				}
				return false
			})
			return line
		}
		for id, want := range map[string]struct {
			got   answer
			route string
			who   string
		}{
			"seen-" + p.id:    {p.get(header{"X-Request-Id", "seen-" + p.id}), "GET /doctor/doctor_manage", p.id},
			"login-" + p.id:   {s.login(p.phone, doctorPassword, header{"X-Request-Id", "login-" + p.id}), "POST /doctor/login", p.id},
			"wrong-" + p.id:   {s.login(p.phone, "wrong", header{"X-Request-Id", "wrong-" + p.id}), "POST /doctor/login", "0"},
			"refused-" + p.id: {p.ask("POST", "/doctor/register", "", header{"X-Request-Id", "refused-" + p.id}), "POST /doctor/register", p.id},
		} {
			require.Equal(t, id, want.got.Header.Get("X-Request-Id"))
			line := found(id)
			require.Equal(t, want.route, line["method"].(string)+" "+line["route"].(string))
			require.InDelta(t, want.got.Status, line["status"], 0)
			require.Equal(t, want.who, quoteNumber(line["doctor"]))
			require.Equal(t, "127.0.0.1", line["client"])
			require.NotEmpty(t, line["took"])
		}
	})
}

func quoteNumber(n any) string {
	text, err := json.Marshal(n)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
