package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/config"
)

func TestDefaultsNeedNoSettings(t *testing.T) {
	c, err := config.Load([]string{"PATH=/bin", "DOCTOR_HTTP_ADDR="})
	require.NoError(t, err)
	require.Equal(t, config.Address(":8080"), c.HTTPAddr)
	require.Equal(t, 8*time.Hour, c.TokenTTL)
	storage, err := c.Storage.Reveal()
	require.NoError(t, err)
	require.Equal(t, "sqlite:doctor.db", storage)
	require.Equal(t, c.Storage, c.MigrateStorage)
}

func TestEveryFaultIsReportedAtOnceUnderItsVariable(t *testing.T) {
	_, err := config.Load([]string{
		"DOCTOR_TOKEN_TTL=25h", "DOCTOR_PASSWORD_MIN_LENGTH=seven", "DOCTOR_REAUTH_WINDOW=soon",
		"DOCTOR_TRUSTED_PROXIES=10.0.0.0/8,nowhere", "DOCTOR_CORS_ORIGINS=*", "DOCTOR_MIGRATE=maybe",
		"DOCTOR_BOOTSTRAP_ADMIN_PHONE=13800000000", "DOCTOR_TOKEN_ISSUER=hospital-platform",
		"DOCTOR_TYPO=1", "DOCTOR_LOGIN_FAILURES=0", "DOCTOR_MIGRATE_STORAGE=postgres://x", "DOCTOR_METRICS_ADDR=:8080",
	})
	require.Error(t, err)
	for _, name := range []string{
		"DOCTOR_TOKEN_TTL", "DOCTOR_PASSWORD_MIN_LENGTH", "DOCTOR_REAUTH_WINDOW", "DOCTOR_TRUSTED_PROXIES",
		"DOCTOR_CORS_ORIGINS", "DOCTOR_MIGRATE", "DOCTOR_BOOTSTRAP_ADMIN_PHONE", "DOCTOR_TOKEN_AUDIENCE",
		"DOCTOR_TYPO", "DOCTOR_LOGIN_FAILURES", "DOCTOR_MIGRATE_STORAGE", "DOCTOR_METRICS_ADDR",
	} {
		require.Equal(t, 1, strings.Count("\n"+err.Error(), "\n"+name+": "), "%s in\n%s", name, err)
	}
	require.Len(t, strings.Split(err.Error(), "\n"), 12)
}

func TestNamesOfKubernetesAndOfTestsAreIgnored(t *testing.T) {
	_, err := config.Load([]string{
		"DOCTOR_TEST_POSTGRES=x", "DOCTOR_SERVICE_HOST=10.0.0.1", "DOCTOR_SERVICE_PORT=80", "DOCTOR_SERVICE_PORT_HTTP=80",
		"DOCTOR_PORT=tcp://10.0.0.1:80", "DOCTOR_PORT_80_TCP=tcp://10.0.0.1:80", "DOCTOR_PORT_80_TCP_PROTO=tcp",
		"DOCTOR_PORT_80_TCP_PORT=80", "DOCTOR_PORT_80_TCP_ADDR=10.0.0.1", "DOCTOR_PORT_53_UDP=udp://10.0.0.1:53",
	})
	require.NoError(t, err)
	_, err = config.Load([]string{"DOCTOR_PORTS=1", "DOCTOR_SERVICE=1"})
	require.ErrorContains(t, err, "DOCTOR_PORTS")
	require.ErrorContains(t, err, "DOCTOR_SERVICE")
}

func TestASecretMayComeFromAFileAndIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte("postgres://a:one@h/db\r\n"), 0o600))
	c, err := config.Load([]string{"DOCTOR_STORAGE_FILE=" + path})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte("postgres://a:two@h/db\n"), 0o600))
	for _, secret := range []config.Secret{c.Storage, c.MigrateStorage} {
		got, err := secret.Reveal()
		require.NoError(t, err)
		require.Equal(t, "postgres://a:two@h/db", got)
	}
}

func TestBothFormsOfASecretAreAContradiction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte("memory:"), 0o600))
	_, err := config.Load([]string{"DOCTOR_STORAGE_FILE=" + path, "DOCTOR_STORAGE=memory:"})
	require.EqualError(t, err, "DOCTOR_STORAGE: and DOCTOR_STORAGE_FILE are both set; use one")
	_, err = config.Load([]string{"DOCTOR_BOOTSTRAP_ADMIN_PASSWORD_FILE=" + path + "x", "DOCTOR_BOOTSTRAP_ADMIN_PHONE=1"})
	require.ErrorContains(t, err, "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD_FILE: cannot read")
	_, err = config.Load([]string{"DOCTOR_TOKEN_TTL_FILE=" + path})
	require.ErrorContains(t, err, "DOCTOR_TOKEN_TTL_FILE: is not a setting")
}

func TestSecretsAreNeverShown(t *testing.T) {
	c, err := config.Load([]string{"DOCTOR_STORAGE=postgres://a:hush@h/db"})
	require.NoError(t, err)
	encoded, err := json.Marshal(c)
	require.NoError(t, err)
	for _, shown := range []string{
		string(encoded), c.Storage.String(), fmt.Sprintf("%v %+v %#v %s %q %x", c, c, c, c.Storage, c.Storage, c.Storage),
	} {
		require.NotContains(t, shown, "hush")
	}
}
