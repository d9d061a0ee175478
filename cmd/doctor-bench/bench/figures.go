package bench

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// figure is one thing that was measured.
type figure struct {
	Name     string `json:"name"`
	Value    number `json:"value"`
	digits   int
	compared bool // its ratio to that of another target says something
}

// number may be none: what nothing can be divided by is null in JSON.
type number float64

func (n number) isNone() bool { return math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) }

// MarshalJSON writes it.
func (n number) MarshalJSON() ([]byte, error) {
	if n.isNone() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// leg is one round of one scenario on one target.
type leg struct {
	Figures []figure       `json:"figures"`
	Faults  map[string]int `json:"errors"`
}

func (l leg) get(name string) number {
	for _, f := range l.Figures {
		if f.Name == name {
			return f.Value
		}
	}
	return number(math.NaN())
}

// quantile is the least of the values, given in ascending order, that at least the share q of them does not exceed.
func quantile(ascending []time.Duration, q float64) time.Duration {
	if len(ascending) == 0 {
		return 0
	}
	at := int(math.Ceil(q*float64(len(ascending)))) - 1
	return ascending[min(max(at, 0), len(ascending)-1)]
}

// spread is how a figure went over the rounds.
type spread struct {
	Median number `json:"median"`
	Least  number `json:"least"`
	Most   number `json:"most"`
}

func spreadOf(values []number) spread {
	if len(values) == 0 {
		none := number(math.NaN())
		return spread{none, none, none}
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return spread{median, sorted[0], sorted[len(sorted)-1]}
}

// over is the spread of one figure over the rounds.
func over(legs []leg, name string) spread {
	values := make([]number, len(legs))
	for i, l := range legs {
		values[i] = l.get(name)
	}
	return spreadOf(values)
}

// ratio is the spread of one figure as a share of another target's, round by round: what slows a machine down for a
// while slows down both.
func ratio(of, by []leg, name string) spread {
	var values []number
	for i := range min(len(of), len(by)) {
		values = append(values, of[i].get(name)/by[i].get(name))
	}
	return spreadOf(values)
}
