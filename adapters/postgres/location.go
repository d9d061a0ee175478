package postgres

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"
)

var schemes = []string{"postgres", "postgresql"}

// location is what a storage URL says.
type location struct {
	config pq.Config
	pool   int
	kept   bool // statements are prepared once and kept
}

const (
	connectTimeout  = 3 * time.Second
	defaultPool     = 16
	greatestPool    = 1000
	applicationName = "doctor-service"
)

// errURL does not repeat the URL, nor what url.Parse says of it: both may show the password.
var errURL = errors.New("the storage URL is malformed: write postgres://user:password@host:port/database, " +
	"special characters percent-encoded")

// locate reads a URL and fills in what it leaves open.
func locate(raw string) (location, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.OmitHost || u.Fragment != "" || !slices.Contains(schemes, u.Scheme) {
		return location{}, errURL // with one slash instead of two (OmitHost) lib/pq would show all of it
	}
	parameters, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return location{}, errURL
	}
	l := location{}
	if l.pool, err = poolSize(parameters.Get("pool")); err != nil {
		return location{}, err
	}
	if l.kept, err = statementsKept(parameters.Get("statements")); err != nil {
		return location{}, err
	}
	parameters.Del("pool")
	parameters.Del("statements")
	u.RawQuery = parameters.Encode()
	if u.Path == "" {
		u.Path = "/" // without it "postgres://" would lose its slashes
	}

	if l.config, err = pq.NewConfig(u.String()); err != nil {
		return location{}, fmt.Errorf("the storage URL, or a PG* variable, cannot be used: %w", err)
	}
	l.complete()
	return l, nil
}

func poolSize(given string) (int, error) {
	if given == "" {
		return defaultPool, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > greatestPool {
		return 0, fmt.Errorf("pool in the storage URL must be a number from 1 to %d", greatestPool)
	}
	return n, nil
}

func statementsKept(given string) (bool, error) {
	switch given {
	case "", "kept":
		return true, nil
	case "unkept":
		return false, nil
	}
	return false, errors.New(`statements in the storage URL must be "kept" or "unkept"`)
}

func (l *location) complete() {
	c := &l.config
	if c.SSLMode == "" {
		c.SSLMode = pq.SSLModeRequire
		if l.isLocal() {
			c.SSLMode = pq.SSLModeDisable
		}
	}
	if c.ConnectTimeout <= 0 {
		c.ConnectTimeout = connectTimeout
	}
	if c.ApplicationName == "" {
		c.ApplicationName = applicationName
	}
	c.BinaryParameters = c.BinaryParameters || !l.kept // else lib/pq takes two round trips, which a PgBouncer may part
}

// isLocal tells whether nothing that is sent leaves this machine.
func (l *location) isLocal() bool {
	local := isLoopback(l.config.Host, l.config.Hostaddr)
	for _, other := range l.config.Multi {
		local = local && isLoopback(other.Host, other.Hostaddr)
	}
	return local
}

func isLoopback(host string, address netip.Addr) bool {
	if address.IsValid() {
		return address.IsLoopback()
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	socket := filepath.IsAbs(host) || strings.HasPrefix(host, "@")
	return socket || host == "localhost"
}

// What the server is asked for at startup.
//   - Limits that it keeps by itself, so that no statement of ours outlives the one who asked for it. They end before the
//     connection's own deadline does: then the connection can be used again.
//   - What the statements were written for: they lock and look again, and each finds single rows by an index, whatever
//     its values are. Planning takes longer than they do.
var sessionSettings = map[string]string{
	"statement_timeout":                   "2500ms",
	"lock_timeout":                        "2000ms",
	"idle_in_transaction_session_timeout": "10s",
	"default_transaction_isolation":       "read committed",
	"plan_cache_mode":                     "force_generic_plan",
}

// setSession asks for the settings, but for those that the URL gives.
func (l *location) setSession() {
	if !l.kept {
		return
	}
	for name, value := range sessionSettings {
		if _, given := l.config.Runtime[name]; !given && !strings.Contains(l.config.Options, name) {
			l.config.Runtime[name] = value
		}
	}
}
