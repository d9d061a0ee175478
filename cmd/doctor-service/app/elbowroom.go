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

	mu     sync.Mutex // held for moments: hashing is told by whoever hands out slots
	hashes bool
	wide   bool
	end    *time.Timer

	setting sync.Mutex // held while all goroutines are stopped, which may have to wait for a collection of garbage
}

// linger is how long the room stays after the last hash.
const linger = time.Second

// The processors are the whole program's, and so is the one who counts them. From here on Go no longer follows a limit of
// the container that changes.
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
	case !r.wide:
		r.wide = true
		go r.set()
	}
}

// leave ends the doubling, unless a hash has begun meanwhile.
func (r *elbowRoom) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wide && !r.hashes {
		r.wide = false
		go r.set()
	}
}

// set makes it so, as it is wanted by now.
func (r *elbowRoom) set() {
	r.setting.Lock()
	defer r.setting.Unlock()
	r.mu.Lock()
	wide := r.wide
	r.mu.Unlock()
	if wide {
		runtime.GOMAXPROCS(2 * r.processors)
	} else {
		runtime.GOMAXPROCS(r.processors)
	}
}
