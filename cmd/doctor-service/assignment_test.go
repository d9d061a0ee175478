package main_test

import (
	"database/sql"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// row is all that the database holds of a doctor, as its operator sees it.
func (s *service) row(id string) (row map[string]any) {
	s.t.Helper()
	database(s.t, s, func(db *sql.DB) {
		found, err := db.Query("SELECT * FROM doctors WHERE id = " + id)
		require.NoError(s.t, err)
		defer func() { require.NoError(s.t, found.Close()) }()
		columns, err := found.Columns()
		require.NoError(s.t, err)
		require.True(s.t, found.Next(), "doctor %s is not there", id)
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(s.t, found.Scan(into...))
		require.NoError(s.t, found.Err())
		row = map[string]any{}
		for i, column := range columns {
			row[column] = fmt.Sprint(values[i])
		}
	})
	return row
}

// hoped are members by which somebody might rise, each with what would be set.
var hoped = map[string]string{
	"id": `1`, "doctor_id": `1`, "user_id": `1`, "sub": `"1"`, "role": `"admin"`, "roles": `["admin"]`, "ROLE": `"admin"`, "r\\u006fle": `"admin"`,
	"role\\u0000": `"admin"`, "is_admin": `true`, "isAdmin": `true`, "admin": `true`, "status": `"active"`, "disabled": `false`, "version": `99`,
	"generation": `99`, "gen": `99`, "credential": `"$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"`, "password_hash": `"x"`,
	"must_change_password": `false`, "created_at": `"2000-01-01T00:00:00Z"`, "updated_at": `0`, "last_login_at": `null`, "permissions": `["*"]`,
	"data": `{"role":"admin"}`, "doctor": `{"role":"admin"}`, "__proto__": `{"role":"admin"}`, "constructor": `{"prototype":{"role":"admin"}}`,
}

// shownOnly are those that a form may send back without effect.
var shownOnly = []string{"id", "role", "r\\u006fle", "status", "version", "created_at", "updated_at"}

func TestNobodyRisesByMembersOfAForm(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		before := s.row(p.id)
		var phones []string
		for name, value := range hoped {
			member := fmt.Sprintf(`"%s":%s`, name, value)
			phone := freshPhone()
			form := strings.TrimSuffix(registration(phone, doctorPassword, doctorName), "}") + "," + member + "}"
			refused(t, 40001, s.call("POST", "/doctor/register", form, bearer(s.admin())))
			phones = append(phones, "'"+phone+"'")

			form = strings.TrimSuffix(passwords(doctorPassword, "another-green-scalpel"), "}") + "," + member + "}"
			refused(t, 40001, p.ask("POST", "/doctor/password", form))
			refused(t, 40001, s.call("POST", "/doctor/login", strings.TrimSuffix(credentials(p.phone, doctorPassword), "}")+","+member+"}"))

			if strings.Contains("|"+strings.Join(shownOnly, "|")+"|", "|"+name+"|") {
				accepted(t, p.patch(member))
			} else {
				refused(t, 40001, p.patch(member))
			}
			require.Equal(t, before, s.row(p.id), member)
		}
		database(t, s, func(db *sql.DB) {
			var registered int
			require.NoError(t, db.QueryRow("SELECT count(*) FROM doctors WHERE phone IN ("+strings.Join(phones, ",")+")").Scan(&registered))
			require.Zero(t, registered)
		})
		refused(t, 40300, p.again().ask("POST", "/doctor/register", registration(freshPhone(), doctorPassword, doctorName)))
	})
}

// Whoever asks, and whatever else the request says: it is the token's doctor who is seen and changed.
func TestNobodyReachesAnotherByNamingIt(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		victim, p := s.person(), s.person()
		before := s.row(victim.id)
		queries := []string{""}
		for _, name := range []string{"id", "doctor_id", "user_id", "sub", "phone", "as", "token", "access_token", "Authorization"} {
			for _, value := range []string{victim.id, victim.phone, victim.token} {
				queries = append(queries, "?"+name+"="+value, fmt.Sprintf("?%s=%s&%s=%s&%s[]=%s", name, p.id, name, value, name, value))
			}
		}
		headers := []header{{"X-Nothing", "x"}}
		for _, name := range []string{
			"X-User-Id", "X-Doctor-Id", "X-Auth-User", "X-Forwarded-User", "X-Remote-User", "Remote-User", "X-Authenticated-Userid", "From",
			"X-Original-User", "X-Access-Token", "X-Auth-Token", "Proxy-Authorization", "Token", "Sub",
		} {
			headers = append(headers, header{name, victim.id}, header{name, "Bearer " + victim.token})
		}
		headers = append(headers, header{"Cookie", "token=" + victim.token + "; id=" + victim.id})
		for _, query := range queries {
			a := p.ask("GET", profilePath+query, "")
			accepted(t, a)
			require.Contains(t, a.Body, p.phone, query)
			refused(t, 40100, s.call("GET", profilePath+query, ""))
		}
		for _, h := range headers {
			require.Contains(t, p.get(h).Body, p.phone, h.name)
			refused(t, 40100, s.call("GET", profilePath, "", h))
			refused(t, 40100, s.call("POST", "/doctor/logout", `{"token":`+quote(victim.token)+`}`, h))
		}
		for i, query := range queries {
			speciality := fmt.Sprint("of the attacker ", i)
			accepted(t, p.ask("PATCH", profilePath+query, p.form(fmt.Sprintf(`"id":%s,"speciality":%q`, victim.id, speciality)), headers[i%len(headers)]))
			require.Equal(t, speciality, p.profile()["speciality"])
		}
		for _, path := range []string{"/" + victim.id, "/" + victim.phone, "/../" + victim.id, ";id=" + victim.id, "%2f" + victim.id} {
			refused(t, 40400, p.ask("GET", profilePath+path, ""))
			refused(t, 40400, p.ask("PATCH", profilePath+path, p.form("")))
		}
		accepted(t, p.ask("POST", "/doctor/password?id="+victim.id, passwords(doctorPassword, "another-green-scalpel"), header{"X-Doctor-Id", victim.id}))
		accepted(t, p.ask("POST", "/doctor/logout?id="+victim.id, `{"id":`+victim.id+`}`, header{"X-Doctor-Id", victim.id}))
		refused(t, 40100, p.get())
		accepted(t, victim.get())
		require.Equal(t, before, s.row(victim.id))
	})
}

// An id that was somebody's is nobody's for ever, even the greatest, and its tokens are worth nothing.
func TestAnIdIsNeverGivenAgain(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		gone := s.person()
		database(t, s, func(db *sql.DB) {
			_, err := db.Exec("DELETE FROM doctors WHERE id = " + gone.id)
			require.NoError(t, err)
		})
		require.Zero(t, s.stop(syscall.SIGTERM))
		s = start(t, environ...)
		phone, id := gone.phone, ""
		for range 3 {
			a := s.register(phone, doctorPassword, doctorName)
			accepted(t, a)
			id, phone = data[string](t, a), freshPhone()
			require.NotEqual(t, gone.id, id)
		}
		gone = gone.on(s)
		refused(t, 40100, gone.get())
		refused(t, 40100, gone.patch(`"gender":"男"`))
		refused(t, 40100, gone.changePassword(doctorPassword, "another-green-scalpel"))
		require.Equal(t, "<nil>", s.row(id)["gender"])
	})
}
