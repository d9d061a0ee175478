package postgres

import (
	"strings"
	"testing"

	"github.com/lib/pq"
)

func TestSSLModeIsThatOfTheURLThenOfTheEnvironmentThenByDistance(t *testing.T) {
	for _, c := range []struct {
		url, environment string
		want             pq.SSLMode
	}{
		{"postgres://db.example/doctors", "", "require"},
		{"postgres://10.1.2.3/doctors", "", "require"},
		{"postgres://db.example/doctors?sslmode=verify-full", "disable", "verify-full"},
		{"postgres://db.example/doctors", "disable", "disable"},
		{"postgres://localhost/doctors?sslmode=require", "", "require"},
		{"postgres://localhost/doctors", "", "disable"},
		{"postgresql://127.0.0.9:5433/doctors", "", "disable"},
		{"postgres://[::1]:5432/doctors", "", "disable"},
		{"postgres:///doctors", "", "disable"},
		{"postgres:///doctors?host=/run/postgresql", "", "disable"},
		{"postgres:///doctors?host=db.example", "", "require"},
		{"postgres://localhost/doctors?hostaddr=10.1.2.3", "", "require"},
		{"postgres://localhost,127.0.0.1/doctors?port=1,2", "", "disable"},
		{"postgres://localhost,db.example/doctors?port=1,2", "", "require"},
		{"postgres://db.example/doctors?sslrootcert=system", "", "verify-full"},
	} {
		t.Run(c.url+" "+c.environment, func(t *testing.T) {
			if c.environment != "" {
				t.Setenv("PGSSLMODE", c.environment)
			}
			l, err := locate(c.url)
			if err != nil {
				t.Fatal(err)
			}
			if l.config.SSLMode != c.want {
				t.Errorf("sslmode is %q, want %q", l.config.SSLMode, c.want)
			}
		})
	}
}

func TestWhatTheURLLeavesOutComesFromTheEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"PGHOST": "db.example", "PGPORT": "6000", "PGUSER": "u", "PGPASSWORD": "p", "PGDATABASE": "d",
	} {
		t.Setenv(name, value)
	}
	l, err := locate("postgres://")
	if err != nil {
		t.Fatal(err)
	}
	c := l.config
	if c.Host != "db.example" || c.Port != 6000 || c.User != "u" || c.Password != "p" || c.Database != "d" {
		t.Errorf("got host %q, port %d, user %q, database %q", c.Host, c.Port, c.User, c.Database)
	}
	if c.SSLMode != pq.SSLModeRequire {
		t.Errorf("sslmode is %q for a server elsewhere", c.SSLMode)
	}
}

func TestOwnParametersAreTakenAndAllOthersGoToTheServer(t *testing.T) {
	l, err := locate("postgres://h/d?pool=3&statements=unkept&search_path=doctors&application_name=x")
	if err != nil {
		t.Fatal(err)
	}
	if l.pool != 3 || l.kept || !l.config.BinaryParameters {
		t.Errorf("pool is %d, kept is %t, binary parameters are %t", l.pool, l.kept, l.config.BinaryParameters)
	}
	if len(l.config.Runtime) != 1 || l.config.Runtime["search_path"] != "doctors" || l.config.ApplicationName != "x" {
		t.Errorf("the server gets %v and %q", l.config.Runtime, l.config.ApplicationName)
	}

	l, err = locate("postgres://h/d")
	if err != nil {
		t.Fatal(err)
	}
	if l.pool != 16 || !l.kept || l.config.BinaryParameters || l.config.ApplicationName != "doctor-service" {
		t.Errorf("by default the pool is %d, kept is %t, the name %q", l.pool, l.kept, l.config.ApplicationName)
	}
}

func TestSessionSettingsAreAskedForUnlessGivenOrUnwelcome(t *testing.T) {
	limits := func(url string) map[string]string {
		l, err := locate(url)
		if err != nil {
			t.Fatal(err)
		}
		l.setSession()
		return l.config.Runtime
	}
	if got := limits("postgres://h/d"); len(got) != len(sessionSettings) || got["statement_timeout"] == "" {
		t.Errorf("limits are %v", got)
	}
	if got := limits("postgres://h/d?statement_timeout=1s")["statement_timeout"]; got != "1s" {
		t.Errorf("the URL's own limit became %q", got)
	}
	if _, sent := limits("postgres://h/d?options=-c%20lock_timeout%3D9s")["lock_timeout"]; sent {
		t.Error("a limit that options give is given again")
	}
	if got := limits("postgres://h/d?statements=unkept"); len(got) != 0 {
		t.Errorf("a PgBouncer would refuse %v", got)
	}
}

func TestARiskIsWhatOthersMayReadOrGuess(t *testing.T) {
	for url, risks := range map[string]int{
		"postgres://u:a%20long%20one@db.example/d?sslmode=verify-full": 0,
		"postgres://u@db.example/d?sslmode=verify-ca":                  0,
		"postgres://u@db.example/d?sslrootcert=system":                 0,
		"postgres://u@db.example/d?sslmode=require&sslrootcert=ca.crt": 0,
		"postgres://u@localhost/d":                                     0,
		"postgres:///d?host=/run/postgresql":                           0,
		"postgres://u@db.example/d":                                    1,
		"postgres://u@db.example/d?sslmode=disable":                    1,
		"postgres://u@db.example/d?sslmode=prefer&sslrootcert=ca.crt":  1,
		"postgres://u@localhost,db.example/d?port=1,2&sslmode=allow":   1,
		"postgres://u:u@localhost/d":                                   1,
		"postgres://u:d@localhost/d":                                   1,
		"postgres://u:postgres@localhost/d":                            1,
		"postgres://u:admin@db.example/d":                              2,
	} {
		l, err := locate(url)
		if err != nil {
			t.Fatal(err)
		}
		if found := l.risks(); len(found) != risks {
			t.Errorf("%s: %q", url, found)
		}
	}
}

func TestABadURLIsRefusedWithoutShowingIt(t *testing.T) {
	const secret = "hunter2"
	for _, url := range []string{
		"postgres://u:" + secret + "%zz@h/d",
		"postgres://u:" + secret + "/x@h/d",
		"postgres://u:" + secret + "#x@h/d",
		"postgres://u:" + secret + "?x@h/d",
		"postgres://u:" + secret + "@h:port/d",
		"postgres://u:" + secret + "@h/d?sslmode=never",
		"postgres://u:" + secret + "@h/d?pool=0",
		"postgres://u:" + secret + "@h/d?pool=many",
		"postgres://u:" + secret + "@h/d?statements=some",
		"postgres://u:" + secret + "@h/d?connect_timeout=soon",
		"postgres://u:" + secret + "@h/d?a=%zz",
		"mysql://u:" + secret + "@h/d",
		"postgres:" + secret,
		"postgres:/u:" + secret + "@h/d",
		secret,
	} {
		_, err := locate(url)
		if err == nil {
			t.Errorf("%s was taken", url)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

// FuzzLocate: what is taken can be connected with inside our bounds, and no refusal shows the password.
func FuzzLocate(f *testing.F) {
	const secret = "hunter2hunter2"
	for _, seed := range []struct{ before, after string }{
		{"postgres://u:", "@h/d"},
		{"postgresql://u:", "@[::1]:5432/d?sslmode=require&pool=3"},
		{"postgres://u:", "%zz@h/d"},
		{"postgres://u:", "@h1,h2/d?port=1,2&target_session_attrs=read-write"},
		{"postgres:///d?host=/run/postgresql&password=", "&user=u"},
		{"postgres://u:x", "y#@h/d?statements=unkept"},
		{"postgres://h/d?options=-c%20x%3D", "&connect_timeout=-5&keepalives_interval=x"},
		{"", ""},
	} {
		f.Add(seed.before, seed.after)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(before, "?") && !strings.HasSuffix(before, "password=") {
			return // another parameter's value, which a refusal may well show
		}
		l, err := locate(before + secret + after)
		if err != nil {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the refusal of %q…%q shows the password: %v", before, after, err)
			}
			return
		}
		l.setSession()
		if c := l.config; l.pool < 1 || l.pool > greatestPool || c.SSLMode == "" || c.ConnectTimeout <= 0 || c.ApplicationName == "" ||
			!l.kept && !c.BinaryParameters {
			t.Errorf("%q…%q becomes %d connections, %+v", before, after, l.pool, c)
		}
	})
}
