//go:build unix

package postgres

import (
	"errors"
	"net"
	"syscall"
)

// isClosedByPeer looks, without waiting or taking anything away, whether the other side has closed the connection.
func isClosedByPeer(c net.Conn) bool {
	s, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return true
	}
	closed := false
	// Control, not Read: that would mind a deadline which passed while the connection was idle.
	err = raw.Control(func(fd uintptr) {
		var one [1]byte
		n, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		switch {
		case err == nil:
			closed = n == 0
		default:
			closed = !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR)
		}
	})
	return closed || err != nil
}
