package main_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Starting a service costs more than most rules need. Tests that leave alone what others look at share one per storage;
// each takes doctors of its own.
var shared = struct {
	mu       sync.Mutex
	services map[string]*service
	endings  []func()
	faults   []string
}{services: map[string]*service{}}

// onEachService proves a rule on the services that tests share.
func onEachService(t *testing.T, prove func(t *testing.T, s *service)) {
	t.Helper()
	for _, kind := range storages {
		t.Run(kind, func(t *testing.T) { prove(t, sharedService(t, kind)) })
	}
}

// sharedService is one of the services that tests share, seen by one test.
func sharedService(t *testing.T, kind string) *service {
	t.Helper()
	return share(t, kind, func(t testing.TB) []string {
		// All tests are one source.
		return append(storage(t, kind), "DOCTOR_LOGIN_FAILURES_PER_SOURCE=1000000")
	})
}

// share starts a service once and gives each test its own view of it.
func share(t *testing.T, name string, environ func(t testing.TB) []string) *service {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.services[name] == nil {
		whole := wholeRun{t}
		shared.services[name] = start(whole, environ(whole)...)
	}
	mine := *shared.services[name]
	mine.t = t
	before := len(mine.logs.String())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the service said meanwhile:\n%s", mine.logs.String()[before:])
		}
	})
	return &mine
}

// wholeRun stands for the run of all tests: what is started under it lasts until the last of them is done.
type wholeRun struct{ testing.TB }

// Cleanup keeps work for the end of the run.
func (wholeRun) Cleanup(work func()) { shared.endings = append(shared.endings, work) }

// Failed keeps a service from telling at its end all that it ever said: the test that failed did.
func (wholeRun) Failed() bool { return false }

// Errorf keeps a fault for the end of the run: the test that started the service is over.
func (wholeRun) Errorf(format string, args ...any) {
	shared.faults = append(shared.faults, fmt.Sprintf(format, args...))
}

// TempDir lasts as long as the run.
func (w wholeRun) TempDir() string {
	w.Helper()
	folder, err := os.MkdirTemp("", "doctor-service")
	require.NoError(w, err)
	w.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// endShared ends what was started for the whole run, last things first, and gives the exit code for what it found.
func endShared() int {
	for _, work := range slices.Backward(shared.endings) {
		work()
	}
	for _, fault := range shared.faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	return min(len(shared.faults), 1)
}
