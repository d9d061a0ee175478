package application_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

func (w *world) logout(token string) error {
	_, err := w.Logout(context.Background(), inbound.LogoutCommand{Token: token, Origin: ward})
	return err
}

func TestALogoutVoidsTheTokenAtOnceAndOnlyThatToken(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	token, _ := w.session(phone, rightPassword)
	other, _ := w.session(phone, rightPassword)
	require.NoError(t, w.logout(token))
	_, err := w.authorize(token, inbound.ManageOwnProfile)
	require.ErrorIs(t, err, inbound.ErrUnauthenticated)
	_, err = w.authorize(other, inbound.ManageOwnProfile)
	require.NoError(t, err)
	require.NoError(t, w.logout(token), "logging out again is fine")
	events := w.events(d.ID())
	require.Equal(t, doctor.LoggedOut, events[len(events)-1])
	require.Len(t, events, 4, "and writes no second event")
}

func TestOnlyAGenuineTokenLogsOut(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	token, _ := w.session(phone, rightPassword)
	require.ErrorIs(t, w.logout(""), inbound.ErrUnauthenticated)
	require.ErrorIs(t, w.logout("forged"), inbound.ErrUnauthenticated)
	w.pass(9 * time.Hour)
	require.NoError(t, w.logout(token), "an expired token was ours")
}

func TestALogoutThatCouldNotBeStoredIsNoSuccess(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	token, _ := w.session(phone, rightPassword)
	w.store.pull(true)
	require.ErrorIs(t, w.logout(token), outbound.ErrUnavailable)
	_, err := w.authorize(token, inbound.ManageOwnProfile)
	require.NoError(t, err)
}

func TestACheckReadsNoStorageWhileTheDenylistIsFresh(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	token, _ := w.session(phone, rightPassword)
	before := w.store.reads
	for range 100 {
		_, err := w.authorize(token, inbound.ManageOwnProfile)
		require.NoError(t, err)
	}
	require.Zero(t, w.store.lookups)
	require.Equal(t, before, w.store.reads)
}

func TestALateDenylistAsksStorageAndNeverAssumes(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	token, caller := w.session(phone, rightPassword)
	other, _ := w.session(phone, rightPassword)
	claims := must(w.Tokens.Verify(token))
	require.NoError(t, w.store.Store.Revoke(context.Background(), claims.Session, claims.Expires,
		doctor.Note(caller.ID, doctor.LoggedOut, doctor.Occasion{At: w.clock()}))) // on another replica
	w.mu.Lock()
	w.now = w.now.Add(2 * time.Second) // and no round of the feed
	w.mu.Unlock()

	_, err := w.authorize(token, inbound.ManageOwnProfile)
	require.ErrorIs(t, err, inbound.ErrUnauthenticated)
	_, err = w.authorize(other, inbound.ManageOwnProfile)
	require.NoError(t, err)
	w.store.pull(true)
	_, err = w.authorize(other, inbound.ManageOwnProfile)
	require.ErrorIs(t, err, outbound.ErrUnavailable)
	require.NotErrorIs(t, err, inbound.ErrUnauthenticated)
}

func TestAChangedPasswordEndsAllSessionsButTheCallers(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	own, caller := w.session(phone, rightPassword)
	other, _ := w.session(phone, rightPassword)
	_, err := w.ChangePassword(context.Background(), inbound.ChangePasswordCommand{
		Caller: caller, Old: doctor.TypedPassword(rightPassword), New: doctor.TypedPassword(newPassword), Origin: ward,
	})
	require.NoError(t, err)
	_, err = w.authorize(own, inbound.ManageOwnProfile)
	require.NoError(t, err)
	_, err = w.authorize(other, inbound.ManageOwnProfile)
	require.ErrorIs(t, err, inbound.ErrUnauthenticated)
	_, err = w.login(phone, rightPassword)
	require.ErrorIs(t, err, doctor.ErrWrongCredentials)
	_, err = w.login(phone, newPassword)
	require.NoError(t, err)
	require.Equal(t, d.Version()+1, must(w.store.Get(context.Background(), d.ID())).Version())
}

func TestAWrongOldPasswordCountsAsAFailedLogin(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	_, caller := w.session(phone, rightPassword)
	change := func(old string) error {
		_, err := w.ChangePassword(context.Background(), inbound.ChangePasswordCommand{
			Caller: caller, Old: doctor.TypedPassword(old), New: doctor.TypedPassword(newPassword), Origin: ward,
		})
		return err
	}
	for range 5 {
		require.ErrorIs(t, change("a guess"), doctor.ErrWrongCredentials)
	}
	require.ErrorAs(t, change(rightPassword), &inbound.Throttled{})
	_, err := w.login(phone, rightPassword)
	require.ErrorAs(t, err, &inbound.Throttled{})
}

func TestANewPasswordMustObeyThePolicyForThisDoctor(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	_, caller := w.session(phone, rightPassword)
	for _, bad := range []string{"short", phone, "王小明王小明王小明"} {
		_, err := w.ChangePassword(context.Background(), inbound.ChangePasswordCommand{
			Caller: caller, Old: doctor.TypedPassword(rightPassword), New: doctor.TypedPassword(bad), Origin: ward,
		})
		require.NotEmpty(t, doctor.Faults(err), bad)
		require.Equal(t, "new_password", doctor.Faults(err)[0].Field)
	}
	require.Equal(t, 1, w.hasher.verified, "nothing is hashed for a password that cannot be taken")
}

func TestAfterAResetOnlyThePasswordCanBeChanged(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Administrator)
	before, _ := w.session(phone, rightPassword)
	w.change(d.ID(), func(d *doctor.Doctor) {
		d.ResetPassword(doctor.CredentialOf("plain:once-only"), doctor.Occasion{At: w.clock()})
	})
	w.follow()
	_, err := w.authorize(before, inbound.ManageOwnProfile)
	require.ErrorIs(t, err, inbound.ErrUnauthenticated, "a reset ends all sessions")

	token, caller := w.session(phone, "once-only")
	for _, action := range []inbound.Action{inbound.ManageOwnProfile, inbound.RegisterDoctor} {
		_, err = w.authorize(token, action)
		require.ErrorIs(t, err, doctor.ErrPasswordChangeNeeded)
	}
	_, err = w.ViewProfile(context.Background(), inbound.ViewProfileCommand{Caller: caller})
	require.ErrorIs(t, err, doctor.ErrPasswordChangeNeeded, "whoever drives the core")
	another, _ := w.session(phone, "once-only")
	require.NoError(t, w.logout(another), "and one may log out")
	_, err = w.authorize(another, inbound.ChangeOwnPassword)
	require.ErrorIs(t, err, inbound.ErrUnauthenticated)
	change := inbound.ChangePasswordCommand{Caller: caller, Old: doctor.TypedPassword("once-only"), Origin: ward}
	change.New = change.Old
	_, err = w.ChangePassword(context.Background(), change)
	require.Equal(t, []doctor.Invalid{{Field: "new_password", Rule: doctor.RulePasswordSame}}, doctor.Faults(err))
	change.New = doctor.TypedPassword(newPassword)
	_, err = w.ChangePassword(context.Background(), change)
	require.NoError(t, err)
	_, err = w.authorize(token, inbound.ChangeOwnPassword)
	require.ErrorIs(t, err, inbound.ErrUnauthenticated, "that session was good for this one change")
	token, _ = w.session(phone, newPassword)
	_, err = w.authorize(token, inbound.ManageOwnProfile)
	require.NoError(t, err)
}

func TestARefusedTokenIsToldToOperatorsUnlessItIsEverydayAndNeverShown(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	ended, _ := w.session(phone, rightPassword)
	expired, _ := w.session(phone, rightPassword)
	require.NoError(t, w.logout(ended))
	reports := &told{}
	w.Reporter = reports
	refused := func(token string, why ...string) {
		t.Helper()
		reports.what, reports.details = nil, nil
		_, err := w.Authorize(context.Background(), inbound.AuthorizeCommand{Token: token, To: inbound.ManageOwnProfile, Origin: ward})
		require.ErrorIs(t, err, inbound.ErrUnauthenticated)
		require.Equal(t, why, reports.details)
	}
	refused("forged", outbound.ErrTokenInvalid.Error())
	refused(ended, fmt.Sprintf("a session of doctor %d that was ended", d.ID()))
	refused("")
	reports.details = nil
	require.ErrorIs(t, w.logout("forged"), inbound.ErrUnauthenticated)
	require.Equal(t, []string{outbound.ErrTokenInvalid.Error()}, reports.details)
	w.pass(9 * time.Hour)
	refused(expired)
}

func TestARefusedRoleStandsInTheAuditTrail(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	token, _ := w.session(phone, rightPassword)
	_, err := w.Authorize(context.Background(), inbound.AuthorizeCommand{Token: token, To: inbound.RegisterDoctor, Origin: ward})
	require.ErrorIs(t, err, inbound.ErrForbidden)
	events := w.store.History(d.ID())
	last := events[len(events)-1]
	require.Equal(t, doctor.AccessRefused, last.Type)
	require.Equal(t, doctor.By(d.ID()), last.Actor)
	require.Equal(t, "192.0.2.7", last.Values.Source)
	_, err = w.authorize(token, inbound.ManageOwnProfile)
	require.NoError(t, err)
	require.Len(t, w.store.History(d.ID()), len(events), "what is allowed is not noted")
}
