package application_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

const wanted = "13700000007" // a phone on which somebody failed too often

// locked is a world in which a phone must wait everywhere, and in the network of home for its own sake.
func locked(t *testing.T) *besieged {
	t.Helper()
	w := newSiege(t)
	for range 5 {
		require.ErrorIs(t, w.from(home, wanted, "wrong"), doctor.ErrWrongCredentials)
	}
	w.siege(wanted, everywhere-5)
	for _, from := range []string{home, w.fresh()} {
		require.ErrorAs(t, w.from(from, wanted, rightPassword), &inbound.Throttled{})
	}
	return w
}

// opened requires that nobody must wait any more, wherever.
func (w *besieged) opened(password string) {
	w.t.Helper()
	for _, from := range []string{home, w.fresh()} {
		require.NoError(w.t, w.from(from, wanted, password))
	}
}

func TestWhoeverIsLetInNeedNotWaitForEarlierFailures(t *testing.T) {
	ctx := context.Background()
	for name, letIn := range map[string]func(w *besieged) (password string){
		"a reset password": func(w *besieged) string {
			id := w.doctor(wanted, doctor.Ordinary).ID()
			return must(w.ResetPassword(ctx, to(id, operator))).Password.Reveal()
		},
		"an enabled doctor": func(w *besieged) string {
			id := w.doctor(wanted, doctor.Ordinary).ID()
			must(w.DisableDoctor(ctx, to(id, operator)))
			must(w.EnableDoctor(ctx, to(id, operator)))
			return rightPassword
		},
		"one that was never disabled": func(w *besieged) string {
			must(w.EnableDoctor(ctx, to(w.doctor(wanted, doctor.Ordinary).ID(), operator)))
			return rightPassword
		},
		"a registered doctor": func(w *besieged) string {
			must(w.Register(ctx, inbound.RegisterCommand{
				Caller: operator, Phone: must(doctor.ParsePhone(wanted)), Name: must(doctor.ParseName("王小明")),
				Password: w.chosen(rightPassword), Origin: ward,
			}))
			return rightPassword
		},
		"an administrator of the command line": func(w *besieged) string {
			must(w.CreateAdministrator(ctx, application.NewAdministrator{
				Phone: must(doctor.ParsePhone(wanted)), Name: must(doctor.ParseName("管理员")), Password: w.chosen(rightPassword),
			}))
			return rightPassword
		},
		"whoever takes the phone": func(w *besieged) string {
			_, caller := w.session(phone, rightPassword)
			must(w.manage(caller, edit(wanted), nil))
			return rightPassword
		},
		"whoever is given the phone": func(w *besieged) string {
			d := must(w.store.ByPhone(ctx, must(doctor.ParsePhone(phone))))
			must(w.ManageDoctor(ctx, inbound.ManageDoctorCommand{Caller: operator, ID: d.ID(), Edit: edit(wanted), Origin: ward}))
			return rightPassword
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := locked(t)
			w.opened(letIn(w))
		})
	}
}

func TestAnErasedDoctorLeavesNoFailures(t *testing.T) {
	w := locked(t)
	d := w.doctor(wanted, doctor.Ordinary)
	cmd := to(d.ID(), operator)
	cmd.IfMatch = version(d.Version())
	must(w.EraseDoctor(context.Background(), cmd))
	require.ErrorIs(t, w.from(home, wanted, "wrong"), doctor.ErrWrongCredentials)
}

func TestAPhoneThatADoctorLeavesKeepsNoFailures(t *testing.T) {
	w := locked(t)
	d := w.doctor(wanted, doctor.Ordinary)
	must(w.ManageDoctor(context.Background(), inbound.ManageDoctorCommand{
		Caller: operator, ID: d.ID(), Edit: edit("13700000008"), Origin: ward,
	}))
	require.ErrorIs(t, w.from(home, wanted, "wrong"), doctor.ErrWrongCredentials)
}

func TestFailuresOfOthersAreNotForgotten(t *testing.T) {
	w := locked(t)
	d := must(w.store.ByPhone(context.Background(), must(doctor.ParsePhone(phone))))
	must(w.EnableDoctor(context.Background(), to(d.ID(), operator)))
	must(w.ResetPassword(context.Background(), to(d.ID(), operator)))
	require.ErrorAs(t, w.from(home, wanted, rightPassword), &inbound.Throttled{})
}

func TestAnEditThatLeavesThePhoneAndWhatIsRefusedForgetNoFailures(t *testing.T) {
	w := locked(t)
	id := w.doctor(wanted, doctor.Ordinary).ID()
	name := doctor.ProfileEdit{Name: must(doctor.ParseName("单雄信"))}
	must(w.ManageDoctor(context.Background(), inbound.ManageDoctorCommand{Caller: operator, ID: id, Edit: name, Origin: ward}))
	must(w.DisableDoctor(context.Background(), to(id, operator)))
	refused := to(id, operator)
	refused.IfMatch = version(1)
	hashed := w.hasher.hashed
	require.ErrorIs(t, may("reset")(w.world, refused), doctor.ErrVersionMismatch)
	require.ErrorIs(t, may("enable")(w.world, refused), doctor.ErrVersionMismatch)
	require.Equal(t, hashed, w.hasher.hashed, "nothing is hashed to be refused")
	require.ErrorAs(t, w.from(home, wanted, rightPassword), &inbound.Throttled{})
}

func TestWhoeverHangsUpAsSoonAsSomethingIsStoredLeavesNoFailures(t *testing.T) {
	w := locked(t)
	ctx, cancel := context.WithCancel(context.Background())
	w.Storage = hangingUp{w.store, cancel}
	id := must(w.Register(ctx, inbound.RegisterCommand{
		Caller: operator, Phone: must(doctor.ParsePhone(wanted)), Name: must(doctor.ParseName("王小明")),
		Password: w.chosen(rightPassword), Origin: ward,
	})).ID
	require.ErrorIs(t, ctx.Err(), context.Canceled)
	w.opened(rightPassword)

	w.siege(wanted, everywhere)
	ctx, cancel = context.WithCancel(context.Background())
	w.Storage = hangingUp{w.store, cancel}
	cmd := to(id, operator)
	cmd.IfMatch = &inbound.Match{Any: true}
	must(w.EraseDoctor(ctx, cmd))
	require.ErrorIs(t, w.from(w.fresh(), wanted, "wrong"), doctor.ErrWrongCredentials)
}

// hangingUp is a storage whose client has left when it has stored something.
type hangingUp struct {
	outbound.Storage
	leave context.CancelFunc
}

func (h hangingUp) Add(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	defer h.leave()
	return h.Storage.Add(ctx, d)
}

func (h hangingUp) Erase(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) error {
	defer h.leave()
	return h.Storage.Erase(ctx, id, change)
}

// forgetful is a storage that forgets no failures.
type forgetful struct{ outbound.Storage }

func (forgetful) Forget(context.Context, [8]byte) error { return outbound.ErrUnavailable }

func TestFailuresThatCannotBeForgottenAreToldAndKeepNothingFromBeingDone(t *testing.T) {
	w, reports := newWorld(t), &told{}
	w.Storage, w.Reporter = forgetful{w.store}, reports
	result, err := w.Register(context.Background(), inbound.RegisterCommand{
		Caller: operator, Phone: must(doctor.ParsePhone(phone)), Name: must(doctor.ParseName("王小明")),
		Password: w.chosen(rightPassword), Origin: ward,
	})
	require.NoError(t, err)
	require.Equal(t, []string{"failed logins of a phone were not forgotten"}, reports.all())
	require.Equal(t, []string{"139****5678"}, reports.details)
	require.NotZero(t, result.ID)

	before := must(w.store.Get(context.Background(), result.ID))
	for _, name := range []string{"reset", "enable"} { // who asks for just that must hear that it was not done
		require.ErrorIs(t, may(name)(w, to(result.ID, operator)), outbound.ErrUnavailable)
	}
	require.Equal(t, before.Snapshot(), must(w.store.Get(context.Background(), result.ID)).Snapshot(), "a password that nobody was told")
}
