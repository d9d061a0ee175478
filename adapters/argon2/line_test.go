package argon2

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// slow is a hasher whose hashes take a second of the bubble's time, and tell their passwords.
type slow struct {
	*Hasher
	mu      sync.Mutex
	begun   []string
	running int
	most    int
}

func newSlow(c Capacity) *slow {
	s := &slow{Hasher: New(cheap, c)}
	s.derive = func(password, _ []byte, _, _ uint32, _ uint8, length uint32) []byte {
		s.mu.Lock()
		s.begun = append(s.begun, string(password))
		s.running++
		s.most = max(s.most, s.running)
		s.mu.Unlock()
		time.Sleep(time.Second) // of the bubble: no time passes
		s.mu.Lock()
		s.running--
		s.mu.Unlock()
		return make([]byte, length)
	}
	return s
}

// caller asks for a hash in the background; the channel brings its error.
func (s *slow) caller(ctx context.Context, password string) <-chan error {
	answer := make(chan error, 1)
	go func() {
		_, err := s.Hash(ctx, doctor.TypedPassword(password))
		answer <- err
	}()
	synctest.Wait() // it has a slot, a place in line, or its answer
	return answer
}

func expect(t *testing.T, who string, answer <-chan error, want error) {
	t.Helper()
	if err := <-answer; !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", who, err, want)
	}
}

func names(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = string(rune('a' + i))
	}
	return all
}

func TestCallersAreHashedInTheOrderInWhichTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(Capacity{Slots: 1, Places: 20})
		var answers []<-chan error
		for _, name := range names(20) {
			answers = append(answers, s.caller(t.Context(), name))
		}
		for i, answer := range answers {
			expect(t, names(20)[i], answer, nil)
		}
		if !slices.Equal(s.begun, names(20)) {
			t.Errorf("the order was %q", s.begun)
		}
	})
}

func TestNoMoreAreHashedAtOnceThanThereAreSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(Capacity{Slots: 3, Places: 17})
		began := time.Now()
		var answers []<-chan error
		for _, name := range names(20) {
			answers = append(answers, s.caller(t.Context(), name))
		}
		if got := s.Stats(); got != (Stats{Running: 3, Waiting: 17}) {
			t.Errorf("%+v", got)
		}
		for i, answer := range answers {
			expect(t, names(20)[i], answer, nil)
		}
		synctest.Wait()
		if s.most != 3 || time.Since(began) != 7*time.Second {
			t.Errorf("%d at once, 20 hashes in %s", s.most, time.Since(began))
		}
		if got := s.Stats(); got != (Stats{}) {
			t.Errorf("afterwards: %+v", got)
		}
	})
}

func TestBeyondTheLineACallerIsSentAwayAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(Capacity{Slots: 1, Places: 2})
		first, second, third := s.caller(t.Context(), "a"), s.caller(t.Context(), "b"), s.caller(t.Context(), "c")
		began := time.Now()
		expect(t, "the fourth", s.caller(t.Context(), "d"), outbound.ErrBusy)
		if time.Since(began) != 0 || s.Stats() != (Stats{Running: 1, Waiting: 2, Refused: 1}) {
			t.Errorf("after %s: %+v", time.Since(began), s.Stats())
		}
		expect(t, "the first", first, nil)
		fifth := s.caller(t.Context(), "e") // there is a place again
		for _, answer := range []<-chan error{second, third, fifth} {
			expect(t, "a later one", answer, nil)
		}
		if !slices.Equal(s.begun, []string{"a", "b", "c", "e"}) {
			t.Errorf("hashed were %q", s.begun)
		}
	})
}

func TestACallerThatLeavesWhileItWaitsIsNotHashedAndFreesItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(Capacity{Slots: 1, Places: 2})
		gone, leave := context.WithCancel(t.Context())
		first, second, third := s.caller(t.Context(), "a"), s.caller(gone, "b"), s.caller(t.Context(), "c")
		leave()
		expect(t, "the one that left", second, context.Canceled)
		fourth := s.caller(t.Context(), "d")
		for _, answer := range []<-chan error{first, third, fourth} {
			expect(t, "one that stayed", answer, nil)
		}
		if !slices.Equal(s.begun, []string{"a", "c", "d"}) {
			t.Errorf("hashed were %q", s.begun)
		}
	})
}

func TestACallerThatLeftBeforeItCameIsNotHashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(Capacity{Slots: 1})
		gone, leave := context.WithCancel(t.Context())
		leave()
		expect(t, "the one that left", s.caller(gone, "a"), context.Canceled)
		if len(s.begun) != 0 || s.Stats() != (Stats{}) {
			t.Errorf("hashed were %q, %+v", s.begun, s.Stats())
		}
	})
}

// unnoticed is a context that has ended, but whose end the waiting caller notices later than its turn.
type unnoticed struct {
	context.Context
	left atomic.Bool
}

func (*unnoticed) Done() <-chan struct{} { return nil }

func (u *unnoticed) Err() error {
	if u.left.Load() {
		return context.Canceled
	}
	return nil
}

func TestATurnThatComesToACallerThatJustLeftGoesToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(Capacity{Slots: 1, Places: 2})
		ctx := &unnoticed{Context: t.Context()}
		first, second, third := s.caller(t.Context(), "a"), s.caller(ctx, "b"), s.caller(t.Context(), "c")
		ctx.left.Store(true)
		expect(t, "the first", first, nil)
		expect(t, "the one that left", second, context.Canceled)
		expect(t, "the third", third, nil)
		if !slices.Equal(s.begun, []string{"a", "c"}) || s.Stats() != (Stats{}) {
			t.Errorf("hashed were %q, %+v", s.begun, s.Stats())
		}
	})
}

func TestACallerWhoseTurnWouldComeTooLateIsSentAwayAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(Capacity{Slots: 2, Places: 100})
		expect(t, "the one that sets the pace", s.caller(t.Context(), "pace"), nil)
		var answers []<-chan error
		refused := 0
		for range 30 { // two a second, and five seconds: no more than ten can be served
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			answers = append(answers, s.caller(ctx, "x"))
		}
		for _, answer := range answers {
			switch err := <-answer; {
			case errors.Is(err, outbound.ErrBusy):
				refused++
			case err != nil:
				t.Errorf("one was let in for nothing: %v", err)
			}
		}
		if refused != 20 {
			t.Errorf("%d were refused", refused)
		}
	})
}

func TestAFreeSlotIsNeverRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(Capacity{Slots: 1})
		expect(t, "the one that sets the pace", s.caller(t.Context(), "pace"), nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond) // slower than the pace
		defer cancel()
		expect(t, "the hurried one", s.caller(ctx, "a"), nil)
	})
}

func TestAPanicWhileHashingCostsNoSlot(t *testing.T) {
	h := New(cheap, Capacity{Slots: 1})
	h.derive = func(_, _ []byte, _, _ uint32, _ uint8, _ uint32) []byte { panic("out of luck") }
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = h.Hash(t.Context(), doctor.TypedPassword("secret"))
	}()
	if got := h.Stats(); got != (Stats{}) {
		t.Errorf("%+v", got)
	}
}

func TestManyCallersAtOnceAllGetTheirAnswer(t *testing.T) {
	h := New(cheap, Capacity{Slots: 2, Places: 8})
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*100*time.Microsecond)
			defer cancel()
			_, err := h.Hash(ctx, doctor.TypedPassword("secret"))
			if err != nil && !errors.Is(err, outbound.ErrBusy) && !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := h.Stats(); got.Running != 0 || got.Waiting != 0 {
		t.Errorf("a slot or a place was lost: %+v", got)
	}
}

func TestItIsToldWhenHashingBeginsAndWhenItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []bool
		s := newSlow(Capacity{Slots: 2, Places: 3, Busy: func(yes bool) { told = append(told, yes) }})
		for range 2 {
			var answers []<-chan error
			for _, name := range names(5) {
				answers = append(answers, s.caller(t.Context(), name))
			}
			for i, answer := range answers {
				expect(t, names(5)[i], answer, nil)
			}
			synctest.Wait()
		}
		if !slices.Equal(told, []bool{true, false, true, false}) {
			t.Errorf("told %v", told)
		}
	})
}
