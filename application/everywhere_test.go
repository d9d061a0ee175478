package application_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

const (
	home       = "203.0.113.7"
	everywhere = 10 // failures in a row
	day        = 24 * time.Hour
)

// besieged is a world with a short fuse, in which a test may come from any network.
type besieged struct {
	*world
	networks int
}

func newSiege(t *testing.T) *besieged {
	t.Helper()
	w := &besieged{world: newWorld(t)}
	w.Settings.AccountFailures = everywhere
	w.doctor(phone, doctor.Ordinary)
	return w
}

// fresh is an address of a network that nobody came from.
func (w *besieged) fresh() string {
	w.networks++
	return fmt.Sprintf("100.64.%d.1", w.networks)
}

func (w *besieged) from(address, typed, password string) error {
	origin := inbound.Origin{RequestID: "r-1"}
	if address != "" {
		origin.Address = netip.MustParseAddr(address)
	}
	_, err := w.Login(context.Background(), inbound.LoginCommand{
		Phone: typed, Password: doctor.TypedPassword(password), Origin: origin,
	})
	return err
}

// siege fails so often, each time from elsewhere.
func (w *besieged) siege(typed string, failures int) {
	w.t.Helper()
	for range failures {
		require.ErrorIs(w.t, w.from(w.fresh(), typed, "wrong"), doctor.ErrWrongCredentials)
	}
}

// waitsElsewhere requires that a network from which nobody came must wait for so long, whatever the password.
func (w *besieged) waitsElsewhere(typed string, wait time.Duration) {
	w.t.Helper()
	for _, password := range []string{"wrong", rightPassword} {
		require.Equal(w.t, inbound.Throttled{Wait: wait}, w.from(w.fresh(), typed, password))
	}
}

func TestAfterSoManyFailuresInARowOnlyNetworksOfEarlierLoginsMayTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newSiege(t)
		require.NoError(t, w.from(home, phone, rightPassword))
		w.siege(phone, everywhere)
		hashed := w.hasher.verified
		w.waitsElsewhere(phone, day)
		require.Equal(t, hashed, w.hasher.verified, "that costs no hash")

		require.ErrorIs(t, w.from(home, phone, "wrong"), doctor.ErrWrongCredentials)
		require.NoError(t, w.from("203.0.113.200", phone, rightPassword), "the whole network is known")
		time.Sleep(time.Hour)
		w.waitsElsewhere(phone, day-time.Hour) // that success opens the door for nobody else

		time.Sleep(day - time.Hour)
		require.NoError(t, w.from(w.fresh(), phone, rightPassword))
	})
}

func TestWhereTheAccountMayTryItWaitsForFailuresAsEver(t *testing.T) {
	w := newSiege(t)
	require.NoError(t, w.from(home, phone, rightPassword))
	w.siege(phone, everywhere)
	for range 5 {
		require.ErrorIs(t, w.from(home, phone, "wrong"), doctor.ErrWrongCredentials)
	}
	require.ErrorAs(t, w.from(home, phone, rightPassword), &inbound.Throttled{})
}

func TestUnknownPhonesWaitEverywhereJustTheSame(t *testing.T) {
	for _, typed := range []string{phone, "13700000009", "nobody"} {
		synctest.Test(t, func(t *testing.T) {
			w := newSiege(t)
			require.NoError(t, w.from(home, phone, rightPassword))
			before := w.hasher.verified
			w.siege(typed, everywhere)
			require.Equal(t, before+everywhere, w.hasher.verified, "each costs one hash")
			w.waitsElsewhere(typed, day)
			if typed != phone {
				require.ErrorAs(t, w.from(home, typed, rightPassword), &inbound.Throttled{}, "a network is known to its doctor alone")
			}
			time.Sleep(day)
			w.siege(typed, 1)
			w.waitsElsewhere(typed, day) // the row goes on: the next failure begins the next wait
		})
	}
}

func TestAllSpellingsOfAPhoneAreOneRow(t *testing.T) {
	w := newSiege(t)
	for _, spelling := range []string{"+86" + phone, "0086 " + phone, "139-1234-5678", "１３９12345678", " " + phone} {
		w.siege(spelling, everywhere/5)
	}
	require.ErrorAs(t, w.from(w.fresh(), phone, rightPassword), &inbound.Throttled{})
}

func TestASuccessInBetweenBeginsTheRowAnew(t *testing.T) {
	w := newSiege(t)
	for range 3 {
		w.siege(phone, everywhere-1)
		require.NoError(t, w.from(w.fresh(), phone, rightPassword))
	}
	w.siege(phone, everywhere)
	require.ErrorAs(t, w.from(w.fresh(), phone, rightPassword), &inbound.Throttled{})
}

func TestARowOfFailuresIsForgottenThirtyDaysAfterItsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newSiege(t)
		w.siege(phone, everywhere-1)
		time.Sleep(30 * day)
		w.siege(phone, everywhere-1)
		require.NoError(t, w.from(w.fresh(), phone, rightPassword))
	})
}

func TestANetworkIsKnownForThirtyDaysAfterTheLastLoginFromThere(t *testing.T) {
	for _, last := range []time.Duration{0, time.Hour, day - time.Second, day, 20 * day} {
		synctest.Test(t, func(t *testing.T) {
			w := newSiege(t)
			require.NoError(t, w.from(home, phone, rightPassword))
			time.Sleep(last)
			require.NoError(t, w.from(home, phone, rightPassword))
			time.Sleep(30*day - time.Second)
			w.siege(phone, everywhere)
			require.NotErrorAs(t, w.from(home, phone, "wrong"), &inbound.Throttled{}, last)
			time.Sleep(day + time.Second)
			w.siege(phone, 1)
			require.ErrorAs(t, w.from(home, phone, "wrong"), &inbound.Throttled{}, last)
		})
	}
}

// recorder keeps what is concluded.
type recorder struct {
	outbound.Storage
	outcomes []outbound.Outcome
}

func (r *recorder) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	r.outcomes = append(r.outcomes, o)
	return r.Storage.Conclude(ctx, a, o)
}

func TestALoginFromANetworkThatWasNotedWithinADayNotesItNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newSiege(t)
		r := &recorder{Storage: w.Storage}
		w.Storage = r
		for _, later := range []time.Duration{0, 0, 12 * time.Hour, 11 * time.Hour, time.Hour, time.Hour} {
			time.Sleep(later)
			require.NoError(t, w.from(home, phone, rightPassword))
		}
		var noted []bool
		for _, o := range r.outcomes {
			noted = append(noted, o.Remember > 0)
		}
		require.Equal(t, []bool{true, false, false, false, true, false}, noted)
	})
}

func TestNobodyIsSparedForComingFromNoNetwork(t *testing.T) {
	w := newSiege(t)
	require.NoError(t, w.from("", phone, rightPassword))
	w.siege(phone, everywhere)
	require.ErrorAs(t, w.from("", phone, rightPassword), &inbound.Throttled{})
}

func TestALoginThatIsRefusedMakesNoNetworkKnown(t *testing.T) {
	w := newSiege(t)
	id := must(w.store.ByPhone(context.Background(), must(doctor.ParsePhone(phone)))).ID()
	w.change(id, func(d *doctor.Doctor) { d.Disable(doctor.Occasion{At: w.clock()}) })
	require.ErrorIs(t, w.from(home, phone, rightPassword), doctor.ErrDisabled)
	w.siege(phone, everywhere)
	require.ErrorAs(t, w.from(home, phone, rightPassword), &inbound.Throttled{})
}

func TestWhoChangesAPasswordWaitsEverywhereLikeEveryone(t *testing.T) {
	w := newSiege(t)
	_, caller := w.session(phone, rightPassword) // from the ward
	change := func(address, old, next string) error {
		_, err := w.ChangePassword(context.Background(), inbound.ChangePasswordCommand{
			Caller: caller, Old: doctor.TypedPassword(old), New: doctor.TypedPassword(next),
			Origin: inbound.Origin{Address: netip.MustParseAddr(address)},
		})
		return err
	}
	require.NoError(t, change(home, rightPassword, newPassword), "which makes home no network of a login")
	w.siege(phone, everywhere-1)
	require.ErrorIs(t, change(w.fresh(), "wrong", rightPassword), doctor.ErrWrongCredentials, "a failure like any other")
	require.ErrorAs(t, change(w.fresh(), newPassword, rightPassword), &inbound.Throttled{})
	require.ErrorAs(t, w.from(w.fresh(), phone, newPassword), &inbound.Throttled{})
	require.ErrorAs(t, change(home, newPassword, rightPassword), &inbound.Throttled{})
	require.NoError(t, change(ward.Address.String(), newPassword, rightPassword))
}

func TestAWaitEverywhereIsOneThrottledEvent(t *testing.T) {
	w := newSiege(t)
	w.Settings.AccountFailures = 5 // as many as begin a wait in one network
	for range 7 {
		_, err := w.login(phone, "wrong")
		require.Error(t, err)
	}
	id := must(w.store.ByPhone(context.Background(), must(doctor.ParsePhone(phone)))).ID()
	events := slices.DeleteFunc(w.events(id), func(e doctor.EventType) bool { return e != doctor.LoginThrottled })
	require.Len(t, events, 1)
}
