package config

import (
	"errors"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// Address is where a listener listens: host:port, the host being optional.
type Address string

// UnmarshalText takes an address whose port is a number. Whether the host is one of ours shows when listening.
func (a *Address) UnmarshalText(text []byte) error {
	_, port, err := net.SplitHostPort(string(text))
	if err != nil || !isPort(port) {
		return errors.New("not an address")
	}
	*a = Address(text)
	return nil
}

// collides tells whether two listeners want the same port: of the same host, or one of them of all hosts.
func (a Address) collides(b Address) bool {
	hostA, portA, _ := net.SplitHostPort(string(a))
	hostB, portB, _ := net.SplitHostPort(string(b))
	return portA == portB && portA != "0" && (hostA == hostB || isEverywhere(hostA) || isEverywhere(hostB))
}

func isEverywhere(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == s
}

// Network is a CIDR; a single address is the network of itself.
type Network struct{ netip.Prefix }

// UnmarshalText refuses IPv4 written as IPv6: addresses of clients never are, so it would hold none of them.
func (n *Network) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		s = netip.PrefixFrom(addr, addr.BitLen()).String()
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().Is4In6() {
		return errors.New("not a network")
	}
	n.Prefix = p
	return nil
}

// Origin is where a browser page comes from: scheme, host and port, nothing else. "*" and "null" are none.
type Origin string

var origin = regexp.MustCompile(`^(https?)://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]+))?$`)

// UnmarshalText takes an origin spelt as browsers spell it, in lower case and without the port that goes without saying:
// origins are compared as text, so another spelling would never be met.
func (o *Origin) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	parts := origin.FindStringSubmatch(s)
	if parts == nil {
		return errors.New("not an origin")
	}
	unsaid := map[string]string{"http": "80", "https": "443"}[parts[1]]
	if port := parts[2]; port == unsaid || port != "" && !isPort(port) {
		return errors.New("not an origin")
	}
	*o = Origin(s)
	return nil
}
