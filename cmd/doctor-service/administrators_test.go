package main_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// onEachReplicated proves a rule on two services of one storage.
func onEachReplicated(t *testing.T, prove func(t *testing.T, one, other *service)) {
	t.Helper()
	onEachStorage(t, func(t *testing.T, environ []string) {
		one, other := replicas(t, environ)
		prove(t, one, other)
	})
}

func TestTheLastActiveAdministratorStays(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		boss := person{s, adminPhone, "1", s.admin()}
		stays := func() {
			t.Helper()
			before := boss.manage("GET", "", "").Body
			refused(t, 40902, boss.manage("POST", "/disable", ""))
			refused(t, 40902, boss.manage("PATCH", "", `{"role":"doctor"}`))
			refused(t, 40902, boss.manage("PATCH", "", `{"role":"doctor","gender":"男"}`))
			refused(t, 42800, boss.manage("DELETE", "", ""))
			refused(t, 41200, boss.manage("DELETE", "", "", header{"If-Match", `"99"`}))
			refused(t, 40902, boss.manage("DELETE", "", "", unconditional))
			require.Equal(t, before, boss.manage("GET", "", "").Body)
		}
		stays()
		second := s.administrator()
		accepted(t, second.manage("POST", "/disable", ""))
		stays() // a disabled one does not count
		accepted(t, second.manage("POST", "/enable", ""))
		accepted(t, second.manage("PATCH", "", `{"role":"doctor"}`))
		stays()
		accepted(t, second.manage("PATCH", "", `{"role":"admin"}`))
		accepted(t, boss.manage("PATCH", "", `{"role":"doctor"}`)) // now somebody remains
		refused(t, 40100, boss.ask("GET", doctorsPath, ""))
		second = second.again()
		accepted(t, second.ask("GET", doctorsPath, ""))
		refused(t, 40902, second.ask("POST", doctorsPath+"/"+second.id+"/disable", ""))
		require.Zero(t, s.stop(syscall.SIGTERM))
	})
}

// turn is one of the ways in which an administrator may end another.
type turn struct{ method, act, body string }

func (by person) turns(on turn, other person) answer {
	return by.ask(on.method, doctorsPath+"/"+other.id+on.act, on.body, unconditional)
}

func againstEachOther(t *testing.T, one, other *service) {
	t.Helper()
	ways := []turn{{"POST", "/disable", ""}, {"PATCH", "", `{"role":"doctor"}`}, {"DELETE", "", ""}}
	first, second := person{one, adminPhone, "1", one.admin()}, one.administrator().on(other)
	password := map[string]string{first.phone: adminPassword, second.phone: doctorPassword}
	for round := range 12 {
		way := ways[round%len(ways)]
		answers := make([]answer, 2)
		together(2, func(i int) int {
			if i == 0 {
				answers[0] = first.turns(way, second)
			} else {
				answers[1] = second.turns(way, first)
			}
			return 0
		})
		won, lost := first, second
		if answers[0].Code != 0 {
			won, lost = second, first
			answers[0], answers[1] = answers[1], answers[0]
		}
		require.Equal(t, 0, answers[0].Code, "one of them succeeds: %s, %s", answers[0].Body, answers[1].Body)
		require.Contains(t, []int{40902, 40100, 40400}, answers[1].Code, "and the other does not: %s", answers[1].Body)
		won.token = won.service.token(won.phone, password[won.phone])
		a := won.ask("GET", doctorsPath+"?status=active&limit=100", "")
		accepted(t, a)
		require.Equal(t, 1, strings.Count(a.Body, `"role":"admin"`), a.Body)

		// The loser is made an administrator again.
		if way.method == "DELETE" {
			a := won.ask("POST", "/doctor/register", registration(lost.phone, password[lost.phone], doctorName))
			accepted(t, a)
			lost.id = data[string](t, a)
		}
		accepted(t, won.ask("POST", doctorsPath+"/"+lost.id+"/enable", ""))
		accepted(t, won.ask("PATCH", doctorsPath+"/"+lost.id, `{"role":"admin"}`))
		lost.token = lost.service.token(lost.phone, password[lost.phone])
		if won.phone == first.phone {
			first, second = won, lost
		} else {
			first, second = lost, won
		}
	}
}

func TestOfTwoAdministratorsWhoEndEachOtherAtOnceOneRemains(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		againstEachOther(t, s, s)
	})
}

func TestOfTwoAdministratorsOnTwoReplicasOneRemains(t *testing.T) {
	onEachReplicated(t, againstEachOther)
}

func TestNobodyKeepsATokenOnAnotherReplica(t *testing.T) {
	onEachReplicated(t, func(t *testing.T, one, other *service) {
		p := one.person()
		for _, way := range []turn{
			{"POST", "/disable", ""},
			{"POST", "/reset-password", ""},
			{"PATCH", "", `{"role":"admin"}`},
			{"PATCH", "", `{"role":"doctor"}`},
			{"PATCH", "", `{"phone":` + quote(freshPhone()) + `}`},
			{"DELETE", "", ""},
		} {
			p = p.again()
			there := p.again().on(other)
			accepted(t, there.get())
			a := p.manage(way.method, way.act, way.body, unconditional)
			accepted(t, a)
			since := time.Now()
			refused(t, 40100, p.get()) // at once where it was said
			ended(t, p.on(other), since)
			ended(t, there, since)
			switch way.act {
			case "/disable":
				refused(t, 40301, other.login(p.phone, doctorPassword))
				accepted(t, p.on(other).manage("POST", "/enable", ""))
			case "/reset-password":
				made := data[map[string]string](t, a)["password"]
				p.token = one.token(p.phone, made)
				refused(t, 40302, p.on(other).get())
				accepted(t, p.on(other).changePassword(made, doctorPassword))
			}
			if way.method == "PATCH" {
				p.phone = data[map[string]any](t, a)["phone"].(string)
			}
		}
		refused(t, 40400, other.office("GET", doctorsPath+"/"+p.id, ""))
	})
}

func TestReplicasSeeWhatAdministratorsDoAtOnce(t *testing.T) {
	onEachReplicated(t, func(t *testing.T, one, other *service) {
		p := one.person()
		for i := range 6 {
			at, then := p.on([]*service{one, other}[i%2]), p.on([]*service{other, one}[i%2])
			a := at.manage("PATCH", "", fmt.Sprintf(`{"speciality":"%d"}`, i))
			accepted(t, a)
			require.Equal(t, a.Body, then.manage("GET", "", "").Body)
			require.Equal(t, a.Header.Get("ETag"), then.office("GET", "/doctor/directory/"+p.id, "").Header.Get("ETag"))
		}
	})
}

func TestNothingThatAdministratorsLookForOrMakeIsLogged(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, append(environ, "DOCTOR_LOG_LEVEL=debug")...)
		p := s.person()
		made := data[map[string]string](t, p.manage("POST", "/reset-password", ""))["password"]
		accepted(t, p.manage("PATCH", "", `{"name":"慕容复","speciality":"telling-speciality"}`))
		for _, query := range []string{
			"keyword=" + p.phone, "keyword=%E6%85%95%E5%AE%B9", "keyword=telling-keyword", "keyword=%zz&telling-parameter=1", "cursor=telling-cursor",
			"position_rank=telling-rank&limit=0", p.phone + "=" + p.phone,
		} {
			s.office("GET", doctorsPath+"?"+query, "")
			s.office("GET", doctorsPath+"/"+p.id+"/events?"+query, "")
			s.office("GET", "/doctor/directory?"+query, "")
		}
		s.office("GET", doctorsPath+"/"+p.phone, "")
		s.office("GET", "/doctor/directory/"+p.phone, "")
		accepted(t, p.manage("DELETE", "", "", unconditional))
		metrics, err := ask("GET", s.ops+"/metrics", "")
		require.NoError(t, err)
		accepted(t, metrics)
		require.Zero(t, s.stop(syscall.SIGTERM))
		said := s.logs.String()
		for _, text := range []string{metrics.Body, said} {
			holdsNone(t, text, []string{made, p.phone, "慕容复", "慕容", "%E6%85", "telling", "keyword", doctorName})
			require.Contains(t, text, "/doctor/admin/doctors/{id}")
		}
		require.NotRegexp(t, `1[3-9]\d{9}\b`, mobilesOf(t, said), "a whole phone")
	})
}
