package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

func TestEveryCommandExplainsItself(t *testing.T) {
	for _, command := range []string{
		"", "serve", "migrate", "migrate status", "admin", "admin create", "admin list", "admin show", "admin disable", "admin enable",
		"admin reset-password", "admin erase", "import", "export", "config", "config check", "healthcheck", "version",
	} {
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

// settings are the variables, each with values that are none of its.
var settings = map[string][]string{
	"DOCTOR_HTTP_ADDR":    {"nowhere", "nowhere:http:80", ":65536"},
	"DOCTOR_METRICS_ADDR": {"127.0.0.1", ":-1", ":8080", "127.0.0.1:8080"}, // the other listener's
	"DOCTOR_STORAGE": {
		"mysql://x", "doctor.db", "redis:x", ":", "memory:x", "postgres://u:p@h:bad/x", "postgres://u:p%zz@h/x",
		"postgres://h/x?sslmode=foo", "postgres://h/x?pool=0", "postgres:/h/x",
	},
	"DOCTOR_MIGRATE":                    {"yes", "AUTO"},
	"DOCTOR_MIGRATE_STORAGE":            {"sqlite:elsewhere.db", "postgres"},
	"DOCTOR_REGISTRATION":               {"anyone", "Open"},
	"DOCTOR_BOOTSTRAP_ADMIN_PHONE":      {"13800000000"}, // without the password
	"DOCTOR_BOOTSTRAP_ADMIN_PASSWORD":   nil,
	"DOCTOR_TOKEN_TTL":                  {"59s", "24h1s", "-1h", "8", "2d"},
	"DOCTOR_TOKEN_ISSUER":               nil,
	"DOCTOR_TOKEN_AUDIENCE":             {"doctor-service"}, // the issuer's name
	"DOCTOR_SIGNING_KEY_DIR":            nil,
	"DOCTOR_PASSWORD_MIN_LENGTH":        {"7", "65", "eight", "-8"},
	"DOCTOR_ARGON2":                     {"m=1024,t=2,p=1", "m=19456,t=1,p=1", "m=19456", "t=2", "argon2id", "m=99999999999,t=2,p=1"},
	"DOCTOR_REAUTH_WINDOW":              {"-1s", "x"},
	"DOCTOR_LOGIN_FAILURES":             {"0", "-1", "five", "5.5"},
	"DOCTOR_LOGIN_FAILURES_PER_SOURCE":  {"0", "x"},
	"DOCTOR_LOGIN_FAILURES_PER_ACCOUNT": {"0", "x"},
	"DOCTOR_TRUSTED_PROXIES":            {"10.0.0.0/33", "everybody", "10.0.0.0/8;127.0.0.1", "10.0.0.0/8,", ","},
	"DOCTOR_CORS_ORIGINS":               {"*", "null", "app.example.com", "https://app.example.com/", "https://a.example.com,*"},
	"DOCTOR_DRAIN_DELAY":                {"-1s", "5"},
	"DOCTOR_LOG_LEVEL":                  {"loud", "INFO "},
	"DOCTOR_LOG_FORMAT":                 {"xml"},
}

func TestEverySettingIsInTheHelpAndItsFaultsAreToldUnderItsName(t *testing.T) {
	_, help, _ := run(t, nil, "", "--help")
	for name, faults := range settings {
		require.Contains(t, help, name)
		for _, value := range faults {
			code, stdout, stderr := run(t, []string{"DOCTOR_STORAGE=memory:", name + "=" + value}, "", "config", "check")
			require.Equal(t, 2, code, "%s=%s: %s", name, value, stdout)
			require.Len(t, lines(stderr), 1, stderr)
			require.True(t, strings.HasPrefix(stderr, name+": "), stderr)
		}
	}
}

func TestSettingsThatCanNeverWorkEndWithOneLine(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, []byte("no database"), 0o600))
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	for what, environ := range map[string][]string{
		"a folder that is not there":     {"DOCTOR_STORAGE=sqlite:" + folder + "/none/doctor.db"},
		"a folder below a file":          {"DOCTOR_STORAGE=sqlite:" + file + "/doctor.db"},
		"a file that is no database":     {"DOCTOR_STORAGE=sqlite:" + file},
		"a key folder that is not there": {"DOCTOR_STORAGE=memory:", "DOCTOR_SIGNING_KEY_DIR=" + folder + "/none"},
		"an empty key folder":            {"DOCTOR_STORAGE=memory:", "DOCTOR_SIGNING_KEY_DIR=" + t.TempDir()},
		"an address that is taken":       {"DOCTOR_STORAGE=memory:", "DOCTOR_HTTP_ADDR=" + taken.Addr().String()},
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

func TestReplicasThatStartTogetherOnNothingCreateOneSchemaAndOneAdministrator(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		if strings.HasSuffix(t.Name(), "postgres") {
			environ = append(environ, "DOCTOR_STORAGE="+postgrestest.Empty(t))
		}
		replicas := make(chan *service, 8)
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

func TestARequestInFlightIsFinishedAndNoOtherTaken(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		conn := s.dial()
		body := credentials(adminPhone, adminPassword)
		_, err := fmt.Fprintf(conn, "POST /doctor/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			len(body), body[:10])
		require.NoError(t, err)
		s.admin() // by now the request is in the handler's hands as well
		require.NoError(t, s.command.Process.Signal(syscall.SIGTERM))
		s.await("closed", func() bool { return s.status(s.base+"/healthz") == 0 })
		_, err = fmt.Fprint(conn, body[10:])
		require.NoError(t, err)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		a, err := read(response)
		require.NoError(t, err)
		accepted(t, a)
		require.Contains(t, a.Body, `"token":`)
		<-s.exited
		require.Zero(t, s.command.ProcessState.ExitCode())
	})
}

func TestAStorageInMemoryNeedsNothing(t *testing.T) {
	s := start(t, "DOCTOR_STORAGE=memory:", "DOCTOR_BOOTSTRAP_ADMIN_PHONE="+adminPhone, "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD="+adminPassword)
	p := s.person()
	accepted(t, p.patch(`"gender":"男"`))
	require.Equal(t, "男", p.profile()["gender"])
	accepted(t, p.ask("POST", "/doctor/logout", ""))
	refused(t, 40100, p.get())
	left, err := os.ReadDir(s.command.Dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// The role that serves may not change the schema; its password changes while it serves.
func TestARoleWithoutDDLServesAndItsPasswordRotates(t *testing.T) {
	environ := storage(t, "postgres")
	owner := postgrestest.Empty(t)
	role, url := postgrestest.Role(t, owner, "the-first-secret")
	file := filepath.Join(t.TempDir(), "url")
	url = strings.Replace(url, "postgres://", "postgresql://", 1)
	require.NoError(t, os.WriteFile(file, []byte(url+"\n"), 0o600))
	s := start(t, append(environ, "DOCTOR_STORAGE=", "DOCTOR_STORAGE_FILE="+file, "DOCTOR_MIGRATE_STORAGE="+owner)...)
	p := s.person()
	accepted(t, p.patch(`"gender":"男"`))

	_, err := postgrestest.Open(t, url).Exec("CREATE TABLE mine (id int)")
	require.ErrorContains(t, err, "permission denied")
	_, err = postgrestest.Open(t, url).Exec("UPDATE doctor_events SET actor = 'nobody'")
	require.ErrorContains(t, err, "permission denied")

	_, err = postgrestest.Open(t, owner).Exec("ALTER ROLE " + role + " PASSWORD 'the-second-secret'")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(url, "first", "second", 1)), 0o600))
	postgrestest.Cut(t, owner, "")
	s.await("logged in with the new password", func() bool { return p.get().Status == 200 })
	accepted(t, s.login(p.phone, doctorPassword))
	accepted(t, p.ask("POST", "/doctor/logout", ""))
	holdsNone(t, s.logs.String(), []string{"the-first-secret", "the-second-secret"})
}

func TestLogsAreForPeopleIfTheyAsk(t *testing.T) {
	s := begin(t, "DOCTOR_STORAGE=memory:", "DOCTOR_LOG_FORMAT=console")
	s.await("telling", func() bool { return strings.Contains(s.logs.String(), "storage is ready") })
	require.Zero(t, s.stop(syscall.SIGTERM))
	for _, line := range lines(s.logs.String()) {
		require.False(t, json.Valid([]byte(line)), line)
	}
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
		"DOCTOR_SERVICE_HOST=10.1.2.3", "DOCTOR_SERVICE_PORT=8080", "DOCTOR_SERVICE_PORT_HTTP=8080", "DOCTOR_PORT=tcp://10.1.2.3:8080",
		"DOCTOR_PORT_8080_TCP=tcp://10.1.2.3:8080", "DOCTOR_PORT_8080_TCP_ADDR=10.1.2.3", "DOCTOR_PORT_53_UDP_PROTO=udp", "DOCTOR_TEST_ANYTHING=1",
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
