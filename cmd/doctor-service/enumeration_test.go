package main_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whoever tries phones learns from no login whether somebody has one: not from what is said, and not from how long it
// takes. Five kinds of login that fail take turns, and each is measured by the mean of its turn, so that whatever else the
// machine does hits all alike; a difference that the service makes is in every round, one that the machine makes is not.
func TestFiveHundredLoginsOfEachKindThatFailsTellNothingApart(t *testing.T) {
	t.Parallel()
	const (
		rounds, aRound = 5, 100
		atMost         = 12 // rounds on a machine that is busy
		tolerance      = .05
	)
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_ARGON2=m=7168,t=5,p=1", "DOCTOR_TRUSTED_PROXIES=127.0.0.0/8",
		"DOCTOR_LOGIN_FAILURES_PER_SOURCE=1000000", "DOCTOR_LOGIN_FAILURES_PER_ACCOUNT=1000000")...)
	known, _ := s.doctor()
	disabled, id := s.doctor()
	database(t, s, func(db *sql.DB) {
		_, err := db.Exec("UPDATE doctors SET status = 'disabled' WHERE id = " + id)
		require.NoError(t, err)
	})
	kinds := []struct{ what, phone, password string }{
		{"unknown", "", doctorPassword},
		{"wrong", known, "three-green-scalpelz"},
		{"empty", known, ""},
		{"over-long", known, strings.Repeat("x", 129)},
		{"disabled", disabled, "three-green-scalpelz"},
	}
	said := map[string]int{}
	round := func() (apart float64) {
		shares := make([][]float64, len(kinds))
		for range aRound {
			turn, mean := make([]float64, len(kinds)), 0.
			for i, kind := range kinds {
				phone := kind.phone
				if phone == "" {
					phone = freshPhone()
				}
				network := from(freshNetwork() + "1") // nobody waits
				began := time.Now()
				a := s.login(phone, kind.password, network)
				turn[i] = time.Since(began).Seconds()
				mean += turn[i] / float64(len(kinds))
				require.Equal(t, 40010, a.Code, "%s: %s", kind.what, a.Body)
				a.Header.Del("X-Request-Id")
				a.Header.Del("Date")
				said[fmt.Sprint(a.Status, a.Header, a.Body)]++
			}
			for i := range kinds {
				shares[i] = append(shares[i], turn[i]/mean)
			}
		}
		medians := make([]float64, len(kinds))
		for i := range shares {
			slices.Sort(shares[i])
			medians[i] = shares[i][aRound/2]
		}
		apart = slices.Max(medians)/slices.Min(medians) - 1
		t.Logf("medians %.3f, %.1f %% apart", medians, 100*apart)
		return apart
	}
	closest := 1.
	for n := 0; n < rounds || closest > tolerance && n < atMost; n++ {
		closest = min(closest, round())
	}
	require.Len(t, said, 1, "one answer, byte for byte")
	require.LessOrEqual(t, closest, tolerance, "a kind of failure takes longer than another in every round")
	refused(t, 40301, s.login(disabled, doctorPassword, from(freshNetwork()+"1"))) // told only after the right password
}
