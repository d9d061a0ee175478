package bench

import "syscall"

// apart keeps a child out of reach of a terminal's Ctrl-C, which is for us, and lets it end if we are killed.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
