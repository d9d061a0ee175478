package main_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNobodyKeepsATokenWhoWasDisabled(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		other := p.again()
		a := p.manage("POST", "/disable", "")
		require.Equal(t, done, a.Body)
		require.Equal(t, `"2"`, a.Header.Get("ETag"))
		for _, session := range []person{p, other} {
			refused(t, 40100, session.get())
			refused(t, 40100, session.patch(`"gender":"男"`))
			refused(t, 40100, session.changePassword(doctorPassword, "another-green-scalpel"))
			refused(t, 40100, session.ask("GET", "/doctor/directory/"+p.id, ""))
		}
		refused(t, 40301, s.login(p.phone, doctorPassword))
		refused(t, 40010, s.login(p.phone, "wrong"))
		require.Equal(t, "disabled", p.seen()["status"])
		require.Equal(t, `"2"`, p.manage("POST", "/disable", "").Header.Get("ETag"), "a second time changes nothing")

		a = p.manage("POST", "/enable", "")
		require.Equal(t, done, a.Body)
		require.Equal(t, `"3"`, a.Header.Get("ETag"))
		refused(t, 40100, p.get())
		accepted(t, p.again().get())
	})
}

func TestEnablingAndResettingEndTheWaitOfADoctor(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for _, act := range []string{"/enable", "/reset-password"} {
			phone, id := s.doctor()
			p := person{s, phone, id, ""}
			for range 5 {
				refused(t, 40010, s.login(phone, "wrong"))
			}
			refused(t, 42900, s.login(phone, doctorPassword))
			a := p.manage("POST", act, "")
			accepted(t, a)
			password := doctorPassword
			if act == "/reset-password" {
				password = data[map[string]string](t, a)["password"]
			}
			accepted(t, s.login(phone, password))
		}
	})
}

// everything is what somebody with a token might ask for, but for what is left to those who must change their password.
func (p person) everything() []answer {
	p.t.Helper()
	answers := []answer{
		p.get(), p.patch(`"gender":"男"`), p.patch(`"gender":"x"`), p.ask("PATCH", profilePath, "{"), p.ask("POST", "/doctor/register", "{}"),
		p.ask("GET", "/doctor/directory?ids=1", ""), p.ask("GET", "/doctor/directory?ids=x", ""), p.ask("GET", "/doctor/directory/"+p.id, ""),
		p.ask("GET", "/doctor/directory/999999999", ""),
	}
	for _, act := range acts(p.id) {
		if a := act(p.service, bearer(p.token)); a.Body != "" {
			answers = append(answers, a)
		}
	}
	return answers
}

func TestWhosePasswordWasResetCanOnlyChooseAnotherOrLeave(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for _, p := range []person{s.person(), s.administrator()} {
			a := p.manage("POST", "/reset-password", "")
			accepted(t, a)
			require.Equal(t, []string{"password"}, members(t, string(a.Data)))
			require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
			made := data[map[string]string](t, a)["password"]
			require.Regexp(t, `^\w{20}$`, made)
			require.NotEqual(t, made, data[map[string]string](t, p.manage("POST", "/reset-password", ""))["password"])
			refused(t, 40010, s.login(p.phone, made)) // the last one counts
			made = data[map[string]string](t, p.manage("POST", "/reset-password", ""))["password"]

			refused(t, 40100, p.get())
			refused(t, 40010, s.login(p.phone, doctorPassword))
			p.token = s.token(p.phone, made)
			for _, a := range p.everything() {
				refused(t, 40302, a)
			}
			accepted(t, p.ask("POST", "/doctor/logout", ""))
			refused(t, 40100, p.changePassword(made, "another-green-scalpel"))

			p.token = s.token(p.phone, made)
			refused(t, 40001, p.changePassword(made, made), "new_password")
			accepted(t, p.changePassword(made, "another-green-scalpel"))
			refused(t, 40100, p.get())
			refused(t, 40010, s.login(p.phone, made))
			p.token = s.token(p.phone, "another-green-scalpel")
			accepted(t, p.get())
		}
	})
}

func TestAnErasedDoctorIsGoneForGoodButForItsEvents(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		hospital := freshHospital()
		form := `{"hospital_id":` + hospital + `,"internal_id":"A1","gender":"男","speciality":"of whom nothing is left"}`
		accepted(t, p.manage("PATCH", "", form))
		a := p.manage("GET", "", "")
		tag := header{"If-Match", a.Header.Get("ETag")}
		require.Equal(t, done, p.manage("DELETE", "", "", tag).Body)

		refused(t, 40100, p.ask("GET", "/doctor/directory/1", "")) // also where the doctor itself is not looked for
		refused(t, 40100, p.get())
		refused(t, 40400, p.manage("DELETE", "", "", tag))
		for _, a := range []answer{
			p.manage("GET", "", ""), p.manage("PATCH", "", `{"gender":"女"}`), p.manage("POST", "/disable", ""), p.manage("POST", "/enable", ""),
			p.manage("POST", "/reset-password", ""), s.office("GET", "/doctor/directory/"+p.id, ""),
		} {
			refused(t, 40400, a)
		}
		require.Empty(t, s.found("hospital_id="+hospital))
		require.Empty(t, s.found("keyword="+p.phone))
		gone, unknown := s.login(p.phone, doctorPassword), s.login(freshPhone(), doctorPassword)
		refused(t, 40010, gone)
		require.Equal(t, unknown.Body, gone.Body, "as if the phone had never been there")

		a = p.manage("GET", "/events", "")
		accepted(t, a)
		for _, trace := range []string{p.phone, doctorName, hospital, "A1", "男", "of whom nothing", "127.0.0.1"} {
			require.NotContains(t, a.Body, `"`+trace, trace)
		}
		events := data[struct{ Items []event }](t, a).Items
		require.Equal(t, []string{"erased", "profile_changed", "logged_in", "registered"}, kinds(events))
		for _, e := range events {
			require.Nil(t, e.Changes)
			require.Nil(t, e.Source)
			require.Nil(t, e.RequestID)
		}
		require.Equal(t, []string{"gender", "hospital_id", "internal_id", "speciality"}, events[1].Fields, "that something changed is kept")

		a = s.register(p.phone, doctorPassword, doctorName)
		accepted(t, a)
		id := data[string](t, a)
		before, err := strconv.Atoi(p.id)
		require.NoError(t, err)
		after, err := strconv.Atoi(id)
		require.NoError(t, err)
		require.Greater(t, after, before)
		heir := person{s, p.phone, id, ""}
		accepted(t, heir.manage("PATCH", "", form))
		refused(t, 40100, p.get()) // a token of the first is none of the second
	})
}

// event is one of the events of a doctor.
type event struct {
	ID        int64
	Type      string
	Version   *int64
	At, Actor string
	Fields    []string
	Changes   []struct {
		Field         string
		Before, After *string
	}
	Source    *string
	RequestID *string `json:"request_id"`
}

func kinds(events []event) (kinds []string) {
	for _, e := range events {
		kinds = append(kinds, e.Type)
	}
	return kinds
}

func TestEventsTellWhoDidWhatAndWhatWasBefore(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		boss := data[map[string]any](t, s.office("GET", profilePath, ""))["id"]
		accepted(t, p.manage("PATCH", "", `{"gender":"女"}`, header{"X-Request-Id", "corrected-1"}))
		accepted(t, p.patch(`"gender":"男"`))
		accepted(t, p.manage("PATCH", "", `{"role":"admin"}`))
		accepted(t, p.manage("PATCH", "", `{"role":"doctor"}`))
		accepted(t, p.manage("POST", "/disable", ""))
		refused(t, 40301, s.login(p.phone, doctorPassword))
		accepted(t, p.manage("POST", "/enable", ""))
		accepted(t, p.manage("POST", "/reset-password", ""))
		refused(t, 40010, s.login(p.phone, "wrong"))
		a := p.manage("GET", "/events?limit=100", "")
		accepted(t, a)
		events := data[struct{ Items []event }](t, a).Items
		require.Equal(t, []string{
			"login_failed", "password_reset", "enabled", "login_refused", "disabled", "role_changed", "role_changed", "profile_changed",
			"profile_changed", "logged_in", "registered",
		}, kinds(events))
		for i, e := range events {
			require.True(t, i == 0 || e.ID < events[i-1].ID, "the newest first")
			require.Equal(t, "127.0.0.1", *e.Source)
			require.NotEmpty(t, *e.RequestID)
		}
		corrected := events[8]
		require.Equal(t, fmt.Sprint(boss), corrected.Actor)
		require.Equal(t, "corrected-1", *corrected.RequestID)
		require.EqualValues(t, 2, *corrected.Version)
		require.Equal(t, "gender", corrected.Changes[0].Field)
		require.Nil(t, corrected.Changes[0].Before)
		require.Equal(t, "女", *corrected.Changes[0].After)
		require.Equal(t, p.id, events[7].Actor, "the doctor itself")
		require.Equal(t, "女", *events[7].Changes[0].Before)
		require.Nil(t, events[9].Version, "a login changes no doctor")
		require.Equal(t, "anonymous", events[0].Actor, "who failed proved nothing")
		require.Contains(t, a.Body, `"changes":[{"field":"password","before":null,"after":null}]`)
		require.NotContains(t, a.Body, "argon2")

		// Page by page it is the same, and what happens meanwhile does not shift it.
		var paged []event
		for cursor := ""; ; {
			page := data[struct {
				Items      []event
				NextCursor *string `json:"next_cursor"`
			}](t, p.manage("GET", "/events?limit=4&cursor="+cursor, ""))
			paged = append(paged, page.Items...)
			s.login(p.phone, "wrong")
			if page.NextCursor == nil {
				break
			}
			cursor = *page.NextCursor
		}
		require.Equal(t, events, paged)
	})
}

func TestRefusedAdministrationIsInTheTrailOfWhoTriedIt(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		victim, p := s.person(), s.person()
		refused(t, 40300, p.ask("DELETE", doctorsPath+"/"+victim.id, "", unconditional))
		events := data[struct{ Items []event }](t, p.manage("GET", "/events", "")).Items
		require.Equal(t, "access_refused", events[0].Type)
		require.Equal(t, p.id, events[0].Actor)
		require.NotContains(t, strings.Join(kinds(data[struct{ Items []event }](t, victim.manage("GET", "/events", "")).Items), " "), "refused")
	})
}
