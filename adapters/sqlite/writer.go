package sqlite

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// maxBatch is how many writes one commit may hold: who came first should not wait for ever.
const maxBatch = 256

// settling is how long a caller that is in a hurry waits for a commit under way.
const settling = 500 * time.Millisecond

// writer is the only one that writes. SQLite has one writer at a time, and what a write costs is the sync to disk at
// its commit; so the writer commits together whatever is waiting, and nobody waits for more than the sync under way:
//
//	write → queue → BEGIN → turn of the first → turn of the next … none is waiting → COMMIT → all are answered
//
// A turn is a savepoint of its own: what fails in it is undone for its caller alone. It is run by the caller's own
// goroutine while the writer waits for it, so that a panic unwinds where it belongs and no turn outlives its caller.
type writer struct {
	db       *sqlx.DB
	patience time.Duration // with another process that writes
	queue    chan *request
	closing  chan struct{} // closed when no more writes are taken
	ended    chan struct{} // closed when the last was answered

	conn *sqlx.Conn // nil: none yet, or the last one failed
	tx   *statements

	erases bool // whether the batch under way holds what erases
}

// request is somebody who waits for a turn.
type request struct {
	ctx  context.Context
	turn chan *batch
}

// batch is what one commit holds.
type batch struct {
	tx    *statements
	over  chan struct{} // the turn is over
	done  chan struct{} // closed when fault is final
	fault error         // why nothing of the batch is kept
}

func newWriter(db *sqlx.DB, patience time.Duration) *writer {
	w := &writer{
		db: db, patience: patience,
		queue: make(chan *request), closing: make(chan struct{}), ended: make(chan struct{}),
	}
	go w.run()
	return w
}

// write runs work inside a transaction and returns after its commit. work must do no I/O of its own, must touch the
// database through tx alone and may find its effects undone: an error of work, a failed commit. A caller whose context
// ends before its turn is not executed.
func (w *writer) write(ctx context.Context, work func(ctx context.Context, tx *statements) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &request{ctx: ctx, turn: make(chan *batch)}
	select {
	case w.queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return errClosed
	}
	select {
	case b := <-r.turn:
		return b.execute(ctx, work)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// execute is the caller's turn, and the wait for the commit: what went wrong is told no earlier, for it may rest on what
// others of the batch did. A context does not stop a commit, so one that ends now waits a little more, to tell the truth.
func (b *batch) execute(ctx context.Context, work func(context.Context, *statements) error) error {
	err := b.take(ctx, work)
	select {
	case <-b.done:
	case <-ctx.Done():
		select {
		case <-b.done:
		case <-time.After(settling):
			return unavailable(ctx.Err())
		}
	}
	if b.fault != nil {
		return b.fault
	}
	return err
}

func (b *batch) take(ctx context.Context, work func(context.Context, *statements) error) (err error) {
	defer func() { b.over <- struct{}{} }() // also when work panics
	if b.fault != nil {
		return b.fault
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // SQLite answers an interrupted write by undoing the whole transaction
	if _, err := b.tx.exec(ctx, "SAVEPOINT turn"); err != nil {
		b.fail(err)
		return b.fault
	}
	kept := false
	defer func() {
		if !kept {
			b.undo(ctx, err)
		}
	}()
	if err := work(ctx, b.tx); err != nil {
		return err
	}
	if _, err := b.tx.exec(ctx, "RELEASE turn"); err != nil {
		return err
	}
	kept = true
	return nil
}

// undo takes back a turn. Where a fault such as a full disk has made SQLite take back the whole transaction, the
// savepoint is gone, and with it all that others did.
func (b *batch) undo(ctx context.Context, cause error) {
	_, err := b.tx.exec(ctx, "ROLLBACK TO turn")
	if err == nil {
		_, err = b.tx.exec(ctx, "RELEASE turn")
	}
	if err == nil {
		return
	}
	if cause != nil {
		err = cause
	}
	b.fail(err)
}

func (b *batch) fail(err error) { b.fault = unavailable(err) }

// run answers requests until the store closes.
func (w *writer) run() {
	defer close(w.ended)
	defer w.hangUp()
	for {
		select {
		case r := <-w.queue:
			w.serve(r)
		case <-w.closing:
			return
		}
	}
}

// serve makes a batch of the first request and of those that wait by the time the one before is done.
func (w *writer) serve(r *request) {
	b := &batch{over: make(chan struct{}), done: make(chan struct{})}
	defer close(b.done)
	if err := w.begin(); err != nil {
		b.fail(err)
	}
	b.tx = w.tx
	for n := 1; r != nil; n++ {
		select {
		case r.turn <- b:
			<-b.over
		case <-r.ctx.Done():
		}
		r = w.next(n)
	}
	if b.fault == nil {
		if _, err := w.tx.exec(context.Background(), "COMMIT"); err != nil {
			b.fail(err)
		}
	}
	switch {
	case b.fault != nil:
		w.hangUp() // which rolls back; a fresh connection knows nothing of the trouble
	case w.erases:
		w.emptyLog()
	}
	w.erases = false
}

// next is who waits for a turn in a batch that holds n writes; nil: nobody, or the batch is full.
func (w *writer) next(n int) *request {
	if n >= maxBatch {
		return nil
	}
	select {
	case r := <-w.queue:
		return r
	default:
		return nil
	}
}

// close takes no more writes and waits for the commit under way.
func (w *writer) close() error {
	close(w.closing)
	<-w.ended
	return w.db.Close()
}
