package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

// What the test binary does when it is started again as another process, and on which file.
const (
	childTask = "DOCTOR_TEST_SQLITE_TASK"
	childFile = "DOCTOR_TEST_SQLITE_FILE"
)

// child is this test binary as another process.
func child(t *testing.T, task, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	c := exec.Command(self, "-test.run=^TestAsAnotherProcess$", "-test.v=false")
	c.Env = append(os.Environ(), childTask+"="+task, childFile+"="+path)
	c.Stderr = os.Stderr
	return c
}

// TestAsAnotherProcess does a child's task; in the run itself there is none.
func TestAsAnotherProcess(t *testing.T) {
	path := os.Getenv(childFile)
	switch os.Getenv(childTask) {
	case "write":
		writeAndTell(t, path)
	case "start":
		startAndTell(t, path)
	}
}

// writeAndTell adds doctors as fast as it can, and tells each that was acknowledged, until it is killed.
func writeAndTell(t *testing.T, path string) {
	s := opened(t, path)
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for n := w; ; n += 8 {
				id, err := s.Add(context.Background(), newcomer(t, n))
				if err != nil {
					t.Error(err)
					return
				}
				fmt.Printf("added %d %d\n", id, n)
			}
		})
	}
	writers.Wait()
}

func TestKillingTheProcessLosesNoAcknowledgedWrite(t *testing.T) {
	path := migrated(t)
	writer := child(t, "write", path)
	out, err := writer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, writer.Start())

	acknowledged := make(map[doctor.ID]int)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var (
			id doctor.ID
			n  int
		)
		if _, err := fmt.Sscanf(lines.Text(), "added %d %d", &id, &n); err != nil {
			continue // a line that the kill cut off
		}
		acknowledged[id] = n
		if len(acknowledged) == 500 {
			require.NoError(t, writer.Process.Kill())
		}
	}
	require.Error(t, writer.Wait(), "it was killed")
	require.GreaterOrEqual(t, len(acknowledged), 500)

	s := opened(t, path)
	for id, n := range acknowledged {
		d, err := s.Get(t.Context(), id)
		require.NoError(t, err, "doctor %d was acknowledged", id)
		require.Equal(t, newcomer(t, n).Profile().Phone, d.Profile().Phone)
		require.Len(t, events(t, path, id), 1)
	}
	var sound string
	require.NoError(t, beside(t, path).Get(&sound, `PRAGMA integrity_check`))
	require.Equal(t, "ok", sound)
}

// startAndTell does what a service does at its first start.
func startAndTell(t *testing.T, path string) {
	require.NoError(t, Driver().Migrate(t.Context(), at(path)))
	s := opened(t, path)
	_, err := s.AddFirstAdministrator(t.Context(), administrator(t))
	fmt.Printf("started: %v\n", err)
}

func TestProcessesThatStartTogetherOnNothingAllStart(t *testing.T) {
	path := newPath(t)
	const n = 8
	said := make([]string, n)
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			out, err := child(t, "start", path).Output()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			said[i] = string(out)
		})
	}
	running.Wait()
	all := strings.Join(said, "")
	require.Equal(t, 1, strings.Count(all, "started: <nil>"), all)
	require.Equal(t, n-1, strings.Count(all, doctor.ErrAdministratorExists.Error()), all)
}
