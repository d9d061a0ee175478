package sqlite

import "context"

// What is deleted is overwritten in its page (see connectWriter), but the page as it was stays in the database until the
// log is moved there, and in the log until others are written over it. So both is done at once after what erases.

// erase is write for work that shall leave no trace: before anybody of the batch is answered, the log is emptied.
func (w *writer) erase(ctx context.Context, work func(ctx context.Context, tx *statements) error) error {
	return w.write(ctx, func(ctx context.Context, tx *statements) error {
		err := work(ctx, tx)
		w.erases = w.erases || err == nil // this is its turn: the writer looks on
		return err
	})
}

// emptyLog moves the log into the database and cuts it off. Whoever still reads what was before a commit prevents the
// second; it is waited for no longer than for a writer, and what then remains is left to Sweep.
func (w *writer) emptyLog() {
	var busy, frames, moved int
	_ = w.tx.one(context.Background(), []any{&busy, &frames, &moved}, "PRAGMA wal_checkpoint(TRUNCATE)")
}
