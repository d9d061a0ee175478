package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Durability says what becomes of commits when the machine stops.
type Durability bool

// A fleeting cluster is faster; a durable one keeps what it acknowledged.
const (
	Fleeting Durability = false
	Durable  Durability = true
)

// Cluster is a PostgreSQL of its own in a temporary folder. It is taken down with the test, and by its guard if the test
// binary dies.
type Cluster struct {
	durability Durability
	settings   []string
	bin        string
	folder     string
	port       int
	owner      *syscall.Credential // nil: we ourselves
	guard      *guard
	server     *os.Process // nil: it is down
	ended      chan struct{}
	frozen     []int
	environ    []string // of the server, beside ours
}

const startTimeout = 30 * time.Second

// Start makes a cluster for one test.
func Start(t testing.TB, durability Durability) *Cluster {
	t.Helper()
	return start(t, durability)
}

func start(t testing.TB, durability Durability, environ ...string) *Cluster {
	t.Helper()
	c, err := newCluster(durability, nil, environ)
	if err != nil {
		giveUp(t, err)
	}
	t.Cleanup(c.close)
	return c
}

func newCluster(durability Durability, settings, environ []string) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	c := &Cluster{durability: durability, settings: settings, bin: bin, environ: environ}
	if c.owner, err = unprivileged(); err != nil {
		return nil, err
	}
	if c.folder, err = os.MkdirTemp(place(durability), "postgrestest-"); err != nil {
		return nil, err
	}
	if c.guard, err = watchOver(endServer, c.folder, c.pidFile()); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.folder))
	}
	if err := c.create(); err != nil {
		c.close()
		return nil, err
	}
	err = c.start()
	for tries := 0; errors.Is(err, errEnded) && tries < 3; tries++ { // somebody may have taken the port
		c.port = 0
		err = c.start()
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// place is where a cluster lies: one that need not last in memory, where there is enough of it, since copying a database
// per test is mostly writing.
func place(durability Durability) string {
	const memory, enough = "/dev/shm", 2 << 30
	var room syscall.Statfs_t
	if durability == Durable || syscall.Statfs(memory, &room) != nil || room.Bavail*uint64(room.Bsize) < enough {
		return ""
	}
	return memory
}

// unprivileged is the user postgres if we are root, as whom PostgreSQL refuses to run.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("root cannot run PostgreSQL, and there is no user to run it: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// Nobody is asked for a password, which takes longer than all else about a connection, but those who are in a group.
const access = `
local all all                     trust
host  all +asked_for_password all scram-sha-256
host  all all            samehost trust
`

func (c *Cluster) create() error {
	if c.owner != nil {
		if err := os.Chown(c.folder, int(c.owner.Uid), int(c.owner.Gid)); err != nil {
			return err
		}
	}
	initdb := c.command("initdb", "-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return os.WriteFile(filepath.Join(c.data(), "pg_hba.conf"), []byte(access), 0o600)
}

func (c *Cluster) data() string    { return filepath.Join(c.folder, "data") }
func (c *Cluster) pidFile() string { return filepath.Join(c.data(), "postmaster.pid") }
func (c *Cluster) logFile() string { return filepath.Join(c.folder, "log") }

// command makes one that runs as the cluster's owner, out of reach of signals to our own group.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.owner}
	return cmd
}

// URL is that of the database postgres and its superuser.
func (c *Cluster) URL() string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres", c.port)
}

// Database makes an empty database and returns its URL. It lasts as long as the cluster.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	name := unique("doctor")
	if _, err := Open(t, c.URL()).Exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("creating a database: %v", err)
	}
	return database(c.URL(), name)
}

// start brings the server up. The port is chosen once, so that URLs outlive a restart.
func (c *Cluster) start() (err error) {
	if c.port == 0 {
		if c.port, err = freePort(); err != nil {
			return err
		}
	}
	log, err := os.OpenFile(c.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the server has its own by then
	flag := map[Durability]string{Fleeting: "off", Durable: "on"}[c.durability]
	server := c.command("postgres", "-D", c.data(), "-p", strconv.Itoa(c.port), "-k", c.folder,
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "max_wal_size=256MB",
		"-c", "dynamic_shared_memory_type=mmap", // in the folder, and gone with it
		"-c", "fsync="+flag, "-c", "full_page_writes="+flag)
	for _, setting := range c.settings {
		server.Args = append(server.Args, "-c", setting) // the last one counts
	}
	server.Env = append(os.Environ(), c.environ...)
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		return err
	}
	c.server, c.ended = server.Process, make(chan struct{})
	go func() {
		_ = server.Wait() // how it ended is in its log
		close(c.ended)
	}()
	if err := c.waitReady(); err != nil {
		text, _ := os.ReadFile(c.logFile())
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

var errEnded = errors.New("PostgreSQL ended at once")

func (c *Cluster) waitReady() error {
	db, err := Connect(With(c.URL(), "connect_timeout", "5"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	ctx, stop := context.WithTimeout(context.Background(), startTimeout)
	defer stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not come up: %w", err)
		case <-c.ended:
			return errEnded
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// close takes everything down.
func (c *Cluster) close() {
	if c.server != nil {
		_ = c.server.Signal(syscall.SIGQUIT)
		c.thaw() // what is frozen ends as soon as it is let go
		_ = c.server.Signal(syscall.SIGCONT)
		<-c.ended
	}
	c.guard.release()
}
