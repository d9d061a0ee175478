package jwt

import (
	"context"
	"crypto/ed25519"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

const (
	readEvery     = 10 * time.Second
	readOnUnknown = time.Second // at most once in this time, so that forged tokens do not keep the disk busy
)

// keySet is what a look at the folder brought. It never changes.
type keySet struct {
	verifying []inbound.PublicKey // ordered by id
	kid       string              // of the signing key
	private   ed25519.PrivateKey
}

func (s *keySet) find(kid string) (ed25519.PublicKey, bool) {
	for _, k := range s.verifying {
		if k.ID == kid {
			return k.Key, true
		}
	}
	return nil, false
}

func (s *keySet) equal(o *keySet) bool {
	return s.kid == o.kid && slices.EqualFunc(s.verifying, o.verifying, func(a, b inbound.PublicKey) bool {
		return a.ID == b.ID && a.Key.Equal(b.Key)
	})
}

// details names the keys; ids are no secret.
func (s *keySet) details() []outbound.Detail {
	ids := make([]string, len(s.verifying))
	for i, k := range s.verifying {
		ids[i] = k.ID
	}
	return []outbound.Detail{{Name: "signing", Value: s.kid}, {Name: "verifying", Value: strings.Join(ids, " ")}}
}

// Keys are the keys in force. They follow what operators put into the folder; while that is damaged, the last good ones
// stay in force.
type Keys struct {
	read     func() (*keySet, error)
	reporter outbound.Reporter
	inForce  atomic.Pointer[keySet]

	mu      sync.Mutex // one reading at a time
	unknown time.Time  // when an unknown key last caused a reading
	fault   string     // of the last reading; empty: it was good
}

// OpenKeys reads a folder of keys. A damaged or empty one is an error.
func OpenKeys(path string, r outbound.Reporter) (*Keys, error) {
	return newKeys(func() (*keySet, error) { return readFolder(path) }, r)
}

func newKeys(read func() (*keySet, error), r outbound.Reporter) (*Keys, error) {
	first, err := read()
	if err != nil {
		return nil, err
	}
	k := &Keys{read: read, reporter: r}
	k.inForce.Store(first)
	return k, nil
}

// Run follows the folder until ctx ends.
func (k *Keys) Run(ctx context.Context) error {
	again := time.NewTicker(readEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
			k.mu.Lock()
			k.readAgain(ctx)
			k.mu.Unlock()
		}
	}
}

// PublicKeys is an inbound.PublicKeys.
func (k *Keys) PublicKeys() []inbound.PublicKey { return slices.Clone(k.inForce.Load().verifying) }

func (k *Keys) signing() (kid string, key ed25519.PrivateKey) {
	s := k.inForce.Load()
	return s.kid, s.private
}

// find looks a verifying key up. One that is not known may have been added a moment ago.
func (k *Keys) find(kid string) (ed25519.PublicKey, bool) {
	if key, known := k.inForce.Load().find(kid); known || !keyID.MatchString(kid) {
		return key, known
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.unknown) >= readOnUnknown {
		k.unknown = time.Now()
		k.readAgain(context.Background())
	}
	return k.inForce.Load().find(kid)
}

// readAgain takes up what is in the folder now. A fault that stays is reported once. The lock is held.
func (k *Keys) readAgain(ctx context.Context) {
	next, err := k.read()
	if err != nil {
		if err.Error() != k.fault {
			k.fault = err.Error()
			k.reporter.Report(ctx, outbound.Failure, "the signing keys cannot be read, the last good ones stay in force",
				outbound.Detail{Name: "error", Value: k.fault})
		}
		return
	}
	if changed := !next.equal(k.inForce.Load()); changed || k.fault != "" {
		if changed { // else those that were verified stay so
			k.inForce.Store(next)
		}
		k.fault = ""
		k.reporter.Report(ctx, outbound.Info, "signing keys were read", next.details()...)
	}
}
