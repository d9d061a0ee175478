package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// connect makes a deadlined connection to a server of ours and returns both ends.
func connect(t *testing.T, each time.Duration) (client net.Conn, server *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	d := &dialer{each: each}
	client, err = d.DialContext(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d.connected()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = client.Close(), accepted.Close() })
	return client, accepted.(*net.TCPConn)
}

func TestASilentServerCostsOneDeadlineAndTheConnection(t *testing.T) {
	client, server := connect(t, 50*time.Millisecond)
	began := time.Now()
	_, err := client.Read(make([]byte, 1))
	if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) > time.Second {
		t.Fatalf("after %s: %v", time.Since(began), err)
	}
	if _, err := server.Write([]byte("late")); err != nil {
		t.Fatal(err)
	}
	if n, err := client.Read(make([]byte, 1)); err == nil {
		t.Fatalf("a late answer of %d bytes was taken for the next one", n)
	}
}

func TestADeadlineThatPassedWhileIdleDoesNotMatter(t *testing.T) {
	client, server := connect(t, 20*time.Millisecond)
	for range 3 {
		if _, err := client.Write([]byte("?")); err != nil {
			t.Fatal(err)
		}
		if _, err := server.Write([]byte("!")); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

func TestAServerThatLeftWhileIdleIsNoticedBeforeAnythingIsSent(t *testing.T) {
	client, server := connect(t, time.Second)
	if _, err := client.Write([]byte("?")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(server, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		n, err := client.Write([]byte("?"))
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes were sent", n)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the end of the connection was never noticed")
		}
	}
}

// io.EOF would make database/sql repeat a statement that the server may have carried out.
func TestAServerThatLeavesInsteadOfAnsweringIsNoReasonToRepeat(t *testing.T) {
	client, server := connect(t, time.Second)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := client.Read(make([]byte, 1))
	var network *net.OpError
	if !errors.As(err, &network) || errors.Is(err, io.EOF) {
		t.Fatalf("got %T %v", err, err)
	}
}

// With sslmode=prefer lib/pq dials twice and forgets the first connection, which then waits on the server.
func TestOnlyTheLastAttemptToConnectStaysOpen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	d := &dialer{each: time.Second}
	for range 2 {
		c, err := d.DialContext(context.Background(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
	}
	first, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	if err := first.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Fatalf("the first connection is still open: %v", err)
	}
}
