// The tests of this package are a stranger's: they build the program, start it as an operator would and talk to it over
// HTTP, on SQLite and on Postgres. Each proves lines of the service's contract; go test -v prints them.
package main_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// binary is the program, built once.
var binary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "doctor-service")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(folder, "doctor-service")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s%v\n", out, err)
		os.Exit(1)
	}
	code := max(m.Run(), endShared())
	postgrestest.Stop()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

const (
	adminPhone    = "13800000000"
	adminPassword = "wholly-new-stethoscope"
)

// storages are what every line of the contract must hold on.
var storages = []string{"sqlite", "postgres"}

func onEachStorage(t *testing.T, prove func(t *testing.T, environ []string)) {
	t.Helper()
	for _, kind := range storages {
		t.Run(kind, func(t *testing.T) { prove(t, storage(t, kind)) })
	}
}

// storage gives the settings of a service on a fresh storage of one kind, with a known administrator.
func storage(t testing.TB, kind string) []string {
	t.Helper()
	folder := t.TempDir()
	environ := []string{
		"DOCTOR_BOOTSTRAP_ADMIN_PHONE=" + adminPhone, "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD=" + adminPassword,
	}
	if kind == "sqlite" {
		return append(environ, "DOCTOR_STORAGE=sqlite:"+filepath.Join(folder, "doctor.db"))
	}
	keys := filepath.Join(folder, "keys")
	require.NoError(t, os.Mkdir(keys, 0o700))
	newKey(t, filepath.Join(keys, "k1.pem"))
	return append(environ, "DOCTOR_STORAGE="+postgrestest.Database(t), "DOCTOR_SIGNING_KEY_DIR="+keys)
}

// run runs a command of the program to its end.
func run(t testing.TB, environ []string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, binary, args...)
	c.Env, c.Dir, c.Stdin = environ, t.TempDir(), strings.NewReader(stdin)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok { //nolint:errorlint // exec returns it bare
		require.NoError(t, err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// service is a program that serves.
type service struct {
	t            testing.TB
	environ      []string
	command      *exec.Cmd
	base, ops    string
	stdout, logs *transcript
	exited       chan struct{}
	boss         *boss
}

var listening = regexp.MustCompile(`"listening","for":"(\w+)","address":"([^"]+)"`)

// start starts the program and waits until it is ready.
func start(t testing.TB, environ ...string) *service {
	t.Helper()
	s := launch(t, environ...)
	s.await("ready", func() bool { return s.status(s.base+"/readyz") == http.StatusOK })
	return s
}

// launch starts the program and waits until it listens.
func launch(t testing.TB, environ ...string) *service {
	t.Helper()
	s := begin(t, environ...)
	s.await("listening", func() bool {
		for _, found := range listening.FindAllStringSubmatch(s.logs.String(), -1) {
			if found[1] == "clients" {
				s.base = "http://" + found[2]
			} else {
				s.ops = "http://" + found[2]
			}
		}
		return s.base != "" && s.ops != ""
	})
	return s
}

// begin starts the program on free ports.
func begin(t testing.TB, environ ...string) *service {
	t.Helper()
	s := &service{
		t: t, environ: environ, stdout: &transcript{}, logs: &transcript{}, exited: make(chan struct{}), boss: &boss{},
	}
	s.command = exec.Command(binary)
	s.command.Dir = t.TempDir()
	s.command.Env = append([]string{"DOCTOR_HTTP_ADDR=127.0.0.1:0", "DOCTOR_METRICS_ADDR=127.0.0.1:0"}, environ...)
	s.command.Stdout, s.command.Stderr = s.stdout, s.logs
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, s.command.Start())
	go func() {
		_ = s.command.Wait() // how it ended is in ProcessState
		close(s.exited)
	}()
	t.Cleanup(func() {
		_ = s.command.Process.Kill() // most are stopped already
		<-s.exited
		if secret := secretIn(s.logs.String()); secret != "" {
			t.Errorf("the log of a whole test holds a secret: %s", secret)
		}
		if t.Failed() {
			t.Logf("the service said:\n%s", s.logs)
		}
	})
	return s
}

// await polls until it is so.
func (s *service) await(what string, so func() bool) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if so() {
			return
		}
		select {
		case <-s.exited:
			s.t.Fatalf("the service ended with code %d before it was %s:\n%s", s.command.ProcessState.ExitCode(), what, s.logs)
		case <-time.After(10 * time.Millisecond):
		}
	}
	s.t.Fatalf("the service was not %s in time:\n%s", what, s.logs)
}

// stop ends the service with a signal and gives its exit code.
func (s *service) stop(signal os.Signal) int {
	s.t.Helper()
	require.NoError(s.t, s.command.Process.Signal(signal))
	select {
	case <-s.exited:
	case <-time.After(40 * time.Second):
		s.t.Fatalf("the service does not stop:\n%s", s.logs)
	}
	return s.command.ProcessState.ExitCode()
}

// status asks and gives the status; 0 when nobody answers.
func (s *service) status(url string) int {
	answer, err := http.Get(url) //nolint:gosec,noctx // the test's own service
	if err != nil {
		return 0
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode
}

func (s *service) dial() net.Conn {
	s.t.Helper()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(s.t.Context(), "tcp", strings.TrimPrefix(s.base, "http://"))
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// transcript is what a running program writes.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
