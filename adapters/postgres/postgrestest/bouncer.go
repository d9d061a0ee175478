package postgrestest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Bouncer is a PgBouncer in transaction mode before the server of a storage: what a client sends next may reach another
// session of the server.
type Bouncer struct {
	folder string
	port   int
	guard  *guard
	ended  chan string // how, if by itself
}

// All that a setting does not say is as PgBouncer has it. Parameters that it does not know it refuses.
const bouncing = `
[databases]
* = host=%s port=%s
[pgbouncer]
pool_mode = transaction
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = trust
auth_file = %s
max_client_conn = 1000
logfile = log
pidfile = pid
`

// Bounce starts a PgBouncer for one test. It knows the user of the storage URL, and every database.
func Bounce(t testing.TB, storage string) *Bouncer {
	t.Helper()
	b, err := newBouncer(storage)
	if err != nil {
		giveUp(t, err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("PgBouncer %s", b.lastWords())
		}
		b.guard.release()
	})
	db := Open(t, b.URL(storage))
	for end := time.Now().Add(startTimeout); ; {
		if err = db.Ping(); err == nil {
			return b
		}
		if time.Now().After(end) {
			t.Fatalf("PgBouncer did not come up: %v", err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// lastWords tell whether it still runs, and the end of its log.
func (b *Bouncer) lastWords() string {
	state := "runs"
	select {
	case state = <-b.ended:
	default:
	}
	log, _ := os.ReadFile(filepath.Join(b.folder, "log")) // nothing to tell is no fault
	return fmt.Sprintf("%s: %s", state, log[max(0, len(log)-2000):])
}

func newBouncer(storage string) (*Bouncer, error) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil { // where not everybody looks
			return nil, noBouncer
		}
	}
	u, err := url.Parse(storage)
	if err != nil {
		return nil, err
	}
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	b := &Bouncer{ended: make(chan string, 1)}
	if b.port, err = freePort(); err != nil {
		return nil, err
	}
	if b.folder, err = os.MkdirTemp("", "bouncer-"); err != nil {
		return nil, err
	}
	if b.guard, err = watchOver(endServer, b.folder, filepath.Join(b.folder, "pid")); err != nil {
		return nil, err
	}
	users := filepath.Join(b.folder, "users")
	for name, text := range map[string]string{
		"users": fmt.Sprintf("%q \"\"\n", u.User.Username()),
		"ini":   fmt.Sprintf(bouncing, u.Hostname(), u.Port(), b.port, users),
	} {
		if err := os.WriteFile(filepath.Join(b.folder, name), []byte(text), 0o644); err != nil { //nolint:gosec // no secret
			return nil, err
		}
	}
	if owner != nil {
		if err := os.Chown(b.folder, int(owner.Uid), int(owner.Gid)); err != nil {
			return nil, err
		}
	}
	c := exec.Command(program, "-q", "ini")
	c.Dir = b.folder
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: owner}
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = c.Wait() // its guard ends it
		b.ended <- c.ProcessState.String()
	}()
	return b, nil
}

// URL is that of a storage by way of the PgBouncer.
func (b *Bouncer) URL(storage string) string {
	u, err := url.Parse(storage)
	if err != nil {
		panic(err) // the URL is ours
	}
	u.Host = fmt.Sprintf("127.0.0.1:%d", b.port)
	return With(u.String(), "statements", "unkept")
}
