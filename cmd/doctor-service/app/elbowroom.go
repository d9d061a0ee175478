package app

import (
	"runtime"
	"sync"
	"time"
)

// elbowRoom doubles Go's processors while passwords are being hashed. A hash holds one of them for tens of milliseconds;
// whoever only reads then runs on the others, in the slices that the system's scheduler gives to all alike. At other
// times they would only look for work in each other's way, which makes a read cost half as much again.
type elbowRoom struct {
	processors int // without hashing

	mu      sync.Mutex
	hashes  bool
	doubled bool
	end     *time.Timer // of the doubling
}

// linger is how long the room stays after the last hash: making it stops all goroutines for some microseconds.
const linger = time.Second

// The processors are the whole program's, and so is the one who counts them.
var newElbowRoom = sync.OnceValue(func() *elbowRoom {
	r := &elbowRoom{processors: runtime.GOMAXPROCS(0)}
	r.end = time.AfterFunc(linger, r.leave)
	return r
})

// hashing is told that hashing has begun, or that it has ended for now.
func (r *elbowRoom) hashing(yes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hashes = yes
	switch {
	case !yes:
		r.end.Reset(linger)
	case !r.doubled:
		r.doubled = true
		runtime.GOMAXPROCS(2 * r.processors)
	}
}

// leave ends the doubling, unless a hash has begun meanwhile.
func (r *elbowRoom) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.doubled && !r.hashes {
		r.doubled = false
		runtime.GOMAXPROCS(r.processors)
	}
}
