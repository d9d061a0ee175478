package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/jmoiron/sqlx"

	"hospital.example/doctor-service/ports/outbound"
)

// feed watches for commits. SQLite tells each connection by a number whether others have committed, in whichever
// process, and this one writes nothing; only when the number has moved is there something to read.
type feed struct {
	among *feeds
	conn  *sqlx.Conn
	on    *statements

	mu     sync.Mutex // closing the store closes its feeds, whoever uses them
	looked bool       // whether there was a look before
	seen   int64      // the number at that look
	last   int64      // id of the last revocation handed over
}

const (
	dataVersion = `PRAGMA data_version`

	nextRevocations = `SELECT id, doctor_id, generation, session, expires_at FROM revocations
		WHERE id > ? AND expires_at > ? ORDER BY id`
)

// Next implements outbound.Feed. The number is asked first: what is committed after that may be handed over already, and
// moves the number for the next look.
func (f *feed) Next(ctx context.Context) (outbound.Round, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	round := outbound.Round{Now: clock()}
	var number int64
	if err := f.on.one(ctx, []any{&number}, dataVersion); err != nil {
		return outbound.Round{}, err
	}
	if f.looked && number == f.seen {
		return round, nil
	}
	var r outbound.Revocation
	err := f.on.each(ctx, append([]any{&f.last}, revocationPlaces(&r)...), func() {
		round.Revocations = append(round.Revocations, r)
	}, nextRevocations, f.last, instant{&round.Now})
	if err != nil {
		return outbound.Round{}, err
	}
	f.looked, f.seen = true, number
	return round, nil
}

// Close implements outbound.Feed.
func (f *feed) Close() error { return f.among.end(f) }

// hangUp drops the connection; one that broke is gone already.
func (f *feed) hangUp() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := errors.Join(f.on.close(), f.conn.Close())
	if errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return err
}
