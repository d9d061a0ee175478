package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/config"
)

// FuzzLoad: a setting is taken inside its bounds, or refused in a line under its name that does not repeat the value.
func FuzzLoad(f *testing.F) {
	for _, s := range config.Settings() {
		f.Add(s.Name, s.Default)
		f.Add(s.Name, "-1")
	}
	f.Add("DOCTOR_TRUSTED_PROXIES", "10.0.0.0/8, ::1,fe80::/10")
	f.Add("DOCTOR_TRUSTED_PROXIES", "::ffff:10.0.0.0/104")
	f.Add("DOCTOR_TOKEN_TTL", "hunter2hunter2hunter2")
	f.Add("DOCTOR_CORS_ORIGINS", "https://a.example.com,http://[::1]:8080")
	f.Add("DOCTOR_STORAGE_FILE", "/nowhere\n")
	f.Add("DOCTOR_TYPO", "x")
	f.Add("DOCTOR_PORT_80_TCP", "tcp://10.0.0.1:80")
	f.Add("DOCTOR_\nDOCTOR_STORAGE", "x")
	f.Fuzz(func(t *testing.T, name, value string) {
		if strings.HasSuffix(name, "_FILE") && !strings.HasPrefix(value, "/nowhere/") {
			return // files of this machine are none of the test's
		}
		const secret = "hunter2hunter2"
		c, err := config.Load([]string{"DOCTOR_STORAGE=postgres://u:" + secret + "@h/d", name + "=" + value})
		if err != nil {
			var faults config.Faults
			require.ErrorAs(t, err, &faults)
			require.NotEmpty(t, faults)
			for _, fault := range faults {
				require.True(t, strings.HasPrefix(fault.Variable, "DOCTOR_"), fault.Variable)
			}
			require.NotContains(t, err.Error(), secret)
			if len(value) > 20 && !strings.Contains(name, value) && !strings.HasSuffix(name, "_FILE") {
				require.NotContains(t, err.Error(), value)
			}
			return
		}
		require.GreaterOrEqual(t, c.PasswordMin, 8)
		require.Positive(t, c.LoginFailures)
		require.Positive(t, c.TokenTTL)
		require.LessOrEqual(t, c.TokenTTL.Hours(), 24.)
		require.NotEqual(t, c.TokenIssuer, c.TokenAudience)
		for _, n := range c.TrustedProxies {
			require.True(t, n.IsValid() && !n.Addr().Is4In6(), "%q", value)
		}
		for _, o := range c.CORSOrigins {
			var again config.Origin
			require.NoError(t, again.UnmarshalText([]byte(o)))
			require.Equal(t, o, again)
			require.NotContains(t, string(o), "*")
			require.NotEqual(t, "null", string(o))
		}
		for _, shown := range c.Show() {
			require.NotContains(t, shown, secret)
		}
	})
}
