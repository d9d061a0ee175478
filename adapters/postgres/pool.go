package postgres

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

// pool runs statements on a bounded number of connections.
//
//	a place in the queue, waited for briefly  →  the kept statement  →  a connection  →  one row, or several
//
// As many connections are kept idle as may be open: making one costs more than a hundred statements.
type pool struct {
	db     *sqlx.DB
	places chan struct{}
	keep   bool // statements are prepared once and kept: database/sql prepares them on each connection that needs them
	mu     sync.RWMutex
	kept   map[string]*sqlx.Stmt
	closed atomic.Bool
}

const (
	eachRead = 3 * time.Second
	// database/sql waits for a connection as long as it takes; we would rather say soon that we are overloaded.
	queueTimeout = 500 * time.Millisecond
	// A connection is replaced after a while: rotated passwords and moved servers get taken up without a restart.
	connectionLifetime = 30 * time.Minute
)

func newPool(c connector, l location) *pool {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(l.pool)
	db.SetMaxIdleConns(l.pool)
	db.SetConnMaxLifetime(connectionLifetime)
	return &pool{
		db:     sqlx.NewDb(db, "postgres"),
		places: make(chan struct{}, l.pool),
		keep:   l.kept,
		kept:   map[string]*sqlx.Stmt{},
	}
}

// one runs a statement and scans its only row into dest. No row is sql.ErrNoRows.
func (p *pool) one(ctx context.Context, dest any, query string, args ...any) error {
	return p.run(ctx, query, func(s statement) error { return s.GetContext(ctx, dest, args...) })
}

// all runs a statement and scans its rows into the slice that dest points to.
func (p *pool) all(ctx context.Context, dest any, query string, args ...any) error {
	return p.run(ctx, query, func(s statement) error { return s.SelectContext(ctx, dest, args...) })
}

// run gives the statement a connection. A statement that the server rolled back for the sake of another one, in a
// deadlock for instance, is repeated: nothing of it took place.
func (p *pool) run(ctx context.Context, query string, ask func(statement) error) error {
	if p.closed.Load() {
		return errClosed
	}
	leave, err := p.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	for try := 1; ; try++ {
		s, err := p.statement(ctx, query)
		if err == nil {
			err = ask(s)
		}
		if !isRolledBack(err) || try == 5 || !rest(ctx, try) {
			return p.fault(ctx, err)
		}
	}
}

// enter waits for a place.
func (p *pool) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-p.places }
	select {
	case p.places <- struct{}{}:
		return leave, nil
	default:
	}
	timer := time.NewTimer(queueTimeout)
	defer timer.Stop()
	select {
	case p.places <- struct{}{}:
		return leave, nil
	case <-timer.C:
		return nil, errOverloaded
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// statement is a query that is ready to be asked.
type statement interface {
	GetContext(ctx context.Context, dest any, args ...any) error
	SelectContext(ctx context.Context, dest any, args ...any) error
}

// statement finds the kept statement or prepares it. No lock is held while the server is asked: it may be frozen.
func (p *pool) statement(ctx context.Context, query string) (statement, error) {
	if !p.keep {
		return unkept{p.db, query}, nil
	}
	p.mu.RLock()
	s, ok := p.kept[query]
	p.mu.RUnlock()
	if ok {
		return s, nil
	}
	s, err := p.db.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first, ok := p.kept[query]; ok {
		_ = s.Close() // another call was faster; nothing is lost with ours
		return first, nil
	}
	p.kept[query] = s
	return s, nil
}

// unkept is a query that is sent whole each time.
type unkept struct {
	db    *sqlx.DB
	query string
}

func (u unkept) GetContext(ctx context.Context, dest any, args ...any) error {
	return u.db.GetContext(ctx, dest, u.query, args...)
}

func (u unkept) SelectContext(ctx context.Context, dest any, args ...any) error {
	return u.db.SelectContext(ctx, dest, u.query, args...)
}

// close ends all use. What closing says is not told: a connection that the server has dropped cannot be closed well.
func (p *pool) close() {
	p.closed.Store(true)
	_ = p.db.Close()
}

// rest pauses before another try, longer the more there were, at random so that rivals part; false when ctx ends.
func rest(ctx context.Context, tries int) bool {
	timer := time.NewTimer(rand.N(time.Duration(min(tries, 10)) * 2 * time.Millisecond)) //nolint:gosec // no secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
