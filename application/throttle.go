package application

import (
	"context"
	"crypto/sha256"
	"net/netip"
	"strings"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// The rules of waiting. Counters belong to networks, not addresses: whoever has one address of a /24 or a /64 has them
// all. A wait hits an account only in the network that failed. Whoever guesses from a great many networks makes the
// account wait everywhere, but for the networks from which it logged in lately: so nobody can lock a doctor out of the
// place where she works.
const (
	accountWindow = 15 * time.Minute
	firstWait     = time.Minute
	longestWait   = 15 * time.Minute
	sourceWindow  = 5 * time.Minute

	everywhereWindow = 30 * 24 * time.Hour
	everywhereWait   = 24 * time.Hour

	// A login makes its network known for 30 days. It is noted again after a day, so that most logins write nothing of
	// the kind; that day is added, or the last one of the 30 could be missing.
	networkRenewed = 24 * time.Hour
	networkKnown   = 30*24*time.Hour + networkRenewed

	registrationsPerSource = 20
	registrationWindow     = time.Hour
)

// attempt is a try to prove the password of what was typed as a phone. All spellings of a phone share a counter; a string
// that is no phone is counted as it is, just like a phone that nobody has.
func (c *Core) attempt(typed string, from inbound.Origin) outbound.Attempt {
	phone, err := doctor.ParsePhone(typed)
	account := phone.String()
	if err != nil {
		account = strings.TrimSpace(typed)
	}
	source := network(from.Address)
	return outbound.Attempt{
		Phone: phone,
		Account: outbound.Limit{
			Key: accountKey(account, "from", source), Max: c.Settings.LoginFailures,
			Window: accountWindow, FirstWait: firstWait, MaxWait: longestWait,
		},
		Source: outbound.Limit{Key: counterKey("source", source), Max: c.Settings.SourceFailures, Window: sourceWindow},
		Everywhere: outbound.Limit{
			Key: accountKey(account, "everywhere"), Max: c.Settings.AccountFailures,
			Window: everywhereWindow, FirstWait: everywhereWait, MaxWait: everywhereWait,
		},
		Network: networkKey(source),
	}
}

// remember is for how long a login makes a network known that so far is known for a while; zero: it was noted lately.
func remember(known time.Duration) time.Duration {
	if known > networkKnown-networkRenewed {
		return 0
	}
	return networkKnown
}

// registrations limits open registration.
func registrations(from inbound.Origin) outbound.Limit {
	return outbound.Limit{
		Key: counterKey("register", network(from.Address)),
		Max: registrationsPerSource, Window: registrationWindow,
	}
}

// network is the part of an address that one party holds; empty where there is no network between.
func network(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	a = a.Unmap()
	bits := 64
	if a.Is4() {
		bits = 24
	}
	return netip.PrefixFrom(a, bits).Masked().String()
}

// networkKey is a network as storage knows it. Where there is no network between, none is known: all who come that way
// would share it.
func networkKey(network string) [16]byte {
	if network == "" {
		return [16]byte{}
	}
	return counterKey("network", network)
}

// accountKey is the key of one of an account's counters. All of them begin alike, so that they can be forgotten together.
func accountKey(account string, parts ...string) (key [16]byte) {
	begin, end := accountOf(account), counterKey(parts...)
	copy(key[:], begin[:])
	copy(key[len(begin):], end[:])
	return key
}

// accountOf is how the keys of an account's counters begin.
func accountOf(account string) [8]byte {
	key := counterKey("account", account)
	return [8]byte(key[:8])
}

// counterKey hashes, so that counters hold no phone, nor what somebody typed there by mistake.
func counterKey(parts ...string) [16]byte {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return [16]byte(sum[:16])
}

// refuse tells operators of an attempt that must wait, and the caller how long.
func (c *Core) refuse(ctx context.Context, what string, phone doctor.Phone, from inbound.Origin, wait time.Duration) error {
	c.Reporter.Report(ctx, outbound.Warning, what+" throttled",
		outbound.Detail{Name: "phone", Value: phone.Masked()},
		outbound.Detail{Name: "network", Value: network(from.Address)},
		outbound.Detail{Name: "request_id", Value: from.RequestID})
	return inbound.Throttled{Wait: wait}
}
