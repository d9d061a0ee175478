package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

// statements runs SQL on a pool of connections or on a single one, and keeps each statement prepared: it is parsed once.
// Its errors are those of the port.
type statements struct {
	on interface {
		PreparexContext(ctx context.Context, query string) (*sqlx.Stmt, error)
	}
	closed *atomic.Bool // whether the store is; nil: nothing closes on closes under a call
	kept   sync.Map     // query → *sqlx.Stmt
}

func (s *statements) prepared(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if stmt, found := s.kept.Load(query); found {
		return stmt.(*sqlx.Stmt), nil
	}
	stmt, err := s.on.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, found := s.kept.LoadOrStore(query, stmt); found {
		return first.(*sqlx.Stmt), stmt.Close()
	}
	return stmt, nil
}

// exec runs a statement that writes.
func (s *statements) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return nil, s.told(err)
	}
	result, err := stmt.ExecContext(ctx, args...)
	return result, s.told(err)
}

// one reads the first row into into; sql.ErrNoRows says that there is none.
func (s *statements) one(ctx context.Context, into []any, query string, args ...any) error {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return s.told(err)
	}
	return s.told(stmt.QueryRowxContext(ctx, args...).Scan(into...))
}

// each calls with for every row; into is where the row then is.
func (s *statements) each(ctx context.Context, into []any, with func(), query string, args ...any) error {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return s.told(err)
	}
	rows, err := stmt.QueryxContext(ctx, args...)
	if err != nil {
		return s.told(err)
	}
	defer func() { _ = rows.Close() }() // a fault on the way is what Err tells
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return s.told(err)
		}
		with()
	}
	return s.told(rows.Err())
}

// told knows what database/sql does not say in a way that can be told apart: that everything was closed meanwhile.
func (s *statements) told(err error) error {
	if err != nil && s.closed != nil && s.closed.Load() {
		return unavailable(err)
	}
	return told(err)
}

// close gives the statements back. Without it a single connection that is closed stays open inside SQLite, with its locks
// and its transaction: database/sql closes the statements of a pool, but not those of one connection.
func (s *statements) close() (err error) {
	s.kept.Range(func(query, stmt any) bool {
		err = errors.Join(err, stmt.(*sqlx.Stmt).Close())
		s.kept.Delete(query)
		return true
	})
	return err
}
