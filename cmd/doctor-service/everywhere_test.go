package main_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// afterTen are the settings of a service where an account waits everywhere after ten failures in a row, behind a proxy on
// this machine, so that a test can come from any network.
func afterTen(environ []string) []string {
	return append(environ, "DOCTOR_LOGIN_FAILURES_PER_ACCOUNT=10", "DOCTOR_TRUSTED_PROXIES=127.0.0.0/8",
		"DOCTOR_LOGIN_FAILURES_PER_SOURCE=1000000")
}

func onEachAfterTen(t *testing.T, prove func(t *testing.T, s *service)) {
	t.Helper()
	for _, kind := range storages {
		t.Run(kind, func(t *testing.T) {
			prove(t, share(t, kind+" after ten", func(t testing.TB) []string { return afterTen(storage(t, kind)) }))
		})
	}
}

// strangers fail so often, each from a network of its own.
func (s *service) strangers(failures int, phone string) {
	s.t.Helper()
	for range failures {
		refused(s.t, 40010, s.login(phone, "wrong", from(freshNetwork()+"1")))
	}
}

const aDay = 24 * time.Hour

func TestAfterManyFailuresInARowOnlyNetworksOfEarlierLoginsMayTry(t *testing.T) {
	onEachAfterTen(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		work, home := freshNetwork(), freshNetwork()
		accepted(t, s.login(phone, doctorPassword, from(work+"1")))
		accepted(t, s.login(phone, doctorPassword, from(home+"1")))
		s.strangers(10, phone)
		for range 2 {
			a := s.login(phone, doctorPassword, from(freshNetwork()+"1"))
			throttled(t, a, aDay)
			require.Equal(t, s.login(phone, "wrong", from(freshNetwork()+"1")).Body, a.Body)
			accepted(t, s.login(phone, doctorPassword, from(work+"1")))
			accepted(t, s.login(phone, doctorPassword, from(home+"200"))) // the whole network is known
			refused(t, 40010, s.login(phone, "wrong", from(home+"1")))
		}
	})
}

func TestWhoWaitsEverywhereIsToldHowLong(t *testing.T) {
	onEachAfterTen(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		s.strangers(10, phone)
		a := s.login(phone, doctorPassword, from(freshNetwork()+"1"))
		throttled(t, a, aDay)
		require.Greater(t, retryAfter(t, a), aDay-10*time.Minute)
	})
}

func TestUnknownPhonesWaitEverywhereJustTheSame(t *testing.T) {
	onEachAfterTen(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		work := freshNetwork()
		accepted(t, s.login(phone, doctorPassword, from(work+"1")))
		s.strangers(10, phone)
		known := s.login(phone, doctorPassword, from(freshNetwork()+"1"))
		throttled(t, known, aDay)
		for _, typed := range []string{freshPhone(), "no phone " + freshPhone()} {
			s.strangers(10, typed)
			for _, network := range []string{freshNetwork(), work} {
				a := s.login(typed, doctorPassword, from(network+"1"))
				throttled(t, a, aDay)
				require.Equal(t, known.Body, a.Body, "byte for byte")
				require.InDelta(t, retryAfter(t, known).Seconds(), retryAfter(t, a).Seconds(), 600)
			}
		}
	})
}

func TestASuccessInBetweenBeginsTheRowAnew(t *testing.T) {
	onEachAfterTen(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		for range 2 {
			s.strangers(9, phone)
			accepted(t, s.login(phone, doctorPassword, from(freshNetwork()+"1")))
		}
		s.strangers(10, phone)
		throttled(t, s.login(phone, doctorPassword, from(freshNetwork()+"1")), aDay)
	})
}

func TestWhoChangesAPasswordWaitsEverywhereLikeEveryone(t *testing.T) {
	onEachAfterTen(t, func(t *testing.T, s *service) {
		p := s.person() // logged in from this machine
		change := func(address, old string) answer {
			return p.ask("POST", "/doctor/password", passwords(old, "another-green-scalpel"), from(address))
		}
		s.strangers(9, p.phone)
		refused(t, 40010, change(freshNetwork()+"1", "wrong")) // the tenth
		throttled(t, change(freshNetwork()+"1", doctorPassword), aDay)
		throttled(t, s.login(p.phone, doctorPassword, from(freshNetwork()+"1")), aDay)
		accepted(t, p.get(from(freshNetwork()+"1"))) // the session itself is none of it
		accepted(t, change("127.0.0.1", doctorPassword))
	})
}

func TestGuessesOfManyNetworksAtOnceGetTenAnswersOverReplicas(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		one, other := replicas(t, afterTen(environ))
		phone, _ := one.doctor()
		work := freshNetwork()
		accepted(t, one.login(phone, doctorPassword, from(work+"1")))
		codes := together(60, func(i int) int {
			at, network := []*service{one, other}[i%2], freshNetwork()
			a := at.login(phone, "wrong", from(network+"1"))
			for tries := 0; a.Code == 50300 && tries < 100; tries++ { // sent away by a busy machine, it comes again
				a = at.login(phone, "wrong", from(network+"1"))
			}
			return a.Code
		})
		require.Equal(t, map[int]int{40010: 10, 42900: 50}, codes)
		for _, s := range []*service{one, other} {
			throttled(t, s.login(phone, doctorPassword, from(freshNetwork()+"1")), aDay)
			accepted(t, s.login(phone, doctorPassword, from(work+"1")))
		}
	})
}

func TestTwentyRightLoginsOfManyNetworksAtOnceAllPass(t *testing.T) {
	onEachAfterTen(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		s.strangers(9, phone)
		require.Equal(t, map[int]int{0: 20}, together(20, func(int) int {
			return s.login(phone, doctorPassword, from(freshNetwork()+"1")).Code
		}))
	})
}
