// Package postgrestest gives tests a real PostgreSQL: a throwaway cluster of the machine's own binaries, started once
// per test binary, and in it a fresh database per test.
//
//	func TestMain(m *testing.M) { postgrestest.Main(m) }
//	…
//	url := postgrestest.Database(t)   // a schema of today, no data
//	c := postgrestest.Start(t, postgrestest.Durable)   // a cluster of its own, to stop, freeze and kill
//
// A database is a copy of one that was migrated once. DOCTOR_TEST_POSTGRES names another server to make the databases
// on; its role must be allowed to. Without PostgreSQL on the machine tests skip, with CI=true they fail.
package postgrestest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	_ "github.com/lib/pq" // the driver of tests' own connections

	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/ports/outbound"
)

// shared is the server that a test binary's databases are made on.
var shared struct {
	once     sync.Once
	err      error
	cluster  *Cluster // nil: DOCTOR_TEST_POSTGRES
	url      string
	admin    *sql.DB
	template string
}

// Main runs the tests and takes the cluster down after them.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop takes the shared cluster down, for a TestMain that does more than Main. It may be called if none was started.
func Stop() {
	if shared.admin != nil {
		_, _ = shared.admin.Exec("DROP DATABASE IF EXISTS " + shared.template)
		_ = shared.admin.Close()
	}
	if shared.cluster != nil {
		shared.cluster.close()
	}
}

// Database makes a database with the schema of today and no data, and returns its URL. It is dropped after the test.
func Database(t testing.TB) string {
	t.Helper()
	ready(t)
	return create(t, " TEMPLATE "+shared.template)
}

// Empty makes a database without a schema.
func Empty(t testing.TB) string {
	t.Helper()
	ready(t)
	return create(t, " TEMPLATE template0")
}

// With adds parameters to a storage URL, as name, value, name, value.
func With(storage string, parameters ...string) string {
	u, err := url.Parse(storage)
	if err != nil {
		panic(err) // the URL is ours
	}
	query := u.Query()
	for i := 0; i < len(parameters); i += 2 {
		query.Set(parameters[i], parameters[i+1])
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// Options are those by which a driver opens one URL, to serve and to migrate.
func Options(storage string) outbound.StorageOptions {
	always := func() (string, error) { return storage, nil }
	return outbound.StorageOptions{URL: always, SchemaURL: always}
}

func ready(t testing.TB) {
	t.Helper()
	shared.once.Do(func() { shared.err = prepare() })
	if shared.err != nil {
		giveUp(t, shared.err)
	}
}

// giveUp skips where there is no PostgreSQL. Any other trouble fails, and so does its lack where CI=true.
func giveUp(t testing.TB, err error) {
	t.Helper()
	if _, missing := err.(errMissing); missing && os.Getenv("CI") != "true" { //nolint:errorlint // never wrapped
		t.Skip(err)
		return
	}
	t.Fatal(err)
}

// prepare starts the server and migrates the database that all others are copies of.
func prepare() (err error) {
	shared.url = os.Getenv("DOCTOR_TEST_POSTGRES")
	if shared.url == "" {
		if shared.cluster, err = newCluster(Fleeting, nil, nil); err != nil {
			return err
		}
		shared.url = shared.cluster.URL()
	}
	if shared.admin, err = Connect(shared.url); err != nil {
		return err
	}
	shared.template = unique("doctor_template")
	if _, err := shared.admin.Exec("CREATE DATABASE " + shared.template + " ENCODING 'UTF8' TEMPLATE template0"); err != nil {
		return err
	}
	return postgres.Driver().Migrate(context.Background(), Options(database(shared.url, shared.template)))
}

func create(t testing.TB, how string) string {
	t.Helper()
	name := unique("doctor")
	if _, err := shared.admin.Exec("CREATE DATABASE " + name + how); err != nil {
		t.Fatalf("creating a database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := shared.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("dropping a database: %v", err)
		}
	})
	return database(shared.url, name)
}

func unique(prefix string) string { return prefix + "_" + strings.ToLower(rand.Text()[:12]) }

// database is the same server's URL with another database.
func database(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // it was good for a connection
	}
	u.Path = "/" + name
	return u.String()
}

// Connect opens the database of a storage URL, without what the adapter alone understands of it.
func Connect(storage string) (*sql.DB, error) {
	u, err := url.Parse(storage)
	if err != nil {
		return nil, errors.New("the storage URL is malformed") // url.Parse would show the password
	}
	query := u.Query()
	query.Del("pool")
	query.Del("statements")
	host := u.Hostname()
	ip, _ := netip.ParseAddr(host) // a name is no address
	if local := host == "" || host == "localhost" || ip.IsLoopback(); local && !query.Has("sslmode") {
		query.Set("sslmode", "disable")
	}
	u.RawQuery = query.Encode()
	return sql.Open("postgres", u.String())
}

// Open opens the database of a storage URL for a test's own statements. It is closed after the test.
func Open(t testing.TB, storage string) *sql.DB {
	t.Helper()
	db, err := Connect(storage)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Cut ends all connections to the database of a URL that bear an application name; without a name, all but the one that
// it is done by.
func Cut(t testing.TB, storage, applicationName string) {
	t.Helper()
	db := Open(t, storage)
	defer func() { _ = db.Close() }()
	_, err := db.Exec(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND ($1 = '' OR application_name = $1)`, applicationName)
	if err != nil {
		t.Fatalf("cutting connections: %v", err)
	}
}
