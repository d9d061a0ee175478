package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// child is a program that is measured. Its log goes to a file, as one that a service manager keeps.
type child struct {
	command *exec.Cmd
	address string // where it answers
	log     string // the file
	ended   chan struct{}
}

const readyTimeout = 60 * time.Second

// launch starts a program and waits until /readyz says yes; took is the time from its start until then.
func launch(ctx context.Context, program string, how func(address string) (args, environ []string), log string) (c *child, took time.Duration, err error) {
	for range 3 { // somebody may take the port that was free
		if c, took, err = launchOnce(ctx, program, how, log); !errors.Is(err, errPortTaken) {
			break
		}
	}
	return c, took, err
}

var errPortTaken = errors.New("the port was taken")

func launchOnce(ctx context.Context, program string, how func(string) (args, environ []string), log string) (*child, time.Duration, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, 0, err
	}
	out, err := os.OpenFile(log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = out.Close() }() // the child has its own by then
	args, environ := how(address)
	c := &child{command: exec.Command(program, args...), address: address, log: log, ended: make(chan struct{})} //nolint:gosec,noctx // the operator's own; it is stopped in order
	c.command.Env, c.command.Stdout, c.command.Stderr = environ, out, out
	c.command.SysProcAttr = apart()
	began := time.Now()
	if err := c.command.Start(); err != nil {
		return nil, 0, err
	}
	go func() {
		_ = c.command.Wait() // how it ended is in ProcessState
		close(c.ended)
	}()
	if err := c.awaitReady(ctx); err != nil {
		return nil, 0, errors.Join(err, c.stop())
	}
	return c, time.Since(began), nil
}

// awaitReady asks again and again. It does so twice a millisecond: starting takes few of them.
func (c *child) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	asking := &connection{address: c.address}
	defer asking.close()
	for {
		_ = asking.extend(time.Now().Add(time.Second)) // a connection that cannot be extended fails when asked
		if r, err := asking.ask(ctx, []byte("GET /readyz HTTP/1.1\r\nHost: bench\r\n\r\n")); err == nil && r.status == 200 {
			return nil
		}
		select {
		case <-c.ended:
			if tail := c.tail(); strings.Contains(tail, "address already in use") {
				return errPortTaken
			}
			return fmt.Errorf("%s ended before it was ready:\n%s", c.command.Path, c.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready in time:\n%s", c.command.Path, c.tail())
		case <-time.After(500 * time.Microsecond):
		}
	}
}

// stop asks the program to end, and ends it if it does not.
func (c *child) stop() error {
	_ = c.command.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-c.ended:
		return nil
	case <-time.After(15 * time.Second):
	}
	_ = c.command.Process.Kill()
	<-c.ended
	return fmt.Errorf("%s did not stop when asked to", c.command.Path)
}

// tail is the end of its log.
func (c *child) tail() string {
	text, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-5):], []byte("\n")))
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}
