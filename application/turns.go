package application

import (
	"context"
	"errors"
	"sync"

	"hospital.example/doctor-service/domain/doctor"
)

// turns lets only so many attempts on one account from one network go on at once in this process as may fail. More
// guesses could get no answer, so they need no hash: they stand here, where standing costs nothing, and find the wait of
// those before them when their turn comes. In the line for the hasher they would keep everybody else out.
type turns struct {
	mu   sync.Mutex
	keys map[[16]byte]*turn
}

// turn is what those who try one account share.
type turn struct {
	places  chan struct{} // taken by those under way, and by those who failed
	failed  int           // whose places are free again when somebody passed, or nobody is under way
	present int           // under way or standing; with the last of them the key is forgotten
}

// take returns when it is the caller's turn, which it must end by saying how it ended. With an error it has none.
func (t *turns) take(ctx context.Context, key [16]byte, atOnce int) (end func(error), err error) {
	mine := t.join(key, atOnce)
	select {
	case mine.places <- struct{}{}:
		return func(err error) { t.part(key, mine, func() { mine.end(err) }) }, nil
	case <-ctx.Done():
		t.part(key, mine, func() {})
		return nil, ctx.Err()
	}
}

func (t *turns) join(key [16]byte, atOnce int) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine := t.keys[key]
	if mine == nil {
		if t.keys == nil {
			t.keys = map[[16]byte]*turn{}
		}
		mine = &turn{places: make(chan struct{}, atOnce)}
		t.keys[key] = mine
	}
	mine.present++
	return mine
}

func (t *turns) part(key [16]byte, mine *turn, end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	end()
	if mine.present--; mine.present == 0 {
		delete(t.keys, key)
	}
}

// end frees places: the caller's own unless it failed; and those of all who did when somebody passed, which forgets their
// failures, or when the last under way ends.
func (t *turn) end(err error) {
	if errors.Is(err, doctor.ErrWrongCredentials) {
		t.failed++
	} else {
		<-t.places
	}
	if err != nil && t.failed < len(t.places) {
		return
	}
	for ; t.failed > 0; t.failed-- {
		<-t.places
	}
}
