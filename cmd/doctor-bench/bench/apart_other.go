//go:build !linux

package bench

import "syscall"

// apart is all that can be said elsewhere; without /proc nothing is measured there anyway.
func apart() *syscall.SysProcAttr { return nil }
