package sqlite

import (
	"context"
	"database/sql/driver"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// begin starts a transaction, which may wait for another process that writes. SQLite adds up the pauses that it meant to
// make, and on a busy machine each takes longer; so it is asked to wait but briefly, and our clock says how often.
func (w *writer) begin() error {
	ctx := context.Background()
	end := time.Now().Add(w.patience)
	if err := w.connect(ctx); err != nil {
		return err
	}
	for {
		_, err := w.tx.exec(ctx, "BEGIN IMMEDIATE")
		if code(err) != sqlite3.SQLITE_BUSY || time.Now().After(end) {
			return err
		}
	}
}

// connect sees to a connection.
func (w *writer) connect(ctx context.Context) error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.Connx(ctx)
	if err != nil {
		return told(err)
	}
	w.conn, w.tx = conn, &statements{on: conn}
	_, err = w.tx.exec(ctx, "PRAGMA busy_timeout = 100")
	return err
}

// hangUp drops the connection, and with it what was not committed.
func (w *writer) hangUp() {
	if w.conn == nil {
		return
	}
	_ = w.tx.close()
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn }) // what database/sql understands as "throw it away"
	w.conn, w.tx = nil, nil
}
