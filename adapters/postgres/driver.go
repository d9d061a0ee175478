// Package postgres keeps doctors in PostgreSQL, version 13 or later.
//
//	Driver ─ Open ──→ Store ─→ pool (16 connections, kept statements) ─→ connector ─→ lib/pq ─→ deadlined connection
//	       │             └───→ feed (a connection of its own)          ─→ connector ─→ …
//	       └ Migrate ─→ goose under a table lock ─→ grants for the role that serves
//
// A read is one SELECT. A change is a SELECT and one statement whose parts (state, events, counters, revocations) take
// place together or not at all: no transaction is held open over the network, and no other row is waited for than those
// that the change is about. The SQL of each port lies beside the method that uses it.
//
// The URL is that of libpq, and what it leaves out comes from the PG* variables. Two parameters are our own:
//
//   - pool=N: so many connections, instead of 16, for all but the feed;
//   - statements=unkept: prepared statements are not kept, for a PgBouncer in transaction mode. Such a PgBouncer also
//     refuses unknown startup parameters, so none are sent: set statement_timeout, lock_timeout and
//     default_transaction_isolation for the role instead.
//
// A password needs its special characters percent-encoded; a socket is named by ?host=/path, several servers by
// h1,h2/database?port=1,2.
package postgres

import (
	"context"

	"hospital.example/doctor-service/ports/outbound"
)

// Driver hands PostgreSQL over under the schemes "postgres" and "postgresql".
func Driver() outbound.StorageDriver {
	return outbound.StorageDriver{
		Schemes: schemes,
		Check: func(url string) error {
			_, err := locate(url)
			return err
		},
		Open: func(_ context.Context, o outbound.StorageOptions) (outbound.Storage, error) {
			return open(o)
		},
		Migrate: migrate,
	}
}
