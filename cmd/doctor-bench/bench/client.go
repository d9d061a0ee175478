package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// connection is a keep-alive connection that speaks just enough HTTP/1.1: on a machine where client, service and database
// share the processors, what the client takes is missing in the figures.
type connection struct {
	address string
	limit   time.Time // of everything that is said on it
	conn    net.Conn  // nil: not connected
	in      *bufio.Reader
	body    []byte
}

// reply is an answer: its HTTP status and the code in its envelope.
type reply struct {
	status, code int
	body         []byte // valid until the next answer
}

// patience is how long an answer may take; the service promises them sooner.
const patience = 20 * time.Second

// ask sends a request as it stands and reads the answer.
func (c *connection) ask(ctx context.Context, request []byte) (reply, error) {
	if c.conn == nil {
		conn, err := (&net.Dialer{Deadline: c.limit}).DialContext(ctx, "tcp", c.address)
		if err != nil {
			return reply{}, err
		}
		if err := conn.SetDeadline(c.limit); err != nil {
			return reply{}, errors.Join(err, conn.Close())
		}
		c.conn, c.in = conn, bufio.NewReaderSize(conn, 8<<10)
	}
	_, err := c.conn.Write(request)
	if err != nil {
		c.close()
		return reply{}, err
	}
	r, last, err := c.answer()
	if last || err != nil {
		c.close()
	}
	return r, err
}

// extend begins a stretch of work that is to end by then.
func (c *connection) extend(limit time.Time) error {
	c.limit = limit
	if c.conn == nil {
		return nil
	}
	return c.conn.SetDeadline(limit)
}

func (c *connection) close() {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is lost with it
		c.conn = nil
	}
}

var (
	errNoHTTP   = errors.New("the answer is no HTTP of a known length")
	lengthName  = []byte("Content-Length")
	closingName = []byte("Connection")
	codeMember  = []byte(`{"code":`)
)

// answer reads one; last tells that the other side closes the connection after it.
func (c *connection) answer() (r reply, last bool, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return r, true, err
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return r, true, errNoHTTP
	}
	if r.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return r, true, errNoHTTP
	}
	length := -1
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return r, true, err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, lengthName):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return r, true, errNoHTTP
			}
		case bytes.EqualFold(name, closingName):
			last = bytes.EqualFold(value, []byte("close"))
		}
	}
	if length < 0 || length > 1<<20 {
		return r, true, errNoHTTP
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	r.body = c.body[:length]
	for read := 0; read < length; {
		n, err := c.in.Read(r.body[read:])
		if err != nil {
			return r, true, err
		}
		read += n
	}
	r.code, err = codeOf(r.body)
	return r, last, err
}

// codeOf reads the first member of an envelope.
func codeOf(body []byte) (code int, err error) {
	rest, found := bytes.CutPrefix(body, codeMember)
	end := bytes.IndexByte(rest, ',')
	if !found || end < 0 {
		return 0, fmt.Errorf("the answer is no envelope: %.80q", body)
	}
	return strconv.Atoi(string(rest[:end]))
}
