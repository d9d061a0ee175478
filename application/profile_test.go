package application_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

func (w *world) manage(caller inbound.Caller, edit doctor.ProfileEdit, match *inbound.Match) (*doctor.Doctor, error) {
	result, err := w.ManageProfile(context.Background(), inbound.ManageProfileCommand{
		Caller: caller, Edit: edit, IfMatch: match, Origin: ward,
	})
	return result.Doctor, err
}

func edit(to string) doctor.ProfileEdit {
	return doctor.ProfileEdit{Phone: must(doctor.ParsePhone(to)), Name: must(doctor.ParseName("王小明"))}
}

func TestAnEditThatChangesNothingLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	_, caller := w.session(phone, rightPassword)
	after, err := w.manage(caller, edit(phone), nil)
	require.NoError(t, err)
	require.Equal(t, d.Version(), after.Version())
	require.Equal(t, []doctor.EventType{doctor.Registered, doctor.LoggedIn}, w.events(d.ID()))
}

func TestAPhoneChangeNeedsAFreshLoginAndEndsOtherSessions(t *testing.T) {
	w := newWorld(t)
	d := w.doctor(phone, doctor.Ordinary)
	own, caller := w.session(phone, rightPassword)
	other, _ := w.session(phone, rightPassword)
	w.pass(31 * time.Minute)
	_, err := w.manage(caller, edit("13700000001"), nil)
	require.ErrorIs(t, err, doctor.ErrLoginTooOld)
	_, err = w.manage(caller, edit(phone), nil)
	require.NoError(t, err, "keeping the phone does not")
	_, err = w.manage(caller, doctor.ProfileEdit{Name: must(doctor.ParseName("王大明"))}, nil)
	require.NoError(t, err, "nor does leaving it out")

	fresh, caller := w.session(phone, rightPassword)
	_, err = w.manage(caller, edit("13700000001"), nil)
	require.NoError(t, err)
	for _, ended := range []string{own, other} {
		_, err = w.authorize(ended, inbound.ManageOwnProfile)
		require.ErrorIs(t, err, inbound.ErrUnauthenticated)
	}
	_, err = w.authorize(fresh, inbound.ManageOwnProfile)
	require.NoError(t, err)
	require.Contains(t, w.events(d.ID()), doctor.PhoneChanged)
}

func TestWhichFaultOfAnEditIsToldFirst(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	w.doctor("13700000001", doctor.Ordinary)
	_, caller := w.session(phone, rightPassword)
	never := &inbound.Match{Versions: []int64{99}}
	_, err := w.manage(caller, edit("13700000001"), never)
	require.ErrorIs(t, err, doctor.ErrVersionMismatch, "412 before 409")
	_, err = w.manage(caller, edit("13700000001"), nil)
	require.ErrorIs(t, err, doctor.ErrPhoneTaken)
	w.pass(time.Hour)
	_, err = w.manage(caller, edit("13700000001"), never)
	require.ErrorIs(t, err, doctor.ErrLoginTooOld, "403 before 412")
}

func TestWhoMayRegister(t *testing.T) {
	w := newWorld(t)
	w.doctor(phone, doctor.Ordinary)
	w.doctor("13800000000", doctor.Administrator)
	ordinary, ordinaryCaller := w.session(phone, rightPassword)
	admin, _ := w.session("13800000000", rightPassword)
	for _, row := range []struct {
		mode  application.Registration
		token string
		want  error
	}{
		{application.ByAdministrator, "", inbound.ErrUnauthenticated},
		{application.ByAdministrator, ordinary, inbound.ErrForbidden},
		{application.ByAdministrator, admin, nil},
		{application.ByNobody, admin, inbound.ErrForbidden},
		{application.ByNobody, "forged", inbound.ErrForbidden},
		{application.ByAnyone, "forged", nil},
		{application.ByAnyone, "", nil},
	} {
		w.Settings.Registration = row.mode
		_, err := w.authorize(row.token, inbound.RegisterDoctor)
		require.ErrorIs(t, err, row.want, "%s %q", row.mode, row.token)
	}
	w.Settings.Registration = application.ByAdministrator
	_, err := w.Register(context.Background(), inbound.RegisterCommand{Caller: ordinaryCaller})
	require.ErrorIs(t, err, inbound.ErrForbidden, "also when the core is driven directly")
}

func TestOpenRegistrationIsTwentyAnHourForANetwork(t *testing.T) {
	w := newWorld(t)
	w.Settings.Registration = application.ByAnyone
	register := func(i int) error {
		number := must(doctor.ParsePhone("1380000" + string([]byte{'0' + byte(i/10), '0' + byte(i%10)}) + "00"))
		name := must(doctor.ParseName("王小明"))
		chosen := must(w.Settings.Policy.Choose("password", doctor.TypedPassword(rightPassword), number, name))
		_, err := w.Register(context.Background(), inbound.RegisterCommand{Phone: number, Name: name, Password: chosen, Origin: ward})
		return err
	}
	for i := range 20 {
		require.NoError(t, register(i))
	}
	require.ErrorAs(t, register(20), &inbound.Throttled{})
}

func TestATokenThatOutlivedItsDoctorProvesNothing(t *testing.T) {
	w := newWorld(t)
	_, err := w.ViewProfile(context.Background(), inbound.ViewProfileCommand{Caller: inbound.Caller{ID: 42, Role: doctor.Ordinary}})
	require.ErrorIs(t, err, inbound.ErrUnauthenticated)
}
