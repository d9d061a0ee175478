package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"hospital.example/doctor-service/ports/outbound"
)

// A round answers within this time or the feed is given up: later it would be stale anyway.
const eachRound = time.Second

// newFeeds makes the connections of feeds, one each, apart from all others.
func newFeeds(c connector) *sqlx.DB {
	c.each = eachRound
	c.adjust = (*location).setFeedSession
	db := sql.OpenDB(c)
	db.SetMaxIdleConns(0) // with its feed a connection ends
	return sqlx.NewDb(db, "postgres")
}

// setFeedSession has a round planned each time it is sent, ten times a second: only with the mark does the server know
// how little lies above it. It goes there and back once.
func (l *location) setFeedSession() {
	l.setSession()
	if l.kept {
		l.config.Runtime["plan_cache_mode"] = "force_custom_plan"
	}
	l.config.BinaryParameters = true
}

// feed follows the revocations by the transactions that wrote them. mark is the oldest transaction that was still under
// way in the last round: all before it were seen whole, so the next round begins there. What lies above it may come
// again. The mark lives no longer than its connection: another server may count its transactions otherwise.
type feed struct {
	pool *pool
	conn *sqlx.Conn
	mark string // empty: nothing was brought yet
}

// Watch opens a feed.
func (s *Store) Watch(ctx context.Context) (outbound.Feed, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	conn, err := s.feeds.Connx(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &feed{pool: s.pool, conn: conn}, nil
}

const (
	selectMark = `SELECT clock_timestamp() AS now, pg_snapshot_xmin(pg_current_snapshot())::text AS mark`

	selectSince = `
	SELECT now, mark, doctor_id, generation, session, expires_at FROM (` + selectMark + `) round
	LEFT JOIN revocations ON xid >= $1::text::xid8 AND expires_at > now`

	// What there is when a feed begins comes by the page: a million in one would take longer than a statement may.
	selectPage = `
	SELECT id, doctor_id, generation, session, expires_at FROM revocations
	WHERE id > $1 AND expires_at > clock_timestamp() ORDER BY id LIMIT 10000`
)

// Next brings what was committed since the call before.
func (f *feed) Next(ctx context.Context) (outbound.Round, error) {
	if f.conn == nil || f.pool.closed.Load() {
		return outbound.Round{}, fmt.Errorf("%w: the feed has ended", outbound.ErrUnavailable)
	}
	ask := f.news
	if f.mark == "" {
		ask = f.everything
	}
	round, err := outbound.Round{}, ctx.Err() // the driver may answer faster than it sees that nobody waits any more
	if err == nil {
		round, err = ask(ctx)
	}
	if err != nil {
		_ = f.Close()
		return outbound.Round{}, f.pool.fault(ctx, err)
	}
	return round, nil
}

func (f *feed) news(ctx context.Context) (outbound.Round, error) {
	var rows []struct {
		Now  time.Time `db:"now"`
		Mark string    `db:"mark"`
		revocationRow
	}
	if err := f.conn.SelectContext(ctx, &rows, selectSince, f.mark); err != nil {
		return outbound.Round{}, err
	}
	round := outbound.Round{Now: rows[0].Now.UTC()}
	for _, r := range rows {
		if r.Expires.Valid {
			round.Revocations = append(round.Revocations, r.revocation())
		}
	}
	f.mark = rows[0].Mark
	return round, nil
}

// everything takes the mark first: what is committed while the pages come may come again, but is not missed.
func (f *feed) everything(ctx context.Context) (round outbound.Round, err error) {
	var mark string
	if err := f.conn.QueryRowxContext(ctx, selectMark).Scan(&round.Now, &mark); err != nil {
		return outbound.Round{}, err
	}
	round.Now = round.Now.UTC()
	type row struct {
		ID int64 `db:"id"`
		revocationRow
	}
	for page := make([]row, 1); len(page) > 0; {
		last := page[len(page)-1].ID
		page = page[:0]
		if err := f.conn.SelectContext(ctx, &page, selectPage, last); err != nil {
			return outbound.Round{}, err
		}
		for _, r := range page {
			round.Revocations = append(round.Revocations, r.revocation())
		}
	}
	f.mark = mark
	return round, nil
}

// Close ends the feed. Its connection may have ended already.
func (f *feed) Close() error {
	if f.conn != nil {
		_ = f.conn.Close()
		f.conn = nil
	}
	return nil
}
