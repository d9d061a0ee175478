package jwt

import (
	"crypto/sha256"
	"sync"
)

// half is how many tokens each half of a memory holds: 32,768 in both, which then take about 7 MiB.
const half = 16 << 10

// fingerprint stands for a token, so that the memory holds nothing that anybody could log in with.
type fingerprint [sha256.Size]byte

// verified remembers tokens that were found genuine, since checking a signature costs fifty times as much as looking one
// up. It belongs to one key set: with the next one begins the next memory, so that no token outlives its key. What time
// changes is not remembered but asked each time.
//
// It forgets by halves: when the young one is full, it becomes the old one, and what the old one held is gone but for
// the tokens that were seen meanwhile.
type verified struct {
	under *keySet

	mu         sync.RWMutex
	young, old map[fingerprint]genuine
}

func newVerified(under *keySet) *verified {
	return &verified{under: under, young: map[fingerprint]genuine{}}
}

func (v *verified) find(f fingerprint) (g genuine, found bool) {
	v.mu.RLock()
	g, found = v.young[f]
	aged := false
	if !found {
		g, aged = v.old[f]
	}
	v.mu.RUnlock()
	if aged {
		v.keep(f, g)
	}
	return g, found || aged
}

func (v *verified) keep(f fingerprint, g genuine) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.young) >= half {
		v.young, v.old = map[fingerprint]genuine{}, v.young
	}
	v.young[f] = g
}
