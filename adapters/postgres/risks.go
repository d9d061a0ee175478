package postgres

import (
	"slices"

	"github.com/lib/pq"
)

const superuserRisk = "the role that serves is a superuser: deploy/postgres/roles.sql makes one that may do what serving needs"

// risks are what is wrong with a location, although it works.
func (l *location) risks() []string {
	var found []string
	c := l.config
	switch verifies := c.SSLMode == pq.SSLModeVerifyFull || c.SSLMode == pq.SSLModeVerifyCA; {
	case verifies, l.isLocal():
	case c.SSLMode == pq.SSLModeRequire && c.SSLRootCert != "": // which lib/pq takes for verify-ca, as libpq does
	case c.SSLMode == pq.SSLModeRequire:
		found = append(found, "the connection is encrypted, but to whom is not checked: add sslmode=verify-full")
	default:
		found = append(found, "the connection may go over the network unencrypted: add sslmode=verify-full")
	}
	if c.Password != "" && slices.Contains([]string{c.User, c.Database, "postgres", "password", "admin"}, c.Password) {
		found = append(found, "the password of the role that serves is the first that anybody tries")
	}
	return found
}
