package postgrestest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"
)

// What can happen to a server.

// Stop shuts the server down in order, as an operator does: sessions end, what was committed is kept.
func (c *Cluster) Stop(t testing.TB) {
	t.Helper()
	c.end(t, syscall.SIGINT)
}

// Kill ends every process of the server at once, as a power cut does.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	for _, pid := range c.processes(t) {
		_ = syscall.Kill(pid, syscall.SIGKILL) // one may have ended by itself
	}
	c.end(t, syscall.SIGKILL)
}

// KillPostmaster ends the process that the server's others were started by, and it alone: they find out by themselves.
func (c *Cluster) KillPostmaster(t testing.TB) {
	t.Helper()
	c.end(t, syscall.SIGKILL)
}

// KillSession ends the process of one session of an application. The server drops all sessions then, ours with them, and
// recovers by itself.
func (c *Cluster) KillSession(t testing.TB, applicationName string) {
	t.Helper()
	db := Open(t, c.URL())
	defer func() { _ = db.Close() }()
	session, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	var pid int
	err = session.QueryRowContext(context.Background(),
		`SELECT pid FROM pg_stat_activity WHERE application_name = $1 LIMIT 1`, applicationName).Scan(&pid)
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	if err != nil {
		t.Fatalf("killing a session: %v", err)
	}
	for deadline := time.Now().Add(startTimeout); session.PingContext(context.Background()) == nil; {
		if time.Now().After(deadline) {
			t.Fatal("the server does not mind that a session was killed")
		}
	}
}

func (c *Cluster) end(t testing.TB, signal syscall.Signal) {
	t.Helper()
	if err := c.server.Signal(signal); err != nil {
		t.Fatalf("ending PostgreSQL: %v", err)
	}
	<-c.ended
	c.server = nil
}

// Restart brings a server up again that was stopped or killed. After a kill its processes take a moment to go, and as
// long as one is there a new server refuses to start.
func (c *Cluster) Restart(t testing.TB) {
	t.Helper()
	err := c.start()
	for deadline := time.Now().Add(startTimeout); errors.Is(err, errEnded) && time.Now().Before(deadline); {
		<-time.After(50 * time.Millisecond)
		err = c.start()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Freeze stops every process of the server where it is: connections stand, nothing answers. Thaw lets them go on; so
// does the end of the test.
func (c *Cluster) Freeze(t testing.TB) {
	t.Helper()
	c.frozen = append(c.processes(t), c.server.Pid)
	for _, pid := range c.frozen {
		_ = syscall.Kill(pid, syscall.SIGSTOP) // one may have ended by itself
	}
	t.Cleanup(c.thaw)
}

// Thaw lets a frozen server go on.
func (c *Cluster) Thaw(testing.TB) { c.thaw() }

func (c *Cluster) thaw() {
	for _, pid := range c.frozen {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	c.frozen = nil
}

// processes are those of the sessions and of the server's own work, without the one they were started by. That one is
// stopped first for a moment, so that no session comes that is not in the list.
func (c *Cluster) processes(t testing.TB) (pids []int) {
	t.Helper()
	db := Open(t, c.URL())
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	if err := c.server.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query("SELECT pid FROM pg_stat_activity")
	if err != nil {
		t.Fatal(err)
	}
	pids, err = scan(rows)
	if err != nil {
		t.Fatal(err)
	}
	return pids
}

func scan(rows *sql.Rows) (pids []int, err error) {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			return nil, err
		}
		pids = append(pids, pid)
	}
	return pids, rows.Err()
}

// Log is what the server has written so far.
func (c *Cluster) Log(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(c.logFile())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
