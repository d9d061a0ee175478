package application_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// slow is a world with one doctor, in which a hash takes a second.
func slow(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	w.hasher.during = func() { time.Sleep(time.Second) }
	return w
}

// many log in at once; counted is how often each outcome came.
func (w *world) many(n int, login func(i int) error) (counted map[string]int) {
	outcomes := make(chan error, n)
	for i := range n {
		go func() { outcomes <- login(i) }()
	}
	counted = map[string]int{}
	for range n {
		err := <-outcomes
		switch {
		case errors.As(err, &inbound.Throttled{}):
			counted["throttled"]++
		default:
			counted[fmt.Sprint(err)]++
		}
	}
	return counted
}

func TestOfManyGuessesAtOnceFiveAreHashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := slow(t)
		began := time.Now()
		counted := w.many(200, func(i int) error {
			_, err := w.login(phone, fmt.Sprint("guess ", i))
			return err
		})
		require.Equal(t, map[string]int{doctor.ErrWrongCredentials.Error(): 5, "throttled": 195}, counted)
		require.Equal(t, 5, w.hasher.verified)
		require.Equal(t, time.Second, time.Since(began), "five at once, and nobody waits for the rest")
	})
}

func TestRightPasswordsAtOnceAllPassFiveAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := slow(t)
		began := time.Now()
		counted := w.many(20, func(int) error {
			_, err := w.login(phone, rightPassword)
			return err
		})
		require.Equal(t, map[string]int{"<nil>": 20}, counted)
		require.Equal(t, 20, w.hasher.verified)
		require.Equal(t, 4*time.Second, time.Since(began))
	})
}

func TestFailuresHoldNobodyUpWhoComesAfterASuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := slow(t)
		began := time.Now()
		counted := w.many(20, func(i int) error {
			password := rightPassword
			if i < 4 {
				password = "a guess"
			}
			_, err := w.login(phone, password)
			return err
		})
		require.Equal(t, map[string]int{doctor.ErrWrongCredentials.Error(): 4, "<nil>": 16}, counted)
		require.LessOrEqual(t, time.Since(began), 5*time.Second, "of the bubble: five at a time, not one by one")
	})
}

func TestWhoLeavesBeforeItsTurnIsNotHashedAndOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := slow(t)
		ctx, leave := context.WithTimeout(t.Context(), time.Millisecond)
		defer leave()
		counted := w.many(30, func(i int) error {
			cmd := inbound.LoginCommand{Phone: phone, Password: doctor.TypedPassword(rightPassword), Origin: ward}
			if i < 15 {
				_, err := w.Login(context.Background(), cmd)
				return err
			}
			time.Sleep(time.Microsecond) // the others stand before
			_, err := w.Login(ctx, cmd)
			return err
		})
		require.Equal(t, map[string]int{"<nil>": 15, context.DeadlineExceeded.Error(): 15}, counted)
		require.Equal(t, 15, w.hasher.verified)
	})
}

func TestAccountsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := slow(t)
		began := time.Now()
		counted := w.many(40, func(i int) error {
			_, err := w.login(fmt.Sprintf("137%08d", i), "wrong")
			return err
		})
		require.Equal(t, map[string]int{doctor.ErrWrongCredentials.Error(): 40}, counted)
		require.Equal(t, 40, w.hasher.verified)
		require.Equal(t, time.Second, time.Since(began))
	})
}
