package inbound

import "crypto/ed25519"

// PublicKey is a key by which others check our tokens.
type PublicKey struct {
	ID  string
	Key ed25519.PublicKey
}

// PublicKeys lists the keys that verify, the signing one among them, ordered by id.
type PublicKeys func() []PublicKey

// Missing is one reason why the service is not ready, such as {"storage", "connection refused"}. It never holds a
// secret, a path or an address.
type Missing struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
}

// Readiness lists what is missing; nothing missing means ready.
type Readiness func() []Missing
