package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// lib/pq waits for ever on a server that is frozen or cut off, whatever the context says, and it takes deadlines away
// that are set at connecting. So they sit in the connection itself: every read and write begins a new one.

// deadlined is a connection whose reads and writes take no longer than each.
type deadlined struct {
	net.Conn
	each  time.Duration
	limit time.Time // set by lib/pq while it connects
}

func (c *deadlined) until() time.Time {
	t := time.Now().Add(c.each)
	if !c.limit.IsZero() && c.limit.Before(t) {
		return c.limit
	}
	return t
}

// SetDeadline limits all reads and writes to come; the zero time lifts the limit.
func (c *deadlined) SetDeadline(t time.Time) error {
	c.limit = t
	return nil
}

// errGone is what we say for io.EOF: lib/pq would make driver.ErrBadConn of that, and database/sql repeat a statement
// which the server may have carried out before it left.
var errGone = errors.New("the server closed the connection")

func (c *deadlined) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(c.until()); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	if err == nil {
		return n, nil
	}
	// An answer that comes later would be taken for that of the next statement.
	_ = c.Close()
	if errors.Is(err, io.EOF) {
		err = &net.OpError{Op: "read", Net: "postgres", Err: errGone}
	}
	return n, err
}

// Write sends, unless the server left while the connection was idle. Then nothing was sent, lib/pq knows that by the
// zero, and database/sql takes another connection: a restarted server goes unnoticed.
func (c *deadlined) Write(b []byte) (int, error) {
	if isClosedByPeer(c.Conn) {
		_ = c.Close()
		return 0, &net.OpError{Op: "write", Net: "postgres", Err: errGone}
	}
	if err := c.SetWriteDeadline(c.until()); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil {
		_ = c.Close()
	}
	return n, err
}

// dialer dials one connection for lib/pq, and afterwards those over which lib/pq asks the server to cancel a statement.
type dialer struct {
	each time.Duration
	main atomic.Pointer[deadlined]
	done atomic.Bool
}

// A context that ended is honoured within this time, also when the server is frozen.
const cancelTimeout = 500 * time.Millisecond

// connected tells that the connection stands: whatever is dialled from now on is a cancellation.
func (d *dialer) connected() { d.done.Store(true) }

// giveUp ends an attempt to connect that nobody waits for any more.
func (d *dialer) giveUp() {
	if c := d.main.Load(); c != nil && !d.done.Load() {
		_ = c.Close()
	}
}

// DialContext dials.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	each := d.each
	if d.done.Load() {
		each = cancelTimeout
		// The read under way gets as long as the cancellation, for the truth about a change that was just made.
		_ = d.main.Load().SetReadDeadline(time.Now().Add(each))
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, each)
		defer stop()
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &deadlined{Conn: conn, each: each}
	if d.done.Load() {
		return c, nil
	}
	if left := d.main.Swap(c); left != nil {
		_ = left.Close() // with sslmode prefer or allow, lib/pq leaves its first attempt open
	}
	if ctx.Err() != nil { // giveUp may have come before there was anything to close
		_ = c.Close()
		return nil, ctx.Err()
	}
	return c, nil
}

// Dial and DialTimeout belong to the interface; lib/pq prefers DialContext.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout dials within a time.
func (d *dialer) DialTimeout(network, address string, limit time.Duration) (net.Conn, error) {
	ctx, stop := context.WithTimeout(context.Background(), limit)
	defer stop()
	return d.DialContext(ctx, network, address)
}
