package postgrestest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if os.Getenv("DOCTOR_TEST_ORPHAN") != "" {
		orphan()
	}
	Main(m)
}

// orphan starts a cluster, tells where it is and waits to be killed.
func orphan() {
	c, err := newCluster(Fleeting, nil, nil)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(c.folder, c.server.Pid)
	select {}
}

func TestNoClusterOutlivesATestBinaryThatIsKilled(t *testing.T) {
	ready(t) // skips where there is no PostgreSQL
	test := exec.Command(os.Args[0])
	test.Env = append(os.Environ(), "DOCTOR_TEST_ORPHAN=1")
	out, err := test.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := test.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	folder, number, _ := strings.Cut(strings.TrimSpace(line), " ")
	pid, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(line)
	}
	if err := test.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = test.Wait() // killed
	for deadline := time.Now().Add(20 * time.Second); ; {
		_, err := os.Stat(folder)
		if os.IsNotExist(err) && !isAlive(pid) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("server %d or its folder %s is still there", pid, folder)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// isAlive tells whether a process runs; one that ended and that nobody asked how does not.
func isAlive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(state), ") Z ")
}

// told notes what became of a test.
type told struct {
	testing.TB
	skipped, failed bool
}

func (t *told) Helper()      {}
func (t *told) Skip(...any)  { t.skipped = true }
func (t *told) Fatal(...any) { t.failed = true }

func TestWithoutPostgresTestsSkipAndInCITheyFail(t *testing.T) {
	for _, c := range []struct {
		ci             string
		err            error
		skipped, fails bool
	}{
		{"", noServer, true, false},
		{"true", noServer, false, true},
		{"", errors.New("it is there and does not start"), false, true},
	} {
		t.Setenv("CI", c.ci)
		got := &told{TB: t}
		giveUp(got, c.err)
		if got.skipped != c.skipped || got.failed != c.fails {
			t.Errorf("CI=%q, %v: skipped is %t, failed is %t", c.ci, c.err, got.skipped, got.failed)
		}
	}
}

func TestDatabasesAreFreshAndApart(t *testing.T) {
	a, b := Open(t, Database(t)), Open(t, Database(t))
	if _, err := a.Exec(`UPDATE administrators SET total = 1, active = 1`); err != nil {
		t.Fatal(err)
	}
	var total int
	if err := b.QueryRow(`SELECT total FROM administrators`).Scan(&total); err != nil || total != 0 {
		t.Errorf("the other database has %d, %v", total, err)
	}
}
