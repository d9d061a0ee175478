package bench

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordsAndFlagsMayStandInAnyOrder(t *testing.T) {
	for _, args := range []string{"read update --rounds 2 --vs raw", "--rounds 2 read --vs raw update", "--rounds=2 --vs=raw read update"} {
		o, err := parse(strings.Fields(args))
		require.NoError(t, err)
		require.Equal(t, 2, o.rounds)
		require.Equal(t, "raw", o.vs.program)
		require.Equal(t, []string{"read", "update"}, namesOf(o.scenarios))
	}
}

func TestWithoutWordsTheUsualIsMeasured(t *testing.T) {
	o, err := parse(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"read", "update", "logout", "login"}, namesOf(o.scenarios))
	require.Len(t, o.specs(), 1)
}

func namesOf(scenarios []scenario) (names []string) {
	for _, s := range scenarios {
		names = append(names, s.name)
	}
	return names
}

func TestNonsenseIsRefusedBeforeAnythingStarts(t *testing.T) {
	for args, says := range map[string]string{
		"reed":                                  `no scenario "reed"`,
		"--rounds 0":                            "--rounds must be at least 1",
		"--seconds -1":                          "--seconds must be at least",
		"--seconds NaN":                         "--seconds must be at least",
		"--connections 0":                       "--connections must be at least 1",
		"--doctors 0":                           "--doctors must be at least 1",
		"--no-such-flag":                        "no-such-flag",
		"register --vs raw":                     "the raw thing cannot do register",
		"--set GOGC=100":                        "must be DOCTOR_…=VALUE",
		"--set DOCTOR_LOG_LEVEL":                "must be DOCTOR_…=VALUE",
		"fill":                                  "--storage is required",
		"fill --storage sqlite:x more":          `unexpected "more"`,
		"fill --storage x --argon2 m=8,t=1,p=1": "too weak",
		"raw":                                   "--vs raw",
	} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, misused, Main(strings.Fields(args), &stdout, &stderr), args)
		require.Contains(t, stderr.String(), says)
		require.Equal(t, 1, strings.Count(stderr.String(), "\n"), "one line: %s", stderr.String())
		require.Empty(t, stdout.String())
	}
}

func TestHelpNamesEveryScenarioAndFlag(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Equal(t, succeeded, Main([]string{"--help"}, &stdout, &stderr))
	for _, s := range all {
		require.Contains(t, stdout.String(), "  "+s.name+" ")
	}
	require.Contains(t, stdout.String(), "-vs-revocations")
	require.Empty(t, stderr.String())
	stdout.Reset()
	require.Equal(t, succeeded, Main([]string{"fill", "--help"}, &stdout, &stderr))
	require.Contains(t, stdout.String(), "-revocations")
}

func TestTargetsAreNamedAfterWhatTheyDifferIn(t *testing.T) {
	for args, want := range map[string][]string{
		"":                                  {"service"},
		"--vs raw":                          {"service", "raw"},
		"--vs /tmp/older":                   {"service", "older"},
		"--vs-doctors 20000":                {"service 10000 doctors", "service 20000 doctors"},
		"--vs-revocations 9":                {"service 0 revocations", "service 9 revocations"},
		"--vs-storage postgres":             {"service sqlite", "service postgres"},
		"--vs-storage postgresql://u:pw@h/": {"service sqlite", "service postgres"},
		"--storage sqlite:/a --vs-storage sqlite:/b": {"service sqlite", "service sqlite (vs)"},
	} {
		o, err := parse(strings.Fields(args))
		require.NoError(t, err)
		var names []string
		for _, s := range o.specs() {
			names = append(names, s.name)
		}
		require.Equal(t, want, names, args)
	}
}
