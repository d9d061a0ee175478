// Package argon2 hashes passwords with argon2id and keeps the hashing inside bounds: each hash takes tens of
// milliseconds of a processor and tens of megabytes, so a storm of logins must not take the machine.
//
//	Hash, Verify  →  line (first come, first served; full: ErrBusy)  →  a slot  →  argon2id  →  PHC string
//	                 └→ Busy: who runs the program may make room for others while there is hashing
package argon2

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"runtime"
	"time"

	argon "golang.org/x/crypto/argon2"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Lengths of new hashes, as RFC 9106 recommends them.
const (
	saltLength = 16
	tagLength  = 32
)

// Hasher implements outbound.Passwords.
type Hasher struct {
	params Params
	nobody hash // what the zero Credential is checked against
	line   *line
	derive func(password, salt []byte, time, memory uint32, threads uint8, length uint32) []byte
}

// Capacity says how much hashing is done at once, and how much may be waiting.
type Capacity struct {
	Slots  int // hashes at once; 0: as many as there are processors
	Places int // callers that wait for a slot; 0: 64 for each slot

	Busy func(bool) // told when the first slot is taken, and when the last is given back; nil: nobody
}

// A request is answered within 10 seconds. With the advised parameters a hash takes about 30 ms, on a machine that is
// busy with nothing else perhaps 60: the last of 64 callers is then served within 4 seconds. Slower parameters are
// covered by the line itself, which sends away whom it cannot serve in time.
const placesPerSlot = 64

// New makes a hasher whose new hashes have the parameters p. Nothing is computed.
func New(p Params, c Capacity) *Hasher {
	if c.Slots == 0 {
		// Unlike NumCPU this knows the limit of a container: each slot takes memory as well.
		c.Slots = runtime.GOMAXPROCS(0)
	}
	if c.Places == 0 {
		c.Places = placesPerSlot * c.Slots
	}
	if c.Busy == nil {
		c.Busy = func(bool) {}
	}
	return &Hasher{
		params: p,
		nobody: hash{params: p, salt: random(saltLength), tag: random(tagLength)},
		line:   newLine(c),
		derive: argon.IDKey,
	}
}

// Hash makes the credential that is stored for a new password.
func (h *Hasher) Hash(ctx context.Context, p doctor.Password) (doctor.Credential, error) {
	made := hash{params: h.params, salt: random(saltLength)}
	tag, err := h.tag(ctx, p, made, tagLength)
	if err != nil {
		return doctor.Credential{}, err
	}
	made.tag = tag
	return doctor.CredentialOf(made.String()), nil
}

// Verify checks a password against a stored hash. The zero Credential is checked against made-up bytes, so that nobody
// can tell from the time whether an account exists.
func (h *Hasher) Verify(ctx context.Context, typed doctor.Password, stored doctor.Credential) (outbound.Verdict, error) {
	known := h.nobody
	if !stored.IsZero() {
		var err error
		if known, err = parseHash(stored.PHC()); err != nil {
			return outbound.Verdict{}, err
		}
	}
	tag, err := h.tag(ctx, typed, known, len(known.tag))
	if err != nil {
		return outbound.Verdict{}, err
	}
	equal := subtle.ConstantTimeCompare(tag, known.tag) == 1
	match := equal && !stored.IsZero()
	return outbound.Verdict{Match: match, Outdated: match && !h.isCurrent(known)}, nil
}

// tag waits for a slot and computes there. A hash that has begun cannot be stopped.
func (h *Hasher) tag(ctx context.Context, p doctor.Password, with hash, length int) ([]byte, error) {
	if err := h.line.enter(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	defer func() { h.line.leave(time.Since(began)) }()
	m := with.params
	return h.derive([]byte(p.Reveal()), with.salt, m.Time, m.Memory, uint8(m.Threads), uint32(length)), nil //nolint:gosec // bounded
}

func (h *Hasher) isCurrent(k hash) bool {
	return k.params == h.params && len(k.salt) == saltLength && len(k.tag) == tagLength
}

// Stats is a look at how busy a hasher is.
type Stats struct {
	Running int    // hashes being computed
	Waiting int    // callers in line
	Refused uint64 // callers sent away with outbound.ErrBusy since the start
}

// Stats may be asked at any time.
func (h *Hasher) Stats() Stats { return h.line.stats() }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: without randomness the runtime ends the program
	return b
}
