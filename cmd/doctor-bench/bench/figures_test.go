package bench

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAQuantileIsOneOfTheValuesAndEnoughAreNotAboveIt(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for q, want := range map[float64]time.Duration{0: 1, 0.001: 1, 0.5: 50, 0.95: 95, 0.99: 99, 0.991: 100, 1: 100} {
		require.Equal(t, want, quantile(hundred, q), "of %v", q)
	}
	require.Equal(t, time.Duration(7), quantile([]time.Duration{7}, 0.99))
	require.Zero(t, quantile(nil, 0.5))
}

func TestAMedianLiesInTheMiddleWhateverTheOrder(t *testing.T) {
	require.Equal(t, spread{3, 1, 9}, spreadOf([]number{9, 1, 3}))
	require.Equal(t, spread{2.5, 1, 4}, spreadOf([]number{4, 1, 3, 2}))
	require.True(t, spreadOf(nil).Median.isNone())
}

func TestRatiosAreTakenRoundByRound(t *testing.T) {
	legs := func(values ...number) (all []leg) {
		for _, v := range values {
			all = append(all, leg{Figures: []figure{{Name: "other", Value: 1}, {Name: "rate", Value: v}}})
		}
		return all
	}
	// The machine is ten times slower in the second round, and nothing is to be seen of it.
	require.Equal(t, spread{2, 2, 2}, ratio(legs(200, 20, 200), legs(100, 10, 100), "rate"))
	require.Equal(t, spread{3, 2, 4}, ratio(legs(20, 30, 40), legs(10, 10, 10), "rate"))
}

func TestWhatCannotBeComputedIsADashAndNull(t *testing.T) {
	none := number(0) / number(math.Copysign(0, 1))
	require.Equal(t, "–", grouped(none, 2))
	text, err := json.Marshal([]number{none, 1.5})
	require.NoError(t, err)
	require.Equal(t, "[null,1.5]", string(text))
}

func TestNumbersAreGroupedByThousands(t *testing.T) {
	for want, v := range map[string]number{"0": 0, "999": 999, "1,000": 1000, "12,345,678": 12345678, "-1,000": -1000, "-100": -100} {
		require.Equal(t, want, grouped(v, 0))
	}
	require.Equal(t, "1,234.50", grouped(1234.5, 2))
}
