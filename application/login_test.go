package application_test

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

const phone = "13912345678"

func TestARightPasswordGivesATokenThatProvesTheDoctor(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	result, err := w.login("+86 139-1234-5678", rightPassword)
	require.NoError(t, err)
	require.Equal(t, d.ID(), result.ID)
	require.Equal(t, "王小明", result.Name.String())
	caller, err := w.authorize(result.Token, inbound.ManageOwnProfile)
	require.NoError(t, err)
	require.Equal(t, d.ID(), caller.ID)
	require.Equal(t, []doctor.EventType{doctor.Registered, doctor.LoggedIn}, w.events(d.ID()))
	stored := must(w.store.Get(context.Background(), d.ID()))
	require.False(t, stored.LastLoginAt().IsZero())
	require.Equal(t, d.Version(), stored.Version(), "a login moves no version")
}

func TestLoginSaysTheSameForUnknownPhoneAndWrongPassword(t *testing.T) {
	for _, typed := range []struct{ name, phone, password string }{
		{"unknown phone", "13700000000", rightPassword},
		{"wrong password", phone, "wrong"},
		{"empty password", phone, ""},
		{"no phone", "nobody@example.com", rightPassword},
		{"empty phone", "", rightPassword},
	} {
		t.Run(typed.name, func(t *testing.T) {
			w := newWorld(t)
			w.doctor(phone, doctor.Ordinary)
			for range 5 {
				_, err := w.login(typed.phone, typed.password)
				require.ErrorIs(t, err, doctor.ErrWrongCredentials)
			}
			require.Equal(t, 5, w.hasher.verified, "each costs one hash")
			_, err := w.login(typed.phone, typed.password)
			require.ErrorAs(t, err, &inbound.Throttled{})
			require.Equal(t, 5, w.hasher.verified, "a throttled one costs none")
		})
	}
}

func TestDuringAWaitTheRightPasswordWaitsTooButOnlyInThatNetwork(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	for _, spelling := range []string{phone, "+8613912345678", "139-1234-5678", "１３９12345678", "0086 139 1234 5678"} {
		_, err := w.login(spelling, "wrong")
		require.ErrorIs(t, err, doctor.ErrWrongCredentials)
	}
	_, err := w.login(phone, rightPassword)
	require.ErrorAs(t, err, &inbound.Throttled{}, "all spellings of a phone share a counter")

	elsewhere := inbound.Origin{Address: netip.MustParseAddr("198.51.100.1")}
	_, err = w.Login(context.Background(), inbound.LoginCommand{
		Phone: phone, Password: doctor.TypedPassword(rightPassword), Origin: elsewhere,
	})
	require.NoError(t, err, "nobody locks a doctor out from another network")
}

func TestAThrottledEventMarksTheBeginningOfAWait(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	for range 9 {
		_, err := w.login(phone, "wrong")
		require.Error(t, err)
	}
	failed, throttled := 0, 0
	for _, e := range w.events(d.ID()) {
		switch e {
		case doctor.LoginFailed:
			failed++
		case doctor.LoginThrottled:
			throttled++
		}
	}
	require.Equal(t, 5, failed)
	require.Equal(t, 1, throttled)
}

func TestAHundredGuessesInParallelGetFiveAnswers(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	var answered atomic.Int32
	parallel(100, func() {
		if _, err := w.login(phone, "wrong"); errors.Is(err, doctor.ErrWrongCredentials) {
			answered.Add(1)
		}
	})
	require.EqualValues(t, 5, answered.Load())
}

func TestTwentyRightLoginsInParallelAllPass(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	var passed atomic.Int32
	parallel(20, func() {
		if _, err := w.login(phone, rightPassword); err == nil {
			passed.Add(1)
		}
	})
	require.EqualValues(t, 20, passed.Load())
}

func TestNoTwoSessionsAreTheSameHoweverManyBeginAtOnce(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 50 {
				if _, err := w.login(phone, rightPassword); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	seen := map[doctor.SessionID]bool{}
	for _, issued := range w.Tokens.(*openTokens).issued {
		seen[issued.Session] = true
	}
	require.Len(t, seen, 1000)
}

func TestADisabledAccountIsToldOnlyAfterTheRightPassword(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	w.change(d.ID(), func(d *doctor.Doctor) { d.Disable(doctor.Occasion{At: w.clock()}) })
	_, err := w.login(phone, "wrong")
	require.ErrorIs(t, err, doctor.ErrWrongCredentials)
	_, err = w.login(phone, rightPassword)
	require.ErrorIs(t, err, doctor.ErrDisabled)
	require.Contains(t, w.events(d.ID()), doctor.LoginRefused)
	require.True(t, must(w.store.Get(context.Background(), d.ID())).LastLoginAt().IsZero())
}

func TestALoginThatRacesAPasswordChangeGivesADeadToken(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	w.hasher.during = func() {
		w.hasher.during = nil
		w.change(d.ID(), func(d *doctor.Doctor) {
			d.ChangePassword(doctor.CredentialOf("plain:"+newPassword), doctor.SessionID{}, doctor.Occasion{At: w.clock()})
		})
	}
	result, err := w.login(phone, rightPassword)
	require.NoError(t, err)
	w.follow()
	_, err = w.authorize(result.Token, inbound.ManageOwnProfile)
	require.ErrorIs(t, err, inbound.ErrUnauthenticated)
}

func TestALoginBringsAnOldHashUpToDateAndMovesNoVersion(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	w.hasher.current = "newer:"
	_, err := w.login(phone, rightPassword)
	require.NoError(t, err)
	after := must(w.store.Get(context.Background(), d.ID()))
	require.Equal(t, "newer:"+rightPassword, after.Credential().PHC())
	require.Equal(t, d.Version(), after.Version())
}

// change is what another replica, an administrator or the command line does.
func (w *world) change(id doctor.ID, verb func(*doctor.Doctor)) {
	w.t.Helper()
	_, err := w.store.Update(context.Background(), id, func(d *doctor.Doctor) error {
		verb(d)
		return nil
	})
	require.NoError(w.t, err)
}

// follow reads the feed of revocations once.
func (w *world) follow() {
	w.t.Helper()
	feed := must(w.store.Watch(context.Background()))
	defer func() { require.NoError(w.t, feed.Close()) }()
	w.Denylist.Add(must(feed.Next(context.Background())).Revocations...)
	w.fresh()
}

func parallel(n int, do func()) {
	var group sync.WaitGroup
	for range n {
		group.Go(do)
	}
	group.Wait()
}
