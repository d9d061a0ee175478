package app

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// pace is how Go's runtime works.
type pace struct {
	processors int
	garbage    int // percent of what is in use that may lie before it is collected; the operator's GOGC goes before it
}

func (p pace) set() {
	runtime.GOMAXPROCS(p.processors)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(p.garbage)
	}
}

// elbowRoom sets another pace while passwords are being hashed.
//   - A hash holds one of Go's processors for tens of milliseconds. With twice as many, whoever only reads runs on the
//     others, in the slices that the system's scheduler gives to all alike. At other times they would only look for work
//     in each other's way, which makes a read cost half as much again.
//   - A hash leaves tens of megabytes of garbage. Collecting those of each one by itself would take longer than a tenth
//     of its time; on few processors, where that is little memory, some may lie together.
type elbowRoom struct {
	calm, hectic pace

	mu     sync.Mutex
	hashes bool
	wide   bool
	end    *time.Timer // of the hectic pace
}

const (
	calmGarbage   = 200 // twice Go's own measure: some megabytes, and an eighth less work for a read
	hashesGarbage = 600 // percent of one hash
	leastGarbage  = 100

	// How long the hectic pace lasts after the last hash: each change stops all goroutines for some microseconds.
	linger = time.Second
)

// The runtime is the whole program's, and so is the one who sets its pace.
var newElbowRoom = sync.OnceValue(func() *elbowRoom {
	processors := runtime.GOMAXPROCS(0) // this knows the limit of a container
	r := &elbowRoom{
		calm:   pace{processors, calmGarbage},
		hectic: pace{2 * processors, max(leastGarbage, hashesGarbage/processors)},
	}
	r.end = time.AfterFunc(linger, r.leave)
	r.calm.set()
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
		r.hectic.set()
	}
}

// leave ends the hectic pace, unless a hash has begun meanwhile.
func (r *elbowRoom) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wide && !r.hashes {
		r.wide = false
		r.calm.set()
	}
}
