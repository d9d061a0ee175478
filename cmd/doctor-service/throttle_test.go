package main_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// behindProxy is a service whose proxy is this machine, so that a test can come from any address; anybody may register.
func behindProxy(t *testing.T, kind string) *service {
	t.Helper()
	return share(t, kind+" behind a proxy", func(t testing.TB) []string {
		return append(storage(t, kind), "DOCTOR_TRUSTED_PROXIES=127.0.0.0/8,10.0.0.0/8", "DOCTOR_REGISTRATION=open",
			"DOCTOR_LOGIN_FAILURES_PER_SOURCE=12")
	})
}

func onEachBehindProxy(t *testing.T, prove func(t *testing.T, s *service)) {
	t.Helper()
	for _, kind := range storages {
		t.Run(kind, func(t *testing.T) { prove(t, behindProxy(t, kind)) })
	}
}

var networks atomic.Int32

// freshNetwork is a /24 that no other test comes from, without its last number.
func freshNetwork() string {
	n := networks.Add(1)
	return fmt.Sprintf("100.%d.%d.", 64+n/256, n%256)
}

func from(address string) header { return header{"X-Forwarded-For", address} }

// newcomer registers a doctor from somewhere.
func (s *service) newcomer() (phone string) {
	s.t.Helper()
	phone = freshPhone()
	accepted(s.t, s.call("POST", "/doctor/register", registration(phone, doctorPassword, doctorName), from(freshNetwork()+"1")))
	return phone
}

// throttled requires 429 and a wait of at most the time given.
func throttled(t testing.TB, a answer, atMost time.Duration) {
	t.Helper()
	refused(t, 42900, a)
	require.Positive(t, retryAfter(t, a))
	require.LessOrEqual(t, retryAfter(t, a), atMost)
}

// retryAfter is how long an answer says to wait.
func retryAfter(t testing.TB, a answer) time.Duration {
	t.Helper()
	seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
	require.NoError(t, err)
	return time.Duration(seconds) * time.Second
}

func TestLoginSaysTheSameForUnknownPhoneAndWrongPassword(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		wrong := s.login(phone, "wrong-wrong-wrong")
		refused(t, 40010, wrong)
		for _, a := range []answer{
			s.login(phone, ""), s.login(phone, strings.Repeat("x", 129)), s.login(phone, strings.Repeat("x", 50000)),
			s.login(freshPhone(), doctorPassword), s.login(freshPhone(), ""), s.login(freshPhone(), strings.Repeat("x", 50000)),
			s.login("no phone", doctorPassword), s.login("", ""), s.login("' OR 1=1 --", "x"), s.login("+85291234567", "x"),
		} {
			require.Equal(t, wrong.Status, a.Status)
			require.Equal(t, wrong.Body, a.Body, "byte for byte")
			for name := range a.Header {
				require.Contains(t, wrong.Header, name)
			}
		}
	})
}

func TestLoginCostsTheSameForUnknownPhoneAndWrongPassword(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		// The fastest of some tries: what the machine does beside is in the others.
		fastest := func(try func() answer) time.Duration {
			best := time.Hour
			for range 4 {
				began := time.Now()
				refused(t, 40010, try())
				best = min(best, time.Since(began))
			}
			return best
		}
		known := fastest(func() answer { return s.login(phone, "wrong-wrong-wrong") })
		for what, try := range map[string]func() answer{
			"unknown phone":      func() answer { return s.login(freshPhone(), "wrong-wrong-wrong") },
			"no phone":           func() answer { return s.login("no phone "+freshPhone(), "wrong-wrong-wrong") },
			"empty password":     func() answer { return s.login(freshPhone(), "") },
			"over-long password": func() answer { return s.login(freshPhone(), strings.Repeat("x", 5000)) },
		} {
			took := fastest(try)
			require.Greater(t, took, known/2, what)
			require.Less(t, took, 3*known, what)
		}
	})
}

func TestFiveFailuresMakeTheAccountWaitForRightAndWrongAlike(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		for range 5 {
			refused(t, 40010, s.login(phone, "wrong"))
		}
		for range 3 {
			throttled(t, s.login(phone, "wrong"), time.Minute)
			throttled(t, s.login(phone, doctorPassword), time.Minute)
			throttled(t, s.login("+86 "+phone, ""), time.Minute)
		}
		other, _ := s.doctor()
		accepted(t, s.login(other, doctorPassword)) // another account of the same network
	})
}

func TestUnknownPhonesAndNoPhonesWaitJustTheSame(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for _, typed := range []string{freshPhone(), "no phone " + freshPhone(), strings.Repeat("9", 3000) + freshPhone()} {
			for range 5 {
				refused(t, 40010, s.login(typed, "wrong"))
			}
			throttled(t, s.login(typed, "wrong"), time.Minute)
		}
	})
}

func TestEverySpellingOfAPhoneHasOneCounter(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		for _, spelling := range []string{phone, "+86" + phone, "0086 " + phone, fullWidth(phone), phone[:3] + "-" + phone[3:]} {
			refused(t, 40010, s.login(spelling, "wrong"))
		}
		throttled(t, s.login(phone, doctorPassword), time.Minute)
		throttled(t, s.login("86"+phone, doctorPassword), time.Minute)
	})
}

func TestASuccessForgetsTheFailures(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		for range 3 {
			for range 4 {
				refused(t, 40010, s.login(phone, "wrong"))
			}
			accepted(t, s.login(phone, doctorPassword))
		}
	})
}

func TestManyGuessesAtOnceGetFiveAnswers(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		codes := together(30, func(i int) int { return s.login(phone, fmt.Sprint("guess", i)).Code })
		require.Equal(t, 5, codes[40010], codes)
		require.Equal(t, 25, codes[42900], codes)
	})
}

func TestTwentyRightLoginsAtOnceAllPass(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		for range 4 {
			refused(t, 40010, s.login(phone, "wrong"))
		}
		require.Equal(t, map[int]int{0: 20}, together(20, func(int) int { return s.login(phone, doctorPassword).Code }))
	})
}

func TestAWrongOldPasswordCountsAsAFailedLogin(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		refused(t, 40010, s.login(p.phone, "wrong"))
		for range 4 {
			refused(t, 40010, p.changePassword("wrong", "another-green-scalpel"))
		}
		throttled(t, p.changePassword("wrong", "another-green-scalpel"), time.Minute)
		throttled(t, p.changePassword(doctorPassword, "another-green-scalpel"), time.Minute)
		throttled(t, s.login(p.phone, doctorPassword), time.Minute)
		accepted(t, p.get()) // the session itself is none of it
	})
}

func TestFailuresOfOneNetworkMakeNoOtherWait(t *testing.T) {
	onEachBehindProxy(t, func(t *testing.T, s *service) {
		phone := s.newcomer()
		bad, good := freshNetwork(), freshNetwork()
		for i := range 5 {
			refused(t, 40010, s.login(phone, "wrong", from(bad+strconv.Itoa(10+i)))) // one /24 is one network
		}
		throttled(t, s.login(phone, doctorPassword, from(bad+"200")), time.Minute)
		accepted(t, s.login(phone, doctorPassword, from(good+"1")))
		accepted(t, s.login(phone, doctorPassword, from("2001:db8:1:2::1")))
		throttled(t, s.login(phone, doctorPassword, from(bad+"200")), time.Minute) // nor does that success clear it

		six := fmt.Sprintf("2001:db8:0:%s:", freshPhone()[7:])
		for i := range 5 {
			refused(t, 40010, s.login(phone, "wrong", from(six+":"+strconv.Itoa(i)))) // nor is one address of a /64
		}
		throttled(t, s.login(phone, doctorPassword, from(six+"ffff::9")), time.Minute)
		accepted(t, s.login(phone, doctorPassword, from(good+"1")))
	})
}

func TestTheClientIsTheLastAddressThatIsNoTrustedProxy(t *testing.T) {
	onEachBehindProxy(t, func(t *testing.T, s *service) {
		phone := s.newcomer()
		bad := freshNetwork()
		for i := range 5 {
			// What a client claims comes first, what the proxies saw comes last.
			refused(t, 40010, s.login(phone, "wrong", from(fmt.Sprintf("%s7, %s9, 10.1.2.%d", freshNetwork(), bad, i))))
		}
		throttled(t, s.login(phone, doctorPassword, from(bad+"9")), time.Minute)
		throttled(t, s.login(phone, doctorPassword, from("1.2.3.4"), from(bad+"9, 10.0.0.1")), time.Minute)
		accepted(t, s.login(phone, doctorPassword, from(bad+"9, "+freshNetwork()+"1")))
	})
}

func TestForwardedAddressesOfStrangersAreIgnoredAndWarnedOfOnce(t *testing.T) {
	s := start(t, storage(t, "sqlite")...)
	phone, _ := s.doctor()
	for range 5 {
		refused(t, 40010, s.login(phone, "wrong", from(freshNetwork()+"1")))
	}
	throttled(t, s.login(phone, doctorPassword, from(freshNetwork()+"1")), time.Minute)
	const warning = "X-Forwarded-For"
	s.await("warning", func() bool { return strings.Contains(s.logs.String(), warning) })
	require.Equal(t, 1, strings.Count(s.logs.String(), warning))
}

func TestANetworkThatFailsWithManyAccountsWaitsAsAWhole(t *testing.T) {
	onEachBehindProxy(t, func(t *testing.T, s *service) {
		phone := s.newcomer()
		bad := freshNetwork()
		for range 11 {
			refused(t, 40010, s.login(freshPhone(), "wrong", from(bad+"1")))
		}
		accepted(t, s.login(phone, doctorPassword, from(bad+"1"))) // which does not clear the network
		refused(t, 40010, s.login(freshPhone(), "wrong", from(bad+"1")))
		throttled(t, s.login(freshPhone(), "wrong", from(bad+"1")), 5*time.Minute)
		throttled(t, s.login(phone, doctorPassword, from(bad+"77")), 5*time.Minute)
		accepted(t, s.login(phone, doctorPassword, from(freshNetwork()+"1")))
	})
}

func TestOpenRegistrationIsTwentyAnHourForANetwork(t *testing.T) {
	onEachBehindProxy(t, func(t *testing.T, s *service) {
		greedy := freshNetwork()
		register := func(address string) answer {
			return s.call("POST", "/doctor/register", registration(freshPhone(), doctorPassword, doctorName), from(address))
		}
		refused(t, 40001, s.call("POST", "/doctor/register", registration("1", doctorPassword, doctorName), from(greedy+"1"))) // counts not
		require.Equal(t, map[int]int{0: 20, 42900: 4}, together(24, func(i int) int { return register(greedy + strconv.Itoa(i+1)).Code }))
		throttled(t, register(greedy+"250"), time.Hour)
		accepted(t, register(freshNetwork()+"1"))
	})
}

func TestHowManyFailuresAreForgivenIsTheOperatorsChoice(t *testing.T) {
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_LOGIN_FAILURES=2")...)
	phone, _ := s.doctor()
	refused(t, 40010, s.login(phone, "wrong"))
	refused(t, 40010, s.login(phone, "wrong"))
	throttled(t, s.login(phone, doctorPassword), time.Minute)
}

func TestMoreLoginsThanCanBeHashedInTimeAreSentAway(t *testing.T) {
	s := start(t, append(storage(t, "sqlite"), "GOMAXPROCS=1")...)
	phone, _ := s.doctor()
	var silent atomic.Int32
	codes := together(150, func(int) int {
		a := s.login(freshPhone(), "wrong")
		if a.Code == 50300 && a.Header.Get("Retry-After") == "" {
			silent.Add(1)
		}
		return a.Code
	})
	require.Equal(t, 150, codes[40010]+codes[50300], codes)
	require.Positive(t, codes[40010])
	require.Positive(t, codes[50300])
	require.Zero(t, silent.Load(), "who is sent away is told when to come again")
	accepted(t, s.login(phone, doctorPassword))
}
