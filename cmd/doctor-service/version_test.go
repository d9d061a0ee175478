package main_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func (p person) version() string {
	p.t.Helper()
	a := p.get()
	accepted(p.t, a)
	require.Equal(p.t, a.Header.Get("ETag"), fmt.Sprintf(`"%v"`, data[map[string]any](p.t, a)["version"]))
	return a.Header.Get("ETag")
}

func TestTheETagIsTheVersionInQuotes(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		require.Equal(t, `"1"`, p.version())
		require.Equal(t, `"2"`, p.patch(`"gender":"男"`).Header.Get("ETag"))
		require.Equal(t, `"2"`, p.version())
		require.Equal(t, `"2"`, p.patch(`"gender":"男"`).Header.Get("ETag"), "nothing changed")
		require.Empty(t, p.patch(`"gender":"x"`).Header.Get("ETag"))
	})
}

func TestTheVersionMovesWithTheProfileAndThePasswordAndNothingElse(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for _, change := range []func() answer{
			func() answer { return p.patch(`"gender":"男"`) },
			func() answer { return p.patch(`"gender":null,"hospital_id":3,"speciality":"x"`) },
			func() answer { return p.changePassword(doctorPassword, "another-green-scalpel") },
			func() answer { return p.changePassword("another-green-scalpel", doctorPassword) },
			func() answer {
				p.phone = freshPhone()
				return p.patch(`"gender":"女"`) // one form, one step
			},
		} {
			before := p.profile()
			accepted(t, change())
			after := p.profile()
			require.InDelta(t, before["version"].(float64)+1, after["version"], 0)
			require.NotEqual(t, before["updated_at"], after["updated_at"])
			require.Equal(t, before["created_at"], after["created_at"])
		}
		before := p.get().Body
		for _, a := range []answer{
			p.patch(""), p.patch(`"gender":"female"`), p.patch(`"hospital_id":3,"speciality":" x "`), p.patch(`"birth_date":null,"avatar_url":""`),
			s.login("+86"+p.phone, doctorPassword), p.again().ask("POST", "/doctor/logout", ""),
		} {
			accepted(t, a)
		}
		refused(t, 40010, s.login(p.phone, "wrong"))
		refused(t, 40001, p.patch(`"gender":"x"`))
		refused(t, 41200, p.patch(`"gender":"男"`, header{"If-Match", `"1"`}))
		require.Equal(t, before, p.get().Body)
	})
}

func TestAHashBroughtUpToDateMovesNoVersion(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		p := s.person()
		before := p.get().Body
		require.Zero(t, s.stop(syscall.SIGTERM))

		s = start(t, append(environ, "DOCTOR_ARGON2=m=19456,t=3,p=1")...)
		p = p.on(s).again()
		require.Equal(t, before, p.get().Body)
		require.Zero(t, s.stop(syscall.SIGTERM))

		// What was rehashed is still the password, whatever new hashes are made of.
		s = start(t, environ...)
		p = p.on(s).again()
		require.Equal(t, before, p.get().Body)
	})
}

func TestIfMatchHoldsForTheVersionAnyVersionAndAList(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for i, tags := range [][]string{
			{`"1"`}, {`*`}, {` * `}, {`"9", "4"`}, {`"5","77"`}, {`W/"6", "6"`}, {`"x", "7"`}, {`"9"`, `"8"`},
		} {
			require.Equal(t, fmt.Sprintf(`"%d"`, i+1), p.version())
			var conditions []header
			for _, tag := range tags {
				conditions = append(conditions, header{"If-Match", tag})
			}
			accepted(t, p.patch(fmt.Sprintf(`"speciality":"%d"`, i), conditions...))
		}
	})
}

func TestIfMatchDoesNotHoldForOtherWeakAndMalformedTags(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		accepted(t, p.patch(`"gender":"男"`))
		before := p.get().Body
		for _, tag := range []string{
			`"1"`, `"3"`, `"99", "98"`, `W/"2"`, `w/"2"`, `2`, `'2'`, `"2`, `2"`, `""`, `"02"`, `"+2"`, `"2 "`, `"2""2"`, `**`, `"*"`, `x`, `,`,
			`W/"2", "1"`, `"18446744073709551618"`, `"-2"`, `"２"`,
		} {
			for _, form := range []string{`"gender":"女"`, `"gender":"男"`} { // nor for a form that changes nothing
				a := p.patch(form, header{"If-Match", tag})
				require.Equal(t, 41200, a.Code, "%s: %s", tag, a.Body)
				refused(t, 41200, a)
			}
		}
		require.Equal(t, before, p.get().Body)
		accepted(t, p.get(header{"If-Match", `"1"`})) // reading asks for no condition
	})
}

func TestOfTwoWhoSawTheSameVersionOneIsTold(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		seen := header{"If-Match", p.version()}
		require.Equal(t, map[int]int{200: 1, 41200: 7}, together(8, func(i int) int {
			return p.patch(fmt.Sprintf(`"speciality":"%d"`, i), seen).Code
		}))
		require.Equal(t, `"2"`, p.version())
	})
}

func TestFormsSentTogetherAllTakePlaceOneAfterTheOther(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		fields := []string{`"gender":"男"`, `"birth_date":"1980-05-15"`, `"hospital_id":5`, `"department_id":6`, `"position_rank":"医师"`, `"speciality":"x"`}
		require.Equal(t, map[int]int{200: len(fields)}, together(len(fields), func(i int) int { return p.patch(fields[i]).Code }))
		seen := p.profile()
		require.InDelta(t, 1+len(fields), seen["version"], 0)
		for _, field := range []string{"gender", "birth_date", "hospital_id", "department_id", "position_rank", "speciality"} {
			require.NotNil(t, seen[field], "no change was lost")
		}
	})
}
