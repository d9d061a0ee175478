package argon2

import (
	"container/list"
	"context"
	"sync"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// line hands out slots, first come, first served. A slot is free only while nobody waits, so nobody is overtaken.
type line struct {
	mu      sync.Mutex
	slots   int
	free    int
	places  int
	waiting list.List     // of chan struct{}, closed when the slot is handed over
	pace    time.Duration // how long a hash took lately; 0: not known yet
	refused uint64
	busy    func(bool)
}

func newLine(c Capacity) *line {
	return &line{slots: c.Slots, free: c.Slots, places: c.Places, busy: c.Busy}
}

// enter returns when the caller has a slot, which it must leave. With an error it has none.
func (l *line) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	turn, place, err := l.queue(ctx)
	if err != nil || turn == nil {
		return err
	}
	select {
	case <-turn:
		if ctx.Err() == nil {
			return nil
		}
	case <-ctx.Done():
	}
	l.giveUp(turn, place)
	return ctx.Err()
}

// queue takes a free slot, without a turn to wait for, or a place in the line.
func (l *line) queue(ctx context.Context) (turn chan struct{}, place *list.Element, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free > 0 {
		if l.free == l.slots {
			l.busy(true)
		}
		l.free--
		return nil, nil, nil
	}
	if l.waiting.Len() >= l.places || l.tooLateFor(ctx) {
		l.refused++
		return nil, nil, outbound.ErrBusy
	}
	turn = make(chan struct{})
	return turn, l.waiting.PushBack(turn), nil
}

// tooLateFor tells whether a caller that joins the line now would be hashed only when nobody waits for its answer any
// more. Before its own hash come the rounds of those ahead, the first of which has begun.
func (l *line) tooLateFor(ctx context.Context) bool {
	deadline, bounded := ctx.Deadline()
	rounds := l.waiting.Len()/l.slots + 2
	return bounded && time.Until(deadline) < time.Duration(rounds)*l.pace
}

// giveUp leaves the line. The turn may have come at that very moment: then it goes to the next.
func (l *line) giveUp(turn chan struct{}, place *list.Element) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-turn:
		l.handOver()
	default:
		l.waiting.Remove(place)
	}
}

// leave gives back a slot in which a hash took that long.
func (l *line) leave(took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pace == 0 {
		l.pace = took
	}
	l.pace += (took - l.pace) / 8
	l.handOver()
}

// handOver passes a slot to the first in line. The lock is held.
func (l *line) handOver() {
	first := l.waiting.Front()
	if first == nil {
		if l.free++; l.free == l.slots {
			l.busy(false)
		}
		return
	}
	close(l.waiting.Remove(first).(chan struct{}))
}

func (l *line) stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Stats{Running: l.slots - l.free, Waiting: l.waiting.Len(), Refused: l.refused}
}
