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
	case "reset":
		reset(t, path)
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
				fmt.Fprintf(os.Stdout, "added %d %d\n", id, n)
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

	const enough = 300
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
		if len(acknowledged) == enough {
			require.NoError(t, writer.Process.Kill())
		}
	}
	require.Error(t, writer.Wait(), "it was killed")
	require.GreaterOrEqual(t, len(acknowledged), enough)

	s := opened(t, path)
	for id, n := range acknowledged {
		d, err := s.Get(t.Context(), id)
		require.NoError(t, err, "doctor %d was acknowledged", id)
		require.Equal(t, newcomer(t, n).Profile().Phone, d.Profile().Phone)
	}
	db := beside(t, path)
	var without int
	require.NoError(t, db.Get(&without, `SELECT count(*) FROM doctors WHERE id NOT IN (SELECT doctor_id FROM doctor_events)`))
	require.Zero(t, without, "doctors without the event that was stored with them")
	var sound string
	require.NoError(t, db.Get(&sound, `PRAGMA integrity_check`))
	require.Equal(t, "ok", sound)
}

// startAndTell does what a service does at its first start.
func startAndTell(t *testing.T, path string) {
	require.NoError(t, Driver().Migrate(t.Context(), at(path)))
	s := opened(t, path)
	_, err := s.AddFirstAdministrator(t.Context(), administrator(t))
	fmt.Fprintf(os.Stdout, "started: %v\n", err)
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

// reset does what an operator does on the command line while the service runs.
func reset(t *testing.T, path string) {
	_, err := opened(t, path).Update(t.Context(), 1, func(d *doctor.Doctor) error {
		d.ResetPassword(doctor.CredentialOf("new"), occasion())
		return nil
	})
	require.NoError(t, err)
}

func TestAFeedSeesWhatAnotherProcessCommits(t *testing.T) {
	path := migrated(t)
	s := opened(t, path)
	id, err := s.Add(t.Context(), newcomer(t, 1))
	require.NoError(t, err)
	feed, err := s.Watch(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, feed.Close()) }()
	round, err := feed.Next(t.Context())
	require.NoError(t, err)
	require.Empty(t, round.Revocations)

	require.NoError(t, child(t, "reset", path).Run())
	round, err = feed.Next(t.Context())
	require.NoError(t, err)
	require.Len(t, round.Revocations, 1)
	require.Equal(t, id, round.Revocations[0].Doctor)
}
