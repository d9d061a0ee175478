package postgrestest

import (
	"io"
	"os/exec"
	"syscall"
)

// guard is a shell that waits until its standard input ends, when it is released or when the test binary dies, however
// it dies. Then it does what nothing of a test may be left behind without.
type guard struct {
	shell *exec.Cmd
	hold  io.Closer
}

// endServer kills a server that left its process id in a file, and deletes its folder. What is left of the server, if we
// did not end it, ends at once, also if it is frozen.
const endServer = `
if read -r pid < "$2"; then
	kill -QUIT "$pid"
	kill -CONT "$pid"
	for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" && sleep 0.2; done
	kill -KILL "$pid"
fi 2> /dev/null
rm -rf "$1"`

// watchOver lets a guard run a script in the end.
func watchOver(script string, args ...string) (*guard, error) {
	shell := exec.Command("sh", append([]string{"-c", "cat > /dev/null\n" + script, "guard"}, args...)...)
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the tests
	hold, err := shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := shell.Start(); err != nil {
		return nil, err
	}
	return &guard{shell, hold}, nil
}

// release lets the guard do its work, and waits for it.
func (g *guard) release() {
	_ = g.hold.Close()
	_ = g.shell.Wait()
}
