package main_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

func TestEveryCommandExplainsItself(t *testing.T) {
	for _, command := range []string{"", "serve", "migrate", "migrate status", "admin create", "config check", "healthcheck", "version"} {
		code, stdout, stderr := run(t, nil, "", append(strings.Fields(command), "--help")...)
		require.Zero(t, code, command)
		require.Contains(t, stdout, "Usage: doctor-service")
		require.Empty(t, stderr)
	}
	code, stdout, _ := run(t, nil, "", "version")
	require.Zero(t, code)
	require.Contains(t, stdout, "doctor-service ")
	code, _, stderr := run(t, nil, "", "administrate")
	require.Equal(t, 2, code)
	require.Len(t, lines(stderr), 1)
}

func TestFaultySettingsStopTheStartWithALineEach(t *testing.T) {
	for _, command := range [][]string{nil, {"serve"}, {"config", "check"}} {
		code, stdout, stderr := run(t, []string{
			"DOCTOR_TOKEN_TTL=2d", "DOCTOR_ARGON2=m=1024,t=1,p=1", "DOCTOR_STORAGE=mysql://x", "DOCTOR_COLOUR=red",
			"DOCTOR_BOOTSTRAP_ADMIN_PHONE=123", "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD=short",
		}, "", command...)
		require.Equal(t, 2, code)
		require.Empty(t, stdout)
		for _, name := range []string{"DOCTOR_TOKEN_TTL", "DOCTOR_COLOUR"} {
			require.Contains(t, stderr, name+": ")
		}
	}
	code, _, stderr := run(t, []string{
		"DOCTOR_ARGON2=m=1024,t=1,p=1", "DOCTOR_STORAGE=mysql://x:hush@h/d", "DOCTOR_BOOTSTRAP_ADMIN_PHONE=123",
		"DOCTOR_BOOTSTRAP_ADMIN_PASSWORD=short",
	}, "")
	require.Equal(t, 2, code)
	require.Len(t, lines(stderr), 4, stderr)
	for _, name := range []string{"DOCTOR_ARGON2", "DOCTOR_STORAGE", "DOCTOR_BOOTSTRAP_ADMIN_PHONE", "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD"} {
		require.Contains(t, stderr, name+": ")
	}
	require.NotContains(t, stderr, "hush")
	code, _, stderr = run(t, []string{"DOCTOR_STORAGE=postgres://localhost/x"}, "")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "DOCTOR_SIGNING_KEY_DIR: ")
}

func TestSettingsThatCanNeverWorkEndWithOneLine(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, []byte("no database"), 0o600))
	for what, environ := range map[string][]string{
		"a folder that is not there":     {"DOCTOR_STORAGE=sqlite:" + folder + "/none/doctor.db"},
		"a folder below a file":          {"DOCTOR_STORAGE=sqlite:" + file + "/doctor.db"},
		"a file that is no database":     {"DOCTOR_STORAGE=sqlite:" + file},
		"a key folder that is not there": {"DOCTOR_STORAGE=memory:", "DOCTOR_SIGNING_KEY_DIR=" + folder + "/none"},
		"an empty key folder":            {"DOCTOR_STORAGE=memory:", "DOCTOR_SIGNING_KEY_DIR=" + t.TempDir()},
		"an address that is no address":  {"DOCTOR_STORAGE=memory:", "DOCTOR_HTTP_ADDR=nowhere:http:80"},
	} {
		t.Run(what, func(t *testing.T) {
			code, _, stderr := run(t, append([]string{"DOCTOR_HTTP_ADDR=127.0.0.1:0", "DOCTOR_METRICS_ADDR=127.0.0.1:0"}, environ...), "")
			require.Equal(t, 1, code, stderr)
			said := lines(stderr)
			require.True(t, strings.HasPrefix(said[len(said)-1], "doctor-service: "), stderr)
			for _, line := range said[:len(said)-1] {
				require.True(t, json.Valid([]byte(line)), line)
			}
		})
	}
}

func TestABootstrapPhoneOfAnOrdinaryDoctorEndsWithOneLine(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		phone, _ := s.doctor()
		require.Zero(t, s.stop(syscall.SIGTERM))
		again := launchToEnd(t, append(environ, "DOCTOR_BOOTSTRAP_ADMIN_PHONE="+phone))
		require.Equal(t, 1, again.command.ProcessState.ExitCode())
		require.Contains(t, again.logs.String(), "\ndoctor-service: ")
	})
}

func TestReplicasThatStartTogetherCreateOneAdministrator(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		replicas := make(chan *service, 4)
		for range cap(replicas) {
			replicas <- launch(t, environ...)
		}
		close(replicas)
		for s := range replicas {
			s.await("ready", func() bool { return s.status(s.base+"/readyz") == http.StatusOK })
			a := s.login(adminPhone, adminPassword)
			require.Equal(t, 200, a.Status, a.Body)
			require.JSONEq(t, `1`, string(data[map[string]json.RawMessage](t, a)["id"]))
		}
	})
}

func TestAPostgresThatDoesNotAnswerIsWaitedFor(t *testing.T) {
	environ := storage(t, "postgres")
	s := launch(t, append(environ, "DOCTOR_STORAGE=postgres://nobody@127.0.0.1:9/none")...)
	require.Equal(t, 200, s.status(s.base+"/healthz"))
	a := s.call("GET", "/readyz", "")
	require.Equal(t, 503, a.Status)
	require.Contains(t, a.Body, `"storage"`)
	require.NotContains(t, a.Body, "127.0.0.1")
	a = s.login(adminPhone, adminPassword)
	require.Equal(t, 50300, a.Code)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	require.Zero(t, s.stop(syscall.SIGTERM))
}

var printed = regexp.MustCompile(`(?m)^\s*password\s+(\S{20})$`)

func TestTheFirstStartPrintsAnAdministratorOnceAndNeverIntoTheLog(t *testing.T) {
	environ := []string{"DOCTOR_STORAGE=sqlite:" + filepath.Join(t.TempDir(), "doctor.db")}
	s := start(t, environ...)
	said := s.stdout.String()
	require.Contains(t, said, adminPhone)
	password := printed.FindStringSubmatch(said)
	require.NotNil(t, password, said)
	a := s.login(adminPhone, password[1])
	require.Equal(t, 200, a.Status)
	require.Contains(t, string(a.Data), `"管理员"`)
	require.Zero(t, s.stop(syscall.SIGTERM))
	require.NotContains(t, s.logs.String(), password[1])

	s = start(t, environ...)
	require.Equal(t, 200, s.login(adminPhone, password[1]).Status)
	require.Zero(t, s.stop(syscall.SIGTERM))
	require.Empty(t, s.stdout.String())
}

func TestTermEndsInOrder(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, append(environ, "DOCTOR_DRAIN_DELAY=1500ms")...)
		token := s.admin()
		require.NoError(t, s.command.Process.Signal(syscall.SIGTERM))
		s.await("unready", func() bool { return s.status(s.base+"/readyz") == http.StatusServiceUnavailable })
		a := s.call("GET", "/doctor/doctor_manage", "", bearer(token))
		require.Equal(t, 200, a.Status, "requests are still served while the replica drains")
		require.True(t, a.Ends, "clients are asked to leave the connection")
		require.Contains(t, s.call("GET", "/readyz", "").Body, `"drain"`)
		select {
		case <-s.exited:
		case <-time.After(20 * time.Second):
			t.Fatal("the service does not stop")
		}
		require.Zero(t, s.command.ProcessState.ExitCode())
		require.Zero(t, s.status(s.base+"/healthz"))
	})
}

func TestLogsAreJSONLinesOnStandardError(t *testing.T) {
	s := start(t, storage(t, "sqlite")...)
	s.admin()
	require.Zero(t, s.stop(syscall.SIGINT))
	for _, line := range lines(s.logs.String()) {
		require.True(t, json.Valid([]byte(line)), line)
	}
	require.Empty(t, s.stdout.String())
	s = launch(t, append(storage(t, "sqlite"), "DOCTOR_LOG_LEVEL=debug")...)
	require.Contains(t, s.logs.String(), `"debug"`)
}

func TestOperatorsCommandsWorkBesideARunningService(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		code, _, _ := run(t, environ, "", "migrate", "status")
		if strings.Contains(strings.Join(environ, " "), "sqlite") {
			require.Equal(t, 1, code, "nothing was migrated yet")
		}
		code, stdout, stderr := run(t, environ, "", "migrate")
		require.Zero(t, code, stderr)
		require.Contains(t, stdout, "schema version")
		code, _, _ = run(t, environ, "", "migrate", "status")
		require.Zero(t, code)

		s := start(t, append(environ, "DOCTOR_MIGRATE=check")...)
		phone := freshPhone()
		code, stdout, stderr = run(t, environ, doctorPassword+"\n", "admin", "create", "--phone", phone, "--name", "李雷")
		require.Zero(t, code, stderr)
		require.Contains(t, stdout, "administrator")
		a := s.login(phone, doctorPassword)
		require.Contains(t, a.Body, `"role":"admin"`)
		code, _, stderr = run(t, environ, doctorPassword, "admin", "create", "--phone", phone)
		require.Equal(t, 1, code, "the phone is taken")
		require.Len(t, lines(stderr), 1)
		code, _, stderr = run(t, environ, phone, "admin", "create", "--phone", phone)
		require.Equal(t, 1, code, "a password made of the phone")
		require.Contains(t, stderr, "password")

		ops := "DOCTOR_METRICS_ADDR=" + strings.TrimPrefix(s.ops, "http://")
		for _, args := range [][]string{{"healthcheck"}, {"healthcheck", "--ready"}} {
			code, _, stderr = run(t, append(environ, ops), "", args...)
			require.Zero(t, code, stderr)
		}
		require.Zero(t, s.stop(syscall.SIGTERM))
		code, _, _ = run(t, append(environ, ops), "", "healthcheck")
		require.Equal(t, 1, code)
	})
}

func TestAMissingSchemaIsOnlyComparedWhenToldSo(t *testing.T) {
	s := launch(t, "DOCTOR_STORAGE=sqlite:"+filepath.Join(t.TempDir(), "doctor.db"), "DOCTOR_MIGRATE=check")
	require.Equal(t, 200, s.status(s.base+"/healthz"))
	s.await("saying what is missing", func() bool { return strings.Contains(s.call("GET", "/readyz", "").Body, `"schema"`) })
	require.Zero(t, s.stop(syscall.SIGTERM))
}

func TestSecretsMayComeFromFiles(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	environ := []string{
		"DOCTOR_STORAGE_FILE=" + file("url", "sqlite:"+folder+"/doctor.db\n"), "DOCTOR_HTTP_ADDR=",
		"DOCTOR_BOOTSTRAP_ADMIN_PHONE=" + adminPhone, "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD_FILE=" + file("password", adminPassword+"\n"),
		"DOCTOR_SERVICE_HOST=10.1.2.3", "DOCTOR_PORT_8080_TCP=tcp://10.1.2.3:8080", "DOCTOR_TEST_ANYTHING=1",
	}
	s := start(t, append(environ, "DOCTOR_HTTP_ADDR=127.0.0.1:0")...)
	s.admin()
	require.Empty(t, s.stdout.String(), "a configured administrator is not printed")
	code, stdout, _ := run(t, environ, "", "config", "check")
	require.Zero(t, code)
	require.NotContains(t, stdout, adminPassword)
	code, _, stderr := run(t, append(environ, "DOCTOR_STORAGE=memory:"), "")
	require.Equal(t, 2, code)
	require.Len(t, lines(stderr), 1)
}

// launchToEnd starts a service that is expected to end by itself.
func launchToEnd(t *testing.T, environ []string) *service {
	t.Helper()
	s := begin(t, environ...)
	select {
	case <-s.exited:
	case <-time.After(20 * time.Second):
		t.Fatalf("the service goes on:\n%s", s.logs)
	}
	return s
}
