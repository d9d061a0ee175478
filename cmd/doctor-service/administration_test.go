package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const doctorsPath = "/doctor/admin/doctors"

// office asks something as the administrator.
func (s *service) office(method, path, body string, headers ...header) answer {
	s.t.Helper()
	return s.call(method, path, body, append(headers, bearer(s.admin()))...)
}

// manage asks the administrator to do something to a doctor.
func (p person) manage(method, act, body string, headers ...header) answer {
	p.t.Helper()
	return p.office(method, doctorsPath+"/"+p.id+act, body, headers...)
}

// seen is the doctor as the administrator sees it.
func (p person) seen() map[string]any {
	p.t.Helper()
	a := p.manage("GET", "", "")
	accepted(p.t, a)
	return data[map[string]any](p.t, a)
}

// unconditional is a condition that holds whatever was there before.
var unconditional = header{"If-Match", "*"}

// administrator is a doctor whose role an administrator has raised, with a session.
func (s *service) administrator() person {
	s.t.Helper()
	p := s.person()
	accepted(s.t, p.manage("PATCH", "", `{"role":"admin"}`))
	return p.again()
}

// acts are all that administrators may do, with bodies and conditions that would do it.
func acts(id string) []func(s *service, headers ...header) answer {
	var all []func(s *service, headers ...header) answer
	for _, act := range []struct{ method, path, body string }{
		{"GET", doctorsPath, ""},
		{"GET", doctorsPath + "?keyword=x&limit=0", ""},
		{"GET", doctorsPath + "/" + id, ""},
		{"HEAD", doctorsPath + "/" + id, ""},
		{"PATCH", doctorsPath + "/" + id, `{"role":"admin","speciality":"of the attacker"}`},
		{"PATCH", doctorsPath + "/" + id, `{`},
		{"POST", doctorsPath + "/" + id + "/disable", ""},
		{"POST", doctorsPath + "/" + id + "/enable", ""},
		{"POST", doctorsPath + "/" + id + "/reset-password", ""},
		{"GET", doctorsPath + "/" + id + "/events", ""},
		{"DELETE", doctorsPath + "/" + id, ""},
	} {
		all = append(all, func(s *service, headers ...header) answer {
			s.t.Helper()
			a := s.call(act.method, act.path, act.body, append(headers, unconditional)...)
			if act.method == "HEAD" { // the status must do
				a.Code = map[int]int{401: 40100, 403: 40300}[a.Status]
			}
			return a
		})
	}
	return all
}

func TestNobodyAdministersWhoIsNoAdministrator(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		victim, p := s.person(), s.person()
		before := victim.manage("GET", "", "").Body
		for _, id := range []string{victim.id, p.id, "1", "999999999", "0", "nobody", "%2e%2e"} {
			for _, act := range acts(id) {
				require.Equal(t, 40300, act(s, bearer(p.token)).Code, "whoever is asked about")
				require.Equal(t, 40100, act(s).Code)
				require.Equal(t, 40100, act(s, bearer(p.token+"x")).Code)
				require.Equal(t, 40100, act(s, bearer(s.admin()), bearer(p.token)).Code)
			}
		}
		require.Equal(t, before, victim.manage("GET", "", "").Body)
		accepted(t, victim.get())
	})
}

// Whoever signed the role into a token and lost it since is none: its sessions have ended.
func TestAnAdministratorWhoseRoleWasTakenAdministersNoMore(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.administrator()
		accepted(t, p.ask("GET", doctorsPath, ""))
		require.Equal(t, "admin", p.profile()["role"])
		accepted(t, p.manage("PATCH", "", `{"role":"doctor"}`))
		refused(t, 40100, p.ask("GET", doctorsPath, ""))
		p = p.again()
		refused(t, 40300, p.ask("GET", doctorsPath, ""))
		require.Equal(t, "doctor", p.profile()["role"])
	})
}

func TestAdministratorsSeeTheWholeProfileAndWhenTheDoctorLastLoggedIn(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, id := s.doctor()
		p := person{s, phone, id, ""}
		a := p.manage("GET", "", "")
		accepted(t, a)
		require.Equal(t, []string{
			"id", "phone", "name", "gender", "birth_date", "hospital_id", "internal_id", "department_id", "position_rank", "speciality",
			"avatar_url", "role", "status", "version", "created_at", "updated_at", "last_login_at",
		}, members(t, string(a.Data)))
		require.Contains(t, a.Body, `"last_login_at":null`)
		require.Equal(t, `"1"`, a.Header.Get("ETag"))
		require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
		p = p.again()
		at, err := time.Parse(time.RFC3339, p.seen()["last_login_at"].(string))
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), at, time.Minute)
		require.InDelta(t, 1, p.seen()["version"], 0, "a login moves no version")
		for name, value := range p.profile() {
			require.Equal(t, value, p.seen()[name])
		}
	})
}

func TestAdministratorsCorrectADoctorFieldByField(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for i, change := range []struct{ body, field, want string }{
			{`{}`, "name", doctorName},
			{`{"gender":"female"}`, "gender", "女"},
			{`{"birth_date":"1980-05-15","hospital_id":3}`, "birth_date", "1980-05-15"},
			{`{"name":" 王·小明 "}`, "name", "王·小明"},
			{`{"gender":null}`, "gender", "<nil>"},
			{`{"hospital_id":0}`, "hospital_id", "<nil>"},
		} {
			a := p.manage("PATCH", "", change.body)
			accepted(t, a)
			require.Equal(t, 0, a.Code)
			require.Equal(t, change.want, fmt.Sprint(data[map[string]any](t, a)[change.field]))
			require.Equal(t, fmt.Sprintf(`"%d"`, i+1), a.Header.Get("ETag"), "a change that changes nothing moves no version")
			require.Equal(t, p.manage("GET", "", "").Body, a.Body, "what is answered is what is stored")
		}
		require.Equal(t, p.phone, p.profile()["phone"])
		accepted(t, p.manage("PATCH", "", string(p.manage("GET", "", "").Data)))
		require.InDelta(t, 6, p.seen()["version"], 0, "a form may send back what it read")
	})
}

func TestAdministratorsAreToldEveryFaultOfTheirForm(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		refused(t, 40001, p.manage("PATCH", "", `{"zzz":1,"role":"root","birth_date":"tomorrow","name":null,"phone":"","hospital_id":"3"}`),
			"phone", "name", "birth_date", "hospital_id", "role", "zzz")
		for _, empty := range []string{`null`, `""`, `" "`} {
			refused(t, 40001, p.manage("PATCH", "", `{"phone":`+empty+`,"name":`+empty+`,"role":`+empty+`}`), "phone", "name", "role")
		}
		refused(t, 40000, p.manage("PATCH", "", `{"role":"admin","role":"doctor"}`))
		refused(t, 41500, p.manage("PATCH", "", `{}`, header{"Content-Type", "text/plain"}))
		require.InDelta(t, 1, p.seen()["version"], 0)
	})
}

// An administrator's form sets the role and what a doctor's sets; nothing else that anybody could hope for.
func TestNobodyIsGivenMoreThanTheFormOfAdministratorsHas(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		before := p.manage("GET", "", "").Body
		for name, value := range hoped {
			a := p.manage("PATCH", "", fmt.Sprintf(`{"%s":%s}`, name, value))
			switch {
			case strings.HasPrefix(name, "r") && !strings.Contains(name, "0000") && name != "roles":
				accepted(t, a)
				require.Equal(t, "admin", p.seen()["role"])
				accepted(t, p.manage("PATCH", "", `{"role":"doctor"}`))
				before = p.manage("GET", "", "").Body
			case strings.Contains("|last_login_at|"+strings.Join(shownOnly, "|")+"|", "|"+name+"|"):
				accepted(t, a)
			default:
				refused(t, 40001, a)
			}
			require.Equal(t, before, p.manage("GET", "", "").Body, name)
		}
	})
}

func TestAnUnknownDoctorIsToldBeforeAnythingElseOfARequest(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for _, id := range []string{"999999999", "9223372036854775807", "9223372036854775808", "0", "-1", "01", "1.0", "x", "%31", "1%20", "1;2"} {
			path := doctorsPath + "/" + id
			for _, a := range []answer{
				s.office("GET", path, ""), s.office("PATCH", path, `{`), s.office("PATCH", path, `{"role":"root"}`),
				s.office("PATCH", path, `{}`, header{"Content-Type", "text/plain"}), s.office("PATCH", path, `{}`, header{"If-Match", `"9"`}),
				s.office("DELETE", path, ""), s.office("DELETE", path, "", header{"If-Match", `"9"`}), s.office("POST", path+"/disable", ""),
				s.office("POST", path+"/enable", "", header{"If-Match", "x"}), s.office("POST", path+"/reset-password", ""),
				s.office("GET", path+"/events", ""), s.office("GET", path+"/events?limit=0&x=1", ""), s.office("GET", "/doctor/directory/"+id, ""),
			} {
				refused(t, 40400, a)
				require.Equal(t, "没有此医生", a.Msg)
			}
		}
	})
}

func TestConditionsAndConflictsAreToldInTheirOrder(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		other, p := s.person(), s.person()
		hospital := freshHospital()
		accepted(t, other.manage("PATCH", "", `{"hospital_id":`+hospital+`,"internal_id":"A1"}`))
		stale := header{"If-Match", `"99"`}
		taken := `{"phone":` + quote(other.phone) + `}`
		refused(t, 40001, p.manage("PATCH", "", `{"gender":"x"}`, stale), "gender")
		refused(t, 41200, p.manage("PATCH", "", taken, stale))
		refused(t, 40900, p.manage("PATCH", "", taken, header{"If-Match", `"1"`}))
		refused(t, 40901, p.manage("PATCH", "", `{"hospital_id":`+hospital+`,"internal_id":"A1"}`, unconditional))
		for _, act := range []string{"/disable", "/enable", "/reset-password"} {
			refused(t, 41200, p.manage("POST", act, "", stale))
			refused(t, 41200, p.manage("POST", act, "", header{"If-Match", `W/"1"`}))
		}
		refused(t, 42800, p.manage("DELETE", "", ""))
		refused(t, 41200, p.manage("DELETE", "", "", stale))
		require.InDelta(t, 1, p.seen()["version"], 0)
		require.Equal(t, "active", p.seen()["status"])
		accepted(t, p.get())
		accepted(t, s.login(p.phone, doctorPassword))
	})
}

func TestTwoAdministratorsWhoEditOneDoctorLoseNothing(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		codes := together(8, func(i int) int {
			return p.manage("PATCH", "", fmt.Sprintf(`{"speciality":"%d"}`, i), header{"If-Match", `"1"`}).Code
		})
		require.Equal(t, map[int]int{0: 1, 41200: 7}, codes)
		// Each reads, adds its letter to what it read, and tries again when somebody was faster.
		accepted(t, p.manage("PATCH", "", `{"speciality":"x"}`))
		together(2, func(i int) int {
			for written := 0; written < 10; {
				read := p.manage("GET", "", "")
				added := data[map[string]any](t, read)["speciality"].(string) + string("ab"[i])
				a := p.manage("PATCH", "", `{"speciality":`+quote(added)+`}`, header{"If-Match", read.Header.Get("ETag")})
				if a.Code == 0 {
					written++
				}
			}
			return 0
		})
		final := p.seen()["speciality"].(string)
		require.Equal(t, 10, strings.Count(final, "a"), final)
		require.Equal(t, 10, strings.Count(final, "b"), final)
	})
}

func TestAPhoneThatAnAdministratorChangesIsTheNewLoginAndEndsAllSessions(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		phone := freshPhone()
		accepted(t, p.manage("PATCH", "", `{"phone":"+86 `+phone+`"}`))
		refused(t, 40100, p.get())
		refused(t, 40010, s.login(p.phone, doctorPassword))
		p.phone = phone
		require.Equal(t, phone, p.again().profile()["phone"])
	})
}
