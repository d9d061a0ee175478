package main_test

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// operate runs a command beside a service; it must succeed, and say nothing but its result.
func (s *service) operate(words ...string) string {
	s.t.Helper()
	code, stdout, stderr := run(s.t, s.environ, "", words...)
	require.Zero(s.t, code, stderr)
	require.Empty(s.t, stderr)
	return stdout
}

// declines runs a command that must fail, with one line.
func (s *service) declines(why string, words ...string) {
	s.t.Helper()
	code, stdout, stderr := run(s.t, s.environ, "", words...)
	require.Equal(s.t, 1, code, stderr)
	require.Empty(s.t, stdout)
	require.Equal(s.t, "doctor-service: "+why+"\n", stderr)
}

func TestADoctorThatAnOperatorDisablesIsOutWithinASecond(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		require.Equal(t, "doctor "+p.id+" is disabled\n", s.operate("admin", "disable", "--phone", p.phone))
		ended(t, p, time.Now())
		refused(t, 40301, s.login(p.phone, doctorPassword))
		require.Equal(t, "doctor "+p.id+" is active\n", s.operate("admin", "enable", "--id", p.id))
		p = p.again()
		accepted(t, p.get())
	})
}

func TestEnablingAlsoEndsTheWaitAfterFailures(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, id := s.doctor()
		for range 5 {
			refused(t, 40010, s.login(phone, "wrong"))
		}
		refused(t, 42900, s.login(phone, doctorPassword))
		s.operate("admin", "enable", "--id", id)
		accepted(t, s.login(phone, doctorPassword))
	})
}

func TestAPasswordThatAnOperatorResetsIsPrintedAloneAndGoodForChoosingAnother(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		printed := s.operate("admin", "reset-password", "--phone", p.phone)
		require.Regexp(t, `^\w{20}\n$`, printed)
		ended(t, p, time.Now())
		refused(t, 40010, s.login(p.phone, doctorPassword))
		p.token = s.token(p.phone, strings.TrimSpace(printed))
		refused(t, 40302, p.get())
		accepted(t, p.changePassword(strings.TrimSpace(printed), doctorPassword))
		accepted(t, p.again().get())
	})
}

func TestADoctorThatAnOperatorErasesIsGoneAndItsPhoneIsFree(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		code, _, stderr := run(t, s.environ, p.phone+"\n", "admin", "erase", "--id", p.id)
		require.Equal(t, 2, code, "nobody can be asked, and nobody said --yes")
		require.Len(t, lines(stderr), 1)
		accepted(t, p.get())

		require.Equal(t, "doctor "+p.id+" is erased\n", s.operate("admin", "erase", "--id", p.id, "--yes"))
		ended(t, p, time.Now())
		refused(t, 40010, s.login(p.phone, doctorPassword))
		s.declines("no such doctor", "admin", "show", "--id", p.id)
		told := lines(s.operate("admin", "show", "--id", p.id, "--events", "--json"))
		require.Equal(t, []any{"erased", "logged_in", "registered"}, membersOf(t, told, "type"))
		require.Equal(t, "cli", membersOf(t, told, "actor")[0])

		a := s.register(p.phone, doctorPassword, doctorName)
		accepted(t, a)
		require.NotEqual(t, p.id, data[string](t, a), "an id is never used again")
	})
}

// membersOf is one member of each of several lines of JSON.
func membersOf(t *testing.T, objects []string, name string) (values []any) {
	t.Helper()
	for _, line := range objects {
		values = append(values, jsonObject(t, line)[name])
	}
	return values
}

func TestOperatorsFindDoctorsByNamePinyinPhoneAndStaffNumber(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone := freshPhone()
		a := s.register(phone, doctorPassword, "单雄信")
		accepted(t, a)
		p := person{s, phone, data[string](t, a), s.token(phone, doctorPassword)}
		staffNumber := "FIND/" + phone[3:]
		accepted(t, p.ask("PATCH", profilePath, `{"phone":`+quote(phone)+`,"name":"单雄信","hospital_id":77,"internal_id":`+quote(staffNumber)+`}`))
		for _, keyword := range []string{"单雄", "雄信", "shanx", "xiongxin", "SXX", phone[:10], phone, "+86 " + phone, staffNumber, strings.ToLower(staffNumber)} {
			ids := membersOf(t, lines(s.operate("admin", "list", "--json", "--limit", "1000", "--keyword", keyword)), "id")
			require.Contains(t, numbers(ids), p.id, keyword)
		}
		found := s.operate("admin", "list", "--hospital", "77", "--status", "active", "--keyword", staffNumber)
		require.Len(t, lines(found), 2, found)
		require.Contains(t, found, "单雄信")
		require.Contains(t, s.operate("admin", "show", "--phone", phone), "internal_id    "+staffNumber+"\n")
		s.operate("admin", "disable", "--id", p.id)
		require.Len(t, lines(s.operate("admin", "list", "--hospital", "77", "--status", "active", "--keyword", staffNumber)), 1)
	})
}

// numbers are JSON's numbers as people write them.
func numbers(values []any) (out []string) {
	for _, v := range values {
		out = append(out, quoteNumber(v))
	}
	return out
}

func TestTheLastAdministratorStaysAlsoForOperators(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		const why = "at least one active administrator must remain"
		s.declines(why, "admin", "disable", "--phone", adminPhone)
		s.declines(why, "admin", "erase", "--phone", adminPhone, "--yes")
		accepted(t, s.login(adminPhone, adminPassword))

		second := freshPhone()
		code, _, stderr := run(t, environ, doctorPassword, "admin", "create", "--phone", second)
		require.Zero(t, code, stderr)
		var both sync.WaitGroup
		codes := make(chan int, 2)
		for _, phone := range []string{adminPhone, second} {
			both.Go(func() {
				code, _, _ := run(t, environ, "", "admin", "disable", "--phone", phone)
				codes <- code
			})
		}
		both.Wait()
		require.Equal(t, 1, <-codes+<-codes, "of two at once one is refused")
		require.Len(t, lines(s.operate("admin", "list", "--status", "active")), 2, "the header, and who remains")
		require.Zero(t, s.stop(syscall.SIGTERM))
	})
}

func TestWhomNobodyKnowsCommandsTellInOneLine(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		unknown := freshPhone()
		for _, command := range []string{"show", "disable", "enable", "reset-password", "erase --yes"} {
			words := append([]string{"admin"}, strings.Fields(command)...)
			s.declines("no such doctor", append(words, "--phone", unknown)...)
			s.declines("no such doctor", append(words, "--id", "9007199254740991")...)
		}
	})
}

func TestNoCommandPretendsThatAStorageInMemoryLasts(t *testing.T) {
	for _, command := range []string{"create --phone 13812345678", "list", "show --id 1", "disable --id 1", "enable --id 1", "reset-password --id 1", "erase --id 1 --yes"} {
		code, stdout, stderr := run(t, []string{"DOCTOR_STORAGE=memory:"}, doctorPassword, append([]string{"admin"}, strings.Fields(command)...)...)
		require.Equal(t, 2, code, command)
		require.Empty(t, stdout)
		require.True(t, strings.HasPrefix(stderr, "DOCTOR_STORAGE: "), stderr)
		require.Len(t, lines(stderr), 1)
	}
}
