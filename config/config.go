// Package config is everything an operator may set: one struct, read from environment variables, all faults reported at
// once and each under its variable's name.
//
//	environment  →  Load: known names only, NAME_FILE read, values parsed, contradictions found  →  Config, or Faults
package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config holds the settings. The tags are the one place where names, defaults and meanings stand; --help prints them.
type Config struct {
	HTTPAddr        Address       `env:"DOCTOR_HTTP_ADDR" envDefault:":8080" help:"public listener"`
	MetricsAddr     Address       `env:"DOCTOR_METRICS_ADDR" envDefault:"127.0.0.1:9090" help:"operations listener: /metrics, /healthz, /readyz"`
	Storage         Secret        `env:"DOCTOR_STORAGE" envDefault:"sqlite:doctor.db" file:"true" help:"sqlite:PATH, postgres://… or memory:"`
	Migrate         string        `env:"DOCTOR_MIGRATE" envDefault:"auto" oneof:"auto check" help:"auto: migrate at start when something is pending; check: only compare, stay unready when the schema does not fit"`
	MigrateStorage  Secret        `env:"DOCTOR_MIGRATE_STORAGE" file:"true" help:"URL of the role that may change the schema (default: DOCTOR_STORAGE)"`
	Registration    string        `env:"DOCTOR_REGISTRATION" envDefault:"admin" oneof:"admin open closed" help:"who may register doctors: an administrator, anyone, nobody"`
	BootstrapPhone  string        `env:"DOCTOR_BOOTSTRAP_ADMIN_PHONE" help:"phone of the administrator created when there is none"`
	BootstrapPass   Secret        `env:"DOCTOR_BOOTSTRAP_ADMIN_PASSWORD" file:"true" help:"password of that administrator"`
	TokenTTL        time.Duration `env:"DOCTOR_TOKEN_TTL" envDefault:"8h" min:"1m" max:"24h" help:"how long a login lasts, 1m to 24h"`
	TokenIssuer     string        `env:"DOCTOR_TOKEN_ISSUER" envDefault:"doctor-service" help:"claim iss"`
	TokenAudience   string        `env:"DOCTOR_TOKEN_AUDIENCE" envDefault:"hospital-platform" help:"claim aud"`
	SigningKeyDir   string        `env:"DOCTOR_SIGNING_KEY_DIR" help:"folder of Ed25519 private keys, KID.pem, and the file current (default: PATH.keys beside an embedded database)"`
	PasswordMin     int           `env:"DOCTOR_PASSWORD_MIN_LENGTH" envDefault:"8" min:"8" max:"64" help:"shortest new password, 8 to 64; 15 is advised"`
	Argon2          string        `env:"DOCTOR_ARGON2" envDefault:"m=19456,t=2,p=1" help:"argon2id parameters of new hashes"`
	ReauthWindow    time.Duration `env:"DOCTOR_REAUTH_WINDOW" envDefault:"30m" min:"1s" max:"24h" help:"how fresh a login must be to change the phone"`
	LoginFailures   int           `env:"DOCTOR_LOGIN_FAILURES" envDefault:"5" min:"1" max:"1000" help:"failures of one account from one network in 15 minutes before waits begin"`
	SourceFailures  int           `env:"DOCTOR_LOGIN_FAILURES_PER_SOURCE" envDefault:"200" min:"1" max:"1000000" help:"failures from one network in 5 minutes"`
	AccountFailures int           `env:"DOCTOR_LOGIN_FAILURES_PER_ACCOUNT" envDefault:"100" min:"1" max:"1000000" help:"failures of one account in a row over all networks, before those it did not log in from lately wait for a day"`
	TrustedProxies  []Network     `env:"DOCTOR_TRUSTED_PROXIES" help:"CIDRs whose X-Forwarded-For is believed, separated by commas"`
	CORSOrigins     []Origin      `env:"DOCTOR_CORS_ORIGINS" help:"origins allowed to call from a browser, separated by commas"`
	DrainDelay      time.Duration `env:"DOCTOR_DRAIN_DELAY" envDefault:"0s" min:"0s" max:"10m" help:"how long requests are still served after SIGTERM"`
	LogLevel        string        `env:"DOCTOR_LOG_LEVEL" envDefault:"info" oneof:"debug info warn error" help:"debug, info, warn or error"`
	LogFormat       string        `env:"DOCTOR_LOG_FORMAT" oneof:"json console" help:"json or console (default: console on a terminal)"`
}

// Load reads the settings from an environment as os.Environ gives it. The error is Faults; with it comes what could be
// read nevertheless, for those who look for more faults.
func Load(environ []string) (Config, error) {
	var c Config
	vars, files, faults := variables(environ)
	err := env.ParseWithOptions(&c, env.Options{Environment: vars})
	faults = append(faults, named(err)...)
	for i := range settings {
		if s := settings[i]; !faults.About(s.Name) {
			faults = append(faults, s.check(reflect.ValueOf(c).Field(i))...)
		}
	}
	c.Storage.path = files["DOCTOR_STORAGE"]
	c.MigrateStorage.path = files["DOCTOR_MIGRATE_STORAGE"]
	c.BootstrapPass.path = files["DOCTOR_BOOTSTRAP_ADMIN_PASSWORD"]
	if c.MigrateStorage.Empty() {
		c.MigrateStorage = c.Storage
	}
	faults = append(faults, c.contradictions(faults)...)
	if len(faults) > 0 {
		return c, faults
	}
	return c, nil
}

// contradictions finds settings that are fine alone and cannot both be meant. One that is known to be faulty contradicts
// nothing.
func (c Config) contradictions(known Faults) Faults {
	var found Faults
	check := func(contradict bool, one, other, reason string) {
		if contradict && !known.About(one) && !known.About(other) {
			found = append(found, Fault{one, reason})
		}
	}
	check((c.BootstrapPhone == "") != c.BootstrapPass.Empty(), "DOCTOR_BOOTSTRAP_ADMIN_PHONE", "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD",
		"and DOCTOR_BOOTSTRAP_ADMIN_PASSWORD must both be set, or neither")
	check(c.TokenIssuer == c.TokenAudience, "DOCTOR_TOKEN_AUDIENCE", "DOCTOR_TOKEN_ISSUER",
		"must differ from DOCTOR_TOKEN_ISSUER, which alone is the audience of restricted tokens")
	check(c.HTTPAddr.collides(c.MetricsAddr), "DOCTOR_METRICS_ADDR", "DOCTOR_HTTP_ADDR", "must differ from DOCTOR_HTTP_ADDR")
	a, b := c.Storage.Scheme(), c.MigrateStorage.Scheme()
	check(strings.TrimSuffix(a, "ql") != strings.TrimSuffix(b, "ql"), "DOCTOR_MIGRATE_STORAGE", "DOCTOR_STORAGE",
		"must have the scheme of DOCTOR_STORAGE")
	return found
}

// Fault is one thing wrong with the settings; Reason reads on after the variable's name.
type Fault struct{ Variable, Reason string }

func (f Fault) Error() string { return f.Variable + ": " + f.Reason }

// Faults is everything wrong with the settings, a line each.
type Faults []Fault

// About tells whether a variable, or the file that it comes from, is known to be faulty.
func (f Faults) About(variable string) bool {
	return slices.ContainsFunc(f, func(one Fault) bool {
		return one.Variable == variable || one.Variable == variable+fileEnding
	})
}

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// named turns the reader's faults, which speak of Go's fields, into faults of variables. Values are not repeated: they
// may be secrets.
func named(err error) Faults {
	var all env.AggregateError
	if !errors.As(err, &all) {
		if err != nil {
			return Faults{{"DOCTOR_*", err.Error()}}
		}
		return nil
	}
	var faults Faults
	for _, one := range all.Errors {
		var parse env.ParseError
		if !errors.As(one, &parse) {
			faults = append(faults, Fault{"DOCTOR_*", one.Error()})
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
		faults = append(faults, Fault{field.Tag.Get("env"), "is not " + wanted(field.Type)})
	}
	return faults
}

func wanted(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return "a duration such as 30m or 8h"
	case reflect.TypeFor[int]():
		return "a whole number"
	case reflect.TypeFor[Address]():
		return "an address such as :8080 or 127.0.0.1:9090"
	case reflect.TypeFor[[]Network]():
		return "a list of CIDRs such as 10.0.0.0/8,192.168.1.1/32"
	case reflect.TypeFor[[]Origin]():
		return "a list of origins such as https://app.example.com"
	}
	return fmt.Sprintf("a valid %s", t)
}
