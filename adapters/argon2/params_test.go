package argon2

import (
	"strings"
	"testing"
)

func TestParametersAtOrAboveARowOfTheFloorAreTaken(t *testing.T) {
	for _, s := range []string{
		"m=47104,t=1,p=1", "m=19456,t=2,p=1", "m=12288,t=3,p=1", "m=9216,t=4,p=1", "m=7168,t=5,p=1",
		"m=65536,t=3,p=4", "m=262144,t=16,p=16", "m=7169,t=6,p=1", "m=19457,t=3,p=2",
	} {
		if p, err := ParseParams(s); err != nil || p.String() != s {
			t.Errorf("%s: %s, %v", s, p, err)
		}
	}
}

func TestParametersBelowEveryRowOfTheFloorAreRefused(t *testing.T) {
	for _, s := range []string{
		"m=47103,t=1,p=1", "m=19455,t=2,p=1", "m=12287,t=3,p=1", "m=9215,t=4,p=1", "m=7167,t=16,p=1", "m=8,t=1,p=1", "m=19455,t=2,p=4",
	} {
		if _, err := ParseParams(s); err == nil || !strings.Contains(err.Error(), "too weak") {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestParametersThatCannotBeComputedAreRefused(t *testing.T) {
	for s, because := range map[string]string{
		"m=262145,t=1,p=1":    "too much",
		"m=47104,t=17,p=1":    "too much",
		"m=47104,t=1,p=17":    "too much",
		"m=47104,t=1,p=300":   "too much",
		"m=47104,t=0,p=1":     "makes no hash",
		"m=47104,t=1,p=0":     "makes no hash",
		"m=7,t=1,p=1":         "makes no hash",
		"m=127,t=1,p=16":      "makes no hash",
		"m=4294967296,t=1":    "must look like",
		"m=47104":             "must look like",
		"":                    "must look like",
		"t=1,m=47104,p=1":     "must look like",
		"m=47104,t=1,p=1,":    "must look like",
		"m=47104,t=1,p=1 ":    "must look like",
		"m=047104,t=1,p=1":    "must look like",
		"m=+47104,t=1,p=1":    "must look like",
		"m=-1,t=1,p=1":        "must look like",
		"m=47104, t=1, p=1":   "must look like",
		"m=47_104,t=1,p=1":    "must look like",
		"m=47104,t=1,t=1":     "must look like",
		"m=0xffff,t=1,p=1":    "must look like",
		"m=47104,t=1,p=1\n":   "must look like",
		"M=47104,T=1,P=1":     "must look like",
		"m=4７104,t=1,p=1":     "must look like",
		"m=47104,t=1,p=1\x00": "must look like",
	} {
		if _, err := ParseParams(s); err == nil || !strings.Contains(err.Error(), because) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// FuzzParams: parameters have one spelling, and what is taken can be computed.
func FuzzParams(f *testing.F) {
	for _, seed := range []string{
		"m=19456,t=2,p=1", "m=7168,t=5,p=1", "m=262144,t=16,p=16", "m=8,t=1,p=1", "m=4294967297,t=2,p=1", "m=-1,t=2,p=1", "m= 19456,t=2,p=1",
		"m=019456,t=2,p=1", "m=19456,t=2,p=1 ", "m=19456,t=2", "t=2,m=19456,p=1", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := readParams(s)
		chosen, weak := ParseParams(s)
		if err != nil {
			if weak == nil {
				t.Errorf("%q cannot be read, and can be chosen", s)
			}
			return
		}
		if p.String() != s {
			t.Errorf("%q is another spelling of %q", s, p)
		}
		if p.Memory > ceiling.Memory || p.Memory < 8*p.Threads || p.Time < 1 || p.Time > ceiling.Time || p.Threads < 1 || p.Threads > ceiling.Threads {
			t.Errorf("%s is out of bounds", p)
		}
		if weak == nil && (chosen != p || uint64(p.Memory)*uint64(p.Time) < 7168*5) {
			t.Errorf("%s was chosen", chosen)
		}
	})
}
