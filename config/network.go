package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// parsePrefix reads a CIDR, or a single address as the network of itself.
func parsePrefix(s string) (any, error) {
	s = strings.TrimSpace(s)
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

// Origin is where a browser page comes from: scheme, host and port, nothing else. "*" and "null" are none.
type Origin string

// UnmarshalText takes an exact web origin.
func (o *Origin) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Scheme+"://"+u.Host != s {
		return errors.New("not an origin")
	}
	*o = Origin(s)
	return nil
}
