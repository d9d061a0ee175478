package main_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Two hundred guesses at once, spread over three replicas and over the spellings of one phone, get what five in a row
// would get; and the doctor, who is at home in another network, notices nothing.
func TestTwoHundredGuessesOverThreeReplicasAreFive(t *testing.T) {
	t.Parallel()
	environ := append(storage(t, "postgres"), "DOCTOR_TRUSTED_PROXIES=127.0.0.0/8", "DOCTOR_ARGON2=m=7168,t=5,p=1")
	replicas := []*service{start(t, environ...), start(t, environ...), start(t, environ...)}
	s := replicas[0]
	phone, id := s.doctor()
	spellings := []string{phone, "+86" + phone, "0086 " + phone, fullWidth(phone), phone[:3] + "-" + phone[3:7] + "-" + phone[7:], " " + phone}
	attacker, home := freshNetwork(), freshNetwork()

	var right map[int]int
	var homecoming sync.WaitGroup
	homecoming.Go(func() {
		right = together(20, func(i int) int {
			return untilHeard(func() answer { return replicas[i%3].login(phone, doctorPassword, from(home+strconv.Itoa(i))) })
		})
	})
	wrong := together(200, func(i int) int {
		return untilHeard(func() answer {
			return replicas[i%3].login(spellings[i%len(spellings)], fmt.Sprint("guess ", i), from(attacker+strconv.Itoa(i)))
		})
	})
	homecoming.Wait()
	require.Equal(t, map[int]int{40010: 5, 42900: 195}, wrong)
	require.Equal(t, map[int]int{0: 20}, right)

	database(t, s, func(db *sql.DB) {
		counted := func(query string) (n int) {
			require.NoError(t, db.QueryRow(query).Scan(&n), query)
			return n
		}
		require.Equal(t, 5, counted("SELECT count(*) FROM doctor_events WHERE type = 'login_failed' AND doctor_id = "+id))
		require.Equal(t, 1, counted("SELECT count(*) FROM doctor_events WHERE type = 'throttled' AND doctor_id = "+id))
		require.Equal(t, 20, counted("SELECT count(*) FROM doctor_events WHERE type = 'logged_in' AND doctor_id = "+id))
		// The account's from there, in a wait, and that network's.
		require.Equal(t, 1, counted("SELECT count(*) FROM counters WHERE count = 5 AND blocked_until > now()"))
		require.Equal(t, 1, counted("SELECT count(*) FROM counters WHERE count = 5 AND blocked_until IS NULL"))
		require.Equal(t, 2, counted("SELECT count(*) FROM counters"))
	})
	for _, r := range replicas {
		throttled(t, r.login(phone, doctorPassword, from(attacker+"7")), time.Minute)
		accepted(t, r.login(phone, doctorPassword, from(home+"7")))
	}
}

// untilHeard comes again as long as a machine that is too busy to hash sends it away, and gives the code in the end.
func untilHeard(ask func() answer) (code int) {
	for range 100 {
		if code = ask().Code; code != 50300 {
			break
		}
		<-time.After(100 * time.Millisecond)
	}
	return code
}

// No header that a client may write itself makes another network of it.
func TestNoHeaderOfAClientMakesItSomebodyElse(t *testing.T) {
	names := []string{
		"X-Real-IP", "True-Client-IP", "X-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-Cluster-Client-IP", "X-Originating-IP",
		"X_Forwarded_For", "X-Forwarded", "Forwarded-For", "X-Remote-Addr", "Client-IP", "Via",
	}
	prove := func(t *testing.T, s *service, phone string, own ...header) {
		t.Helper()
		for i := range 5 {
			refused(t, 40010, s.login(phone, "wrong", append(own, header{names[i], freshNetwork() + "1"}, header{"Forwarded", "for=" + freshNetwork() + "1"})...))
		}
		for _, name := range names {
			throttled(t, s.login(phone, doctorPassword, append(own, header{name, freshNetwork() + "1"})...), time.Minute)
		}
		for _, forwarded := range []string{`for=100.127.1.1`, `for="[2001:db8::7]";proto=https;by=127.0.0.1`, `For=unknown`} {
			throttled(t, s.login(phone, doctorPassword, append(own, header{"Forwarded", forwarded})...), time.Minute)
		}
	}
	onEachService(t, func(t *testing.T, s *service) {
		phone, _ := s.doctor()
		prove(t, s, phone)
		throttled(t, s.login(phone, doctorPassword, from(freshNetwork()+"1")), time.Minute) // and nobody is trusted here
	})
	onEachBehindProxy(t, func(t *testing.T, s *service) {
		phone, own := s.newcomer(), freshNetwork()
		prove(t, s, phone, from(own+"1"))
		for _, claimed := range []string{freshNetwork() + "1", "unknown", "127.0.0.1", "10.0.0.1", "::1", "'", strings.Repeat("1.1.1.1,", 1000)} {
			throttled(t, s.login(phone, doctorPassword, from(claimed+", "+own+"2")), time.Minute)
			throttled(t, s.login(phone, doctorPassword, from(claimed), from(own+"3, 10.0.0.2")), time.Minute)
		}
	})
}

// metric reads a number that the service tells its operators.
func (s *service) metric(name string) float64 {
	s.t.Helper()
	a, err := ask("GET", s.ops+"/metrics", "")
	require.NoError(s.t, err)
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(a.Body)
	require.NotNil(s.t, found, name)
	value, err := strconv.ParseFloat(found[1], 64)
	require.NoError(s.t, err)
	return value
}

// worked is how much processor time the service has used, in the system's ticks. A busy machine does not change it.
func (s *service) worked() (ticks int) {
	s.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	require.NoError(s.t, err)
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	for _, field := range fields[11:13] { // utime, stime
		n, err := strconv.Atoi(field)
		require.NoError(s.t, err)
		ticks += n
	}
	return ticks
}

func TestAClientThatVanishesWhileItIsQueuedIsNotHashed(t *testing.T) {
	t.Parallel()
	// Each hash is as much work as eight of the advised kind.
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_ARGON2=m=19456,t=16,p=1", "DOCTOR_TRUSTED_PROXIES=127.0.0.0/8")...)
	idle := func() bool { return s.metric("doctor_hash_running") == 0 && s.metric("doctor_hash_waiting") == 0 }
	before := s.worked()
	refused(t, 40010, s.login(freshPhone(), "wrong"))
	one := s.worked() - before
	require.Greater(t, one, 5)

	// Enough to keep every slot busy, and one in line behind whom all others stand.
	const crowd = 12
	slots := 0
	var staying sync.WaitGroup
	stay := func() {
		network := from(freshNetwork() + "1")
		staying.Go(func() { refused(t, 40010, s.login(freshPhone(), "wrong", network)) })
	}
	for s.metric("doctor_hash_waiting") == 0 {
		require.Less(t, slots, 64)
		running := s.metric("doctor_hash_running")
		stay()
		slots++
		s.await("hashing one more", func() bool { return s.metric("doctor_hash_running")+s.metric("doctor_hash_waiting") > running })
	}
	ctx, vanish := context.WithCancel(t.Context())
	var vanished sync.WaitGroup
	for range crowd {
		request, err := http.NewRequestWithContext(ctx, "POST", s.base+"/doctor/login", strings.NewReader(credentials(freshPhone(), "wrong")))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-Forwarded-For", freshNetwork()+"1")
		vanished.Go(func() {
			if answer, err := client.Do(request); err == nil {
				_ = answer.Body.Close()
			}
		})
	}
	s.await("full", func() bool { return s.metric("doctor_hash_waiting") >= crowd/2 })
	vanish()
	vanished.Wait()
	before = s.worked()
	s.await("free of those who left", func() bool { return s.metric("doctor_hash_waiting") <= 1 })
	staying.Wait()
	s.await("idle", idle)
	require.Less(t, s.worked()-before, int(math.Ceil(float64(slots+2)*1.5))*one, "those who left were hashed")
	refused(t, 40010, s.login(freshPhone(), "wrong"))
}
