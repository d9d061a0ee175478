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
	"net/url"
	"strings"

	_ "modernc.org/sqlite" // a storage's driver; the other's comes with its helper

	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/adapters/sqlite"
	"hospital.example/doctor-service/ports/outbound"
)

// Store is an open storage.
type Store struct {
	DB       *sql.DB
	driver   outbound.StorageDriver
	location outbound.StorageOptions
	Postgres bool // else SQLite
}

// Open brings the schema of a storage up to date, with the adapter's own migrations, and opens it.
func Open(ctx context.Context, location string) (*Store, error) {
	s, err := choose(location)
	if err != nil {
		return nil, err
	}
	always := func() (string, error) { return location, nil }
	s.location = outbound.StorageOptions{URL: always, SchemaURL: always}
	if err := s.driver.Migrate(ctx, s.location); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the storage: %w", err), s.DB.Close())
	}
	return s, nil
}

func choose(location string) (*Store, error) {
	if path, ours := strings.CutPrefix(location, "sqlite:"); ours {
		db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
			"?_busy_timeout=5000&_txlock=immediate&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)")
		return &Store{DB: db, driver: sqlite.Driver()}, err
	}
	if strings.HasPrefix(location, "postgres:") || strings.HasPrefix(location, "postgresql:") {
		db, err := postgrestest.Connect(location)
		return &Store{DB: db, driver: postgres.Driver(), Postgres: true}, err
	}
	return nil, errors.New("the storage must be sqlite:PATH or postgres://…")
}

// Serve opens the storage as the service does.
func (s *Store) Serve(ctx context.Context) (outbound.Storage, error) {
	return s.driver.Open(ctx, s.location)
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
