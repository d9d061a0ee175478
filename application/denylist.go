package application

import (
	"slices"
	"sync"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Denylist knows in memory which tokens are void, so that a check costs no storage read. The Follower keeps it fresh; it
// only ever learns, and forgets what has expired.
//
// A token lives if its session is not listed, and if every ending of its doctor's sessions spared it: its generation was
// not below, or its session was the exception. One entry for a doctor says that of all endings, in whichever order they
// came. No clock decides; clocks only decide when an entry may be forgotten.
type Denylist struct {
	clock outbound.Clock

	mu       sync.RWMutex
	sessions map[doctor.SessionID]uint32 // logged out → Unix second after which the token has expired
	doctors  map[doctor.ID]ended
	lastGood time.Time // when the last good round of the feed began; zero: none yet
}

// ended is what became of a doctor's sessions. floor keeps an ended session from coming back: a change that it had under
// way when it was ended spares it, as every change spares its own session.
type ended struct {
	generation int64            // that the last ending began: older tokens are void, but for
	except     doctor.SessionID // the session that it spared, whose token must be of
	floor      int64            // this generation at least: the last one begun by an ending that did not spare it
	expires    uint32
}

// with takes up one more ending.
func (e ended) with(generation int64, except doctor.SessionID, expires uint32) ended {
	switch {
	case generation > e.generation && except == e.except:
		return ended{generation, except, e.floor, expires}
	case generation > e.generation:
		return ended{generation, except, e.generation, expires}
	case generation < e.generation && except != e.except:
		e.floor = max(e.floor, generation)
	}
	return e
}

func (e ended) voids(c outbound.Claims) bool {
	spared := !e.except.IsZero() && c.Session == e.except && c.Generation >= e.floor
	return c.Generation < e.generation && !spared
}

// The list is fresh when it was complete less than this ago.
const staleAfter = time.Second

// NewDenylist makes an empty list, which is not fresh.
func NewDenylist(clock outbound.Clock) *Denylist {
	return &Denylist{
		clock:    clock,
		sessions: make(map[doctor.SessionID]uint32),
		doctors:  make(map[doctor.ID]ended),
	}
}

// Whoever changes more entries than this lets checks in between.
const stride = 1000

// Add lists revocations; one that is listed already changes nothing.
func (l *Denylist) Add(revocations ...outbound.Revocation) {
	for some := range slices.Chunk(revocations, stride) {
		l.add(some)
	}
}

func (l *Denylist) add(revocations []outbound.Revocation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range revocations {
		expires := uint32(r.Expires.Unix()) //nolint:gosec // seconds fit until 2106
		if r.Generation == 0 {
			l.sessions[r.Session] = max(l.sessions[r.Session], expires)
		} else {
			l.doctors[r.Doctor] = l.doctors[r.Doctor].with(r.Generation, r.Session, expires)
		}
	}
}

// Voids tells whether the list voids a token.
func (l *Denylist) Voids(c outbound.Claims) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	_, out := l.sessions[c.Session]
	return out || l.doctors[c.Doctor].voids(c)
}

// Complete notes that everything committed before the moment began is listed.
func (l *Denylist) Complete(began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastGood = began
}

// Fresh tells whether the list may be believed when it does not void a token.
func (l *Denylist) Fresh() bool { return l.Age() < staleAfter }

// Age is how long ago the list was complete; longer than any patience when it never was.
func (l *Denylist) Age() time.Duration {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.lastGood.IsZero() {
		return 1<<63 - 1
	}
	return l.clock().Sub(l.lastGood)
}

// Size counts the entries.
func (l *Denylist) Size() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.sessions) + len(l.doctors)
}

// Sweep forgets what has expired.
func (l *Denylist) Sweep() {
	now := uint32(l.clock().Unix()) //nolint:gosec // as above
	l.mu.Lock()
	defer l.mu.Unlock()
	looked := 0
	breathe := func() {
		if looked++; looked%stride == 0 {
			l.mu.Unlock()
			l.mu.Lock()
		}
	}
	for session, expires := range l.sessions {
		if expires < now {
			delete(l.sessions, session)
		}
		breathe()
	}
	for id, e := range l.doctors {
		if e.expires < now {
			delete(l.doctors, id)
		}
		breathe()
	}
}
