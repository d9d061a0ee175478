package application_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

func TestTheDenylistForgetsWhatHasExpiredAndNothingElse(t *testing.T) {
	now := time.Now()
	list := application.NewDenylist(func() time.Time { return now })
	list.Add(
		outbound.Revocation{Session: doctor.SessionID{1}, Expires: now.Add(time.Minute)},
		outbound.Revocation{Session: doctor.SessionID{2}, Expires: now.Add(time.Hour)},
		outbound.Revocation{Doctor: 7, Generation: 3, Session: doctor.SessionID{9}, Expires: now.Add(time.Minute)},
		outbound.Revocation{Doctor: 7, Generation: 2, Expires: now.Add(time.Hour)}, // came late, says less
	)
	require.True(t, list.Voids(outbound.Claims{Doctor: 7, Generation: 2}))
	require.False(t, list.Voids(outbound.Claims{Doctor: 7, Generation: 2, Session: doctor.SessionID{9}}), "the spared session")
	require.False(t, list.Voids(outbound.Claims{Doctor: 7, Generation: 3}))
	now = now.Add(2 * time.Minute)
	list.Sweep()
	require.Equal(t, 1, list.Size())
	require.True(t, list.Voids(outbound.Claims{Session: doctor.SessionID{2}}))
}

func TestATokenLivesIfEveryEndingSparedItInWhicheverOrderTheyCome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		session := rapid.Custom(func(t *rapid.T) doctor.SessionID { // the zero one spares nobody
			return doctor.SessionID{byte(rapid.IntRange(0, 3).Draw(t, "session"))}
		})
		var endings []outbound.Revocation
		for i := range rapid.IntRange(0, 6).Draw(t, "endings") {
			endings = append(endings, outbound.Revocation{
				Doctor: 7, Generation: int64(i + 2), Session: session.Draw(t, "except"), Expires: time.Now().Add(time.Hour),
			})
		}
		list := application.NewDenylist(time.Now)
		list.Add(rapid.Permutation(endings).Draw(t, "as they come")...)
		list.Add(rapid.Permutation(endings).Draw(t, "once more")...)

		c := outbound.Claims{Doctor: 7, Generation: rapid.Int64Range(1, 8).Draw(t, "generation"), Session: session.Draw(t, "whose")}
		void := false
		for _, e := range endings {
			spared := c.Session == e.Session && c.Session != doctor.SessionID{}
			void = void || c.Generation < e.Generation && !spared
		}
		require.Equal(t, void, list.Voids(c), "%+v after %+v", c, endings)
	})
}

func (w *world) changePassword(caller inbound.Caller) error {
	_, err := w.ChangePassword(context.Background(), inbound.ChangePasswordCommand{
		Caller: caller, Old: doctor.TypedPassword(rightPassword), New: doctor.TypedPassword(newPassword), Origin: ward,
	})
	return err
}

func TestWhoseSessionEndsWhileItSendsItsBodyChangesNothing(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Administrator)
	_, own := w.session(phone, rightPassword)
	_, stolen := w.session(phone, rightPassword) // authorized, and its body is on the way
	token, left := w.session(phone, rightPassword)
	require.NoError(t, w.changePassword(own))
	require.NoError(t, w.logout(token))
	for _, caller := range []inbound.Caller{stolen, left} {
		_, err := w.manage(caller, edit("13700000001"), nil)
		require.ErrorIs(t, err, inbound.ErrUnauthenticated)
		_, err = w.ViewProfile(context.Background(), inbound.ViewProfileCommand{Caller: caller})
		require.ErrorIs(t, err, inbound.ErrUnauthenticated)
		_, err = w.Register(context.Background(), inbound.RegisterCommand{Caller: caller})
		require.ErrorIs(t, err, inbound.ErrUnauthenticated)
		require.ErrorIs(t, w.changePassword(caller), inbound.ErrUnauthenticated)
	}
	require.Equal(t, phone, must(w.store.Get(context.Background(), d.ID())).Profile().Phone.String())
	_, err := w.manage(own, edit("13700000001"), nil)
	require.NoError(t, err, "the session that was spared goes on")
}

func TestAnEndedSessionDoesNotComeBackByAChangeThatItHadUnderWay(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	own, caller := w.session(phone, rightPassword)
	token, stolen := w.session(phone, rightPassword)
	w.change(d.ID(), func(d *doctor.Doctor) { // on another replica, of which this one has not heard yet
		d.ChangePassword(doctor.CredentialOf("plain:"+newPassword), caller.Session, doctor.Occasion{At: w.clock()})
	})
	_, err := w.manage(stolen, edit("13700000001"), nil)
	require.NoError(t, err)
	w.follow()
	for _, ended := range []string{own, token} {
		_, err = w.authorize(ended, inbound.ManageOwnProfile)
		require.ErrorIs(t, err, inbound.ErrUnauthenticated)
	}
}
