package postgrestest

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Relay is a way to a server that can be as bad as networks are: it forwards late, or nothing at all while both sides
// believe that they are connected.
type Relay struct {
	listener net.Listener
	server   string
	running  sync.WaitGroup
	ended    chan struct{}

	mu    sync.Mutex
	open  chan struct{} // closed: what comes is forwarded
	delay time.Duration
}

// Between puts a relay before the server of a storage URL, and returns the URL that leads over it.
func Between(t testing.TB, storage string) (r *Relay, relayed string) {
	t.Helper()
	u, err := url.Parse(storage)
	if err != nil {
		t.Fatal(err)
	}
	r = &Relay{server: u.Host, ended: make(chan struct{}), open: make(chan struct{})}
	close(r.open)
	if r.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	r.running.Go(r.accept)
	t.Cleanup(func() {
		close(r.ended)
		_ = r.listener.Close() // which ends accept
		r.running.Wait()
	})
	u.Host = r.listener.Addr().String()
	return r, u.String()
}

// Halt stops forwarding. Nobody is told: connections stand, and new ones are made.
func (r *Relay) Halt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = make(chan struct{})
}

// Resume forwards what has come meanwhile, and all that comes.
func (r *Relay) Resume() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.open)
}

// Delay keeps each packet for a while, in both directions.
func (r *Relay) Delay(by time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = by
}

func (r *Relay) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", r.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		over := make(chan struct{}, 2)
		r.running.Go(func() { r.forward(client, server); over <- struct{}{} })
		r.running.Go(func() { r.forward(server, client); over <- struct{}{} })
		r.running.Go(func() {
			select {
			case <-over: // one side has left, and the other may know
			case <-r.ended:
			}
			_, _ = client.Close(), server.Close()
		})
	}
}

// forward passes on what comes from one side, and that it left.
func (r *Relay) forward(from, to net.Conn) {
	packet := make([]byte, 64<<10)
	for {
		n, err := from.Read(packet)
		if !r.pass() || err != nil {
			return
		}
		if _, err := to.Write(packet[:n]); err != nil {
			return
		}
	}
}

// pass waits until a packet may go on; false: never.
func (r *Relay) pass() bool {
	r.mu.Lock()
	open, delay := r.open, r.delay
	r.mu.Unlock()
	select {
	case <-open:
	case <-r.ended:
		return false
	}
	select {
	case <-time.After(delay):
		return true
	case <-r.ended:
		return false
	}
}
