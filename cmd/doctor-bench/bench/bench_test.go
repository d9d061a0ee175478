package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/cmd/doctor-bench/bench/store"
)

// The tool starts its own binary for the raw thing, which here is that of the tests.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == rawProgram {
		os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	code := m.Run()
	if builder != nil {
		_ = builder.clear()
	}
	postgrestest.Stop()
	os.Exit(code)
}

var (
	builder *ground
	service = sync.OnceValues(func() (program string, err error) {
		if builder, err = newGround(io.Discard); err != nil {
			return "", err
		}
		return builder.service(context.Background())
	})
)

// found is an outcome as the tool writes it in JSON.
type found struct {
	Scenario string
	Targets  []struct {
		Name   string
		Rounds []struct {
			Figures []struct {
				Name  string
				Value *float64
			}
			Errors map[string]int
		}
	}
	Ratios map[string]map[string]*float64
}

// bench runs the tool for a moment, demands that nothing went wrong and gives what it found.
func bench(t *testing.T, args ...string) (all []found) {
	t.Helper()
	program, err := service()
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	args = append(args, "--json", "--service", program,
		"--rounds", "2", "--seconds", "0.2", "--connections", "4", "--crowd", "4", "--doctors", "100", "--sessions", "50")
	require.Equal(t, succeeded, Main(args, &stdout, &stderr), "%s\n%s", stdout.String(), stderr.String())
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	require.Contains(t, lines[0], "processors")
	for _, line := range lines[1:] {
		var f found
		require.NoError(t, json.Unmarshal([]byte(line), &f))
		for _, target := range f.Targets {
			require.Len(t, target.Rounds, 2)
			for _, round := range target.Rounds {
				require.Empty(t, round.Errors)
				first := round.Figures[0] // requests a second, or the time to be ready
				require.NotNil(t, first.Value, "%s: %s", f.Scenario, first.Name)
				require.Positive(t, *first.Value, "%s: %s", f.Scenario, first.Name)
			}
		}
		all = append(all, f)
	}
	return all
}

// leaksNothing demands that a test ends with the goroutines it began with.
func leaksNothing(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent() // the shared database server's
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// beside are the scenarios in which there is something raw.
func beside() (names []string) {
	for _, s := range all {
		if !s.needsService && !s.alone {
			names = append(names, s.name)
		}
	}
	return names
}

func TestEveryScenarioRunsOnSQLiteWithoutAnError(t *testing.T) {
	leaksNothing(t)
	found := bench(t, namesOf(all)...)
	require.Len(t, found, len(all))
	for i, f := range found {
		require.Equal(t, all[i].name, f.Scenario)
		require.Len(t, f.Targets, 1)
		require.Empty(t, f.Ratios)
	}
}

func TestEveryScenarioRunsOnPostgresWithoutAnError(t *testing.T) {
	postgrestest.Empty(t) // skips where there is no Postgres
	leaksNothing(t)
	found := bench(t, append(namesOf(all), "--storage", "postgres")...)
	require.Len(t, found, len(all))
	names := []string{}
	for _, figure := range found[0].Targets[0].Rounds[0].Figures {
		names = append(names, figure.Name)
	}
	require.Contains(t, names, "of it database", "the database's processes are found")
}

func TestTheRawThingRunsBesideTheService(t *testing.T) {
	for _, storage := range []string{"sqlite", "postgres"} {
		t.Run(storage, func(t *testing.T) {
			if storage == "postgres" {
				postgrestest.Empty(t)
			}
			leaksNothing(t)
			for _, f := range bench(t, append(beside(), "--vs", "raw", "--storage", storage)...) {
				require.Len(t, f.Targets, 2)
				require.Equal(t, "raw", f.Targets[1].Name)
				require.NotEmpty(t, f.Ratios)
			}
		})
	}
}

func TestAFilledStorageIsMeasuredAndStays(t *testing.T) {
	for _, storage := range []string{"sqlite:" + filepath.Join(t.TempDir(), "doctor.db"), postgrestest.Database(t)} {
		t.Run(kindOf(storage), func(t *testing.T) {
			leaksNothing(t)
			var stdout, stderr bytes.Buffer
			fill := []string{"fill", "--storage", storage, "--doctors", "130", "--revocations", "70"}
			require.Equal(t, succeeded, Main(fill, &stdout, &stderr), stderr.String())
			require.Contains(t, stdout.String(), "130 doctors, 70 revocations added; the highest id is now 130")
			require.Equal(t, succeeded, Main(fill, &stdout, &stderr), "a second time: %s", stderr.String())

			found := bench(t, "update", "login", "--storage", storage)

			s, err := store.Open(t.Context(), storage)
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			ask := func(query string) (n int) {
				require.NoError(t, s.DB.QueryRowContext(t.Context(), query).Scan(&n))
				return n
			}
			require.Equal(t, 260, ask("SELECT count(*) FROM doctors WHERE role = 'doctor'"))
			require.Equal(t, 140, ask("SELECT count(*) FROM revocations"))
			counted := 0.0 // at least: a round takes a little longer than it should
			for _, round := range found[0].Targets[0].Rounds {
				counted += *round.Figures[0].Value * 0.2
			}
			changes := ask("SELECT count(*) FROM doctor_events WHERE type = 'profile_changed'")
			require.GreaterOrEqual(t, float64(changes), counted, "an update was counted that changed nothing")
			require.Equal(t, changes, ask("SELECT sum(version - 1) FROM doctors"))
		})
	}
}

func TestInventedDoctorsAreFoundByWhatTheyAre(t *testing.T) {
	for _, storage := range []string{"sqlite:" + filepath.Join(t.TempDir(), "doctor.db"), postgrestest.Database(t)} {
		t.Run(kindOf(storage), func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			fill := []string{"fill", "--sorted", "--storage", storage, "--doctors", "300"}
			for range 2 { // the second time beside those who are there
				require.Equal(t, succeeded, Main(fill, &stdout, &stderr), stderr.String())
			}
			stdout.Reset()
			somebody := store.PersonOf(400) // of whom find looks for phone and staff number
			require.Equal(t, succeeded, Main([]string{"find", "--storage", storage, "--times", "1"}, &stdout, &stderr), stderr.String())
			for _, found := range []string{"everybody +50 ", "王 +[1-9]", "wang +[1-9]", somebody.Phone + " +1 ", somebody.StaffNumber + " +1 ", "q9 +0 "} {
				require.Regexp(t, "(?m)^ *"+found, stdout.String())
			}
		})
	}
}

func TestAnErrorOfTheServiceEndsTheToolWithCodeOne(t *testing.T) {
	leaksNothing(t)
	program, err := service()
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	code := Main([]string{
		"register", "--service", program, "--set", "DOCTOR_REGISTRATION=closed", "--rounds", "1", "--seconds", "0.1",
		"--doctors", "20",
	}, &stdout, &stderr)
	require.Equal(t, failed, code)
	require.Regexp(t, `service: [0-9,]+ × 403 40300`, stdout.String())
	require.Contains(t, stderr.String(), errFaults.Error())
}

func TestAServiceThatCannotStartSaysWhy(t *testing.T) {
	leaksNothing(t)
	program, err := service()
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	args := []string{"read", "--service", program, "--set", "DOCTOR_LOG_LEVEL=loud", "--doctors", "20"}
	require.Equal(t, failed, Main(args, &stdout, &stderr))
	require.Contains(t, stderr.String(), "DOCTOR_LOG_LEVEL")
}

func TestAnEmptyStorageIsRefused(t *testing.T) {
	leaksNothing(t)
	program, err := service()
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	storage := "sqlite:" + filepath.Join(t.TempDir(), "doctor.db")
	require.Equal(t, failed, Main([]string{"read", "--service", program, "--storage", storage}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "doctor-bench fill")
}

func TestNothingIsLeftBehind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	bench(t, "start", "--vs", "raw")
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, entry := range left {
		require.NotContains(t, entry.Name(), "doctor-bench-")
	}
}
