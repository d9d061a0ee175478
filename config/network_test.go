package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/config"
)

// refused proves that a value of a variable is a fault of that variable, and taken that it is not.
func refused(t *testing.T, variable, value string) {
	t.Helper()
	_, err := config.Load([]string{variable + "=" + value})
	require.ErrorContains(t, err, variable+": is not ", "%q", value)
}

func taken(t *testing.T, variable, value string) config.Config {
	t.Helper()
	c, err := config.Load([]string{variable + "=" + value})
	require.NoError(t, err, "%q", value)
	return c
}

func TestAnAddressThatNobodyCanListenOnIsAFault(t *testing.T) {
	for _, variable := range []string{"DOCTOR_HTTP_ADDR", "DOCTOR_METRICS_ADDR"} {
		for _, value := range []string{"nonsense", "127.0.0.1", ":99999", ":-1", ":+1", "127.0.0.1:", "[::1", "::1:80", ":http"} {
			refused(t, variable, value)
		}
		for _, value := range []string{":0", ":1", "127.0.0.1:65535", "[::1]:80", "localhost:80"} {
			taken(t, variable, value)
		}
	}
}

func TestTrustedProxiesAreNetworksOrSingleAddresses(t *testing.T) {
	c := taken(t, "DOCTOR_TRUSTED_PROXIES", "10.0.0.0/8, 192.168.1.7 ,fd00::/8,2001:db8::1")
	var shown []string
	for _, n := range c.TrustedProxies {
		shown = append(shown, n.String())
	}
	require.Equal(t, []string{"10.0.0.0/8", "192.168.1.7/32", "fd00::/8", "2001:db8::1/128"}, shown)
	for _, value := range []string{",", "10.0.0.0/8,", "10.0.0.0/33", "*", "fe80::1%eth0", "::ffff:10.0.0.0/104", "::ffff:10.1.2.3"} {
		refused(t, "DOCTOR_TRUSTED_PROXIES", value)
	}
}

func TestAnOriginThatNoBrowserSendsIsAFault(t *testing.T) {
	for _, value := range []string{
		"*", "null", ",", "app.example.com", "ftp://a", "https://a/", "https://a/x", "https://a?x", "https://a#x", "https://u@a",
		"HTTPS://a", "https://A.com", "https://*.a.com", "https://a:443", "http://a:80", "https://a:080", "https://a:99999",
		"https://a:", "https://", "https://a b", "https://例子.com",
	} {
		refused(t, "DOCTOR_CORS_ORIGINS", value)
	}
	c := taken(t, "DOCTOR_CORS_ORIGINS", "https://app.example.com, http://localhost:3000,http://[::1]:8044")
	require.Equal(t, []config.Origin{"https://app.example.com", "http://localhost:3000", "http://[::1]:8044"}, c.CORSOrigins)
}
