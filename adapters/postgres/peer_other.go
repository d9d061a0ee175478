//go:build !unix

package postgres

import "net"

// isClosedByPeer cannot look here; a connection that died while idle then costs one failed call.
func isClosedByPeer(net.Conn) bool { return false }
