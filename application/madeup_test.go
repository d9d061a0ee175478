package application_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/application"
)

func TestAMadeUpPasswordIsLongAndHoldsNothingThatIsConfused(t *testing.T) {
	seen, letters := map[string]bool{}, map[rune]int{}
	for range 2000 {
		plain := application.MadeUpPassword().Reveal()
		require.Len(t, plain, 20)
		require.False(t, strings.ContainsAny(plain, "0O1lIioS"), plain)
		require.False(t, seen[plain])
		seen[plain] = true
		for _, r := range plain {
			letters[r]++
		}
	}
	require.Len(t, letters, 32)
	for r, n := range letters { // 1250 of each: eight deviations are 278
		require.InDelta(t, 1250, n, 300, "%c", r)
	}
}
