// Package store is the load tool's own way into a storage, past the service: it fills one with doctors as a hospital
// platform has them, and finds out who is in it.
//
//	URL  →  Open  →  Fill: COPY, or rows in groups  →  Doctors: a few at random, who then take part
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	_ "github.com/lib/pq"  // a storage's driver
	_ "modernc.org/sqlite" // the other's

	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/adapters/sqlite"
	"hospital.example/doctor-service/ports/outbound"
)

// Store is an open storage.
type Store struct {
	DB       *sql.DB
	Postgres bool // else SQLite
}

// Open brings the schema of a storage up to date, with the adapter's own migrations, and opens it.
func Open(ctx context.Context, location string) (*Store, error) {
	s, driver, err := choose(location)
	if err != nil {
		return nil, err
	}
	always := func() (string, error) { return location, nil }
	if err := driver.Migrate(ctx, outbound.StorageOptions{URL: always, SchemaURL: always}); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the storage: %w", err), s.DB.Close())
	}
	return s, nil
}

func choose(location string) (*Store, outbound.StorageDriver, error) {
	if path, ours := strings.CutPrefix(location, "sqlite:"); ours {
		db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
			"?_busy_timeout=5000&_txlock=immediate&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)")
		return &Store{DB: db}, sqlite.Driver(), err
	}
	if strings.HasPrefix(location, "postgres:") || strings.HasPrefix(location, "postgresql:") {
		plain, err := plainURL(location)
		if err != nil {
			return nil, outbound.StorageDriver{}, err
		}
		db, err := sql.Open("postgres", plain)
		return &Store{DB: db, Postgres: true}, postgres.Driver(), err
	}
	return nil, outbound.StorageDriver{}, errors.New("the storage must be sqlite:PATH or postgres://…")
}

// plainURL is a storage URL without what only the service's adapter understands.
func plainURL(location string) (string, error) {
	u, err := url.Parse(location)
	if err != nil {
		return "", errors.New("the storage URL is malformed") // url.Parse would show the password
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
	return u.String(), nil
}

// Rest lets go of all connections until the next use: SQLite's last one to close tidies up, which is the service's to do.
func (s *Store) Rest() { s.DB.SetMaxIdleConns(0) }

// Close closes it.
func (s *Store) Close() error { return s.DB.Close() }

// ServerProcess is the id of the process that the database's others descend from; 0: there is none on this machine.
func (s *Store) ServerProcess(ctx context.Context) (pid int, err error) {
	if !s.Postgres {
		return 0, nil
	}
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	err = conn.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pid)
	return pid, err
}
