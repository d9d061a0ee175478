package application_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// waits is how long a login must wait; 0: it was answered.
func (w *world) waits(phone, password string) time.Duration {
	w.t.Helper()
	_, err := w.login(phone, password)
	var throttled inbound.Throttled
	if !errors.As(err, &throttled) && !errors.Is(err, doctor.ErrWrongCredentials) {
		require.NoError(w.t, err)
	}
	return throttled.Wait
}

func TestWaitsGrowFromOneMinuteToFifteenAndAreForgottenFifteenMinutesAfterTheLast(t *testing.T) {
	for _, typed := range []string{phone, "13700000009", "nobody"} { // somebody's, nobody's, no phone at all
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.doctor(phone, doctor.Ordinary)
			fiveFailures := func() {
				for range 5 {
					require.Zero(t, w.waits(typed, "wrong"))
				}
			}
			fiveFailures()
			for _, minutes := range []int{1, 2, 4, 8, 15, 15} {
				wait := time.Duration(minutes) * time.Minute
				require.Equal(t, wait, w.waits(typed, rightPassword))
				time.Sleep(wait)
				require.Zero(t, w.waits(typed, "wrong"), "after the wait there is one more try")
			}
			time.Sleep(30 * time.Minute) // the last wait, and as long again
			fiveFailures()
			require.Equal(t, time.Minute, w.waits(typed, "wrong"))
		})
	}
}

func TestFailuresCountForFifteenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.doctor(phone, doctor.Ordinary)
		for range 4 {
			require.Zero(t, w.waits(phone, "wrong"))
		}
		time.Sleep(15 * time.Minute)
		for range 4 {
			require.Zero(t, w.waits(phone, "wrong"), "those before are forgotten")
		}
		time.Sleep(15*time.Minute - time.Second)
		require.Zero(t, w.waits(phone, "wrong"))
		require.Equal(t, time.Minute, w.waits(phone, rightPassword), "and these are not")
	})
}

func TestFailuresOfANetworkCountForFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.doctor(phone, doctor.Ordinary)
		for i := range 200 {
			require.Zero(t, w.waits(fmt.Sprintf("137%08d", i), "wrong"))
		}
		time.Sleep(time.Minute)
		require.Equal(t, 4*time.Minute, w.waits(phone, rightPassword))
		time.Sleep(4 * time.Minute)
		require.Zero(t, w.waits(phone, rightPassword))
	})
}

func TestANetworkIsA24OrA64(t *testing.T) {
	for _, c := range []struct {
		a, b string
		one  bool
	}{
		{"192.0.2.0", "192.0.2.255", true},
		{"192.0.2.255", "192.0.3.0", false},
		{"::ffff:192.0.2.1", "192.0.2.9", true},
		{"2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"2001:db8:1:2::", "2001:db8:1:3::", false},
		{"fe80::1%eth0", "fe80::2", true},
	} {
		w := newWorld(t)
		w.doctor(phone, doctor.Ordinary)
		from := func(address, password string) error {
			_, err := w.Login(context.Background(), inbound.LoginCommand{
				Phone: phone, Password: doctor.TypedPassword(password), Origin: inbound.Origin{Address: netip.MustParseAddr(address)},
			})
			return err
		}
		for range 5 {
			require.ErrorIs(t, from(c.a, "wrong"), doctor.ErrWrongCredentials)
		}
		require.Equal(t, c.one, errors.As(from(c.b, rightPassword), &inbound.Throttled{}), "%s and %s", c.a, c.b)
	}
}
