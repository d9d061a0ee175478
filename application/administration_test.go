package application_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

const adminPhone = "13800000000"

// administered is a world with an administrator who has just logged in.
func administered(t *testing.T) (w *world, admin inbound.Caller) {
	t.Helper()
	w = newWorld(t)
	w.doctor(adminPhone, doctor.Administrator)
	_, admin = w.session(adminPhone, rightPassword)
	return w, admin
}

// to is a command of an administrator to one doctor.
func to(id doctor.ID, by inbound.Caller) inbound.DoctorCommand {
	return inbound.DoctorCommand{Caller: by, ID: id, Origin: ward}
}

// version is the condition that a doctor has a version.
func version(n int64) *inbound.Match { return &inbound.Match{Versions: []int64{n}} }

// verb is what an administrator may do to one doctor.
type verb struct {
	name string
	do   func(w *world, cmd inbound.DoctorCommand) error
}

// verbs are all of them.
var verbs = []verb{
	{"view", func(w *world, cmd inbound.DoctorCommand) error {
		_, err := w.ViewDoctor(context.Background(), inbound.ViewDoctorCommand{Caller: cmd.Caller, ID: cmd.ID})
		return err
	}},
	{"list events", func(w *world, cmd inbound.DoctorCommand) error {
		_, err := w.ListEvents(context.Background(), inbound.ListEventsCommand{Caller: cmd.Caller, ID: cmd.ID, Limit: 10})
		return err
	}},
	{"edit", manage(doctor.ProfileEdit{Name: must(doctor.ParseName("单雄信"))}, doctor.Role{})},
	{"promote", manage(doctor.ProfileEdit{}, doctor.Administrator)},
	{"demote", manage(doctor.ProfileEdit{}, doctor.Ordinary)},
	{"disable", func(w *world, cmd inbound.DoctorCommand) error {
		_, err := w.DisableDoctor(context.Background(), cmd)
		return err
	}},
	{"enable", func(w *world, cmd inbound.DoctorCommand) error {
		_, err := w.EnableDoctor(context.Background(), cmd)
		return err
	}},
	{"reset", func(w *world, cmd inbound.DoctorCommand) error {
		_, err := w.ResetPassword(context.Background(), cmd)
		return err
	}},
	{"erase", func(w *world, cmd inbound.DoctorCommand) error {
		_, err := w.EraseDoctor(context.Background(), cmd)
		return err
	}},
}

func manage(edit doctor.ProfileEdit, role doctor.Role) func(*world, inbound.DoctorCommand) error {
	return func(w *world, cmd inbound.DoctorCommand) error {
		_, err := w.ManageDoctor(context.Background(), inbound.ManageDoctorCommand{
			Caller: cmd.Caller, ID: cmd.ID, Edit: edit, Role: role, IfMatch: cmd.IfMatch, Origin: cmd.Origin,
		})
		return err
	}
}

// may is one of the verbs.
func may(name string) func(*world, inbound.DoctorCommand) error {
	for _, v := range verbs {
		if v.name == name {
			return v.do
		}
	}
	panic(name)
}

func TestNobodyButAdministratorsAndOperatorsAdministers(t *testing.T) {
	w, admin := administered(t)
	d := w.doctor(phone, doctor.Ordinary)
	_, ordinary := w.session(phone, rightPassword)
	other := w.doctor("13700000008", doctor.Administrator)
	w.change(w.doctor("13700000009", doctor.Administrator).ID(), func(d *doctor.Doctor) {
		d.ResetPassword(doctor.CredentialOf("plain:once-only"), doctor.Occasion{At: w.clock()})
	})
	_, restricted := w.session("13700000009", "once-only")
	_, ended := w.session(adminPhone, rightPassword)
	w.Denylist.Add(outbound.Revocation{Session: ended.Session, Expires: w.clock().Add(time.Hour)})

	list := verb{"list", func(w *world, cmd inbound.DoctorCommand) error {
		_, err := w.ListDoctors(context.Background(), inbound.ListDoctorsCommand{Caller: cmd.Caller, Limit: 10})
		return err
	}}
	for _, v := range append([]verb{list}, verbs...) {
		for _, c := range []struct {
			who  string
			by   inbound.Caller
			want error
		}{
			{"a doctor", ordinary, inbound.ErrForbidden},
			{"a doctor of itself", inbound.Caller{ID: d.ID(), Role: doctor.Ordinary, Generation: 9}, inbound.ErrForbidden},
			{"whoever must change the password first", restricted, doctor.ErrPasswordChangeNeeded},
			{"nobody", inbound.Caller{}, inbound.ErrUnauthenticated},
			{"a session that was ended", ended, inbound.ErrUnauthenticated},
		} {
			cmd := to(d.ID(), c.by)
			cmd.IfMatch = &inbound.Match{Any: true}
			require.ErrorIs(t, v.do(w, cmd), c.want, "%s: %s", v.name, c.who)
		}
		require.Equal(t, d.Version(), must(w.store.Get(context.Background(), d.ID())).Version(), v.name)
		cmd := to(other.ID(), admin)
		cmd.IfMatch = &inbound.Match{Any: true}
		require.NoError(t, v.do(w, cmd), v.name)
	}
	for _, v := range append([]verb{list}, verbs...) {
		cmd := to(d.ID(), operator)
		cmd.IfMatch = &inbound.Match{Any: true}
		require.NoError(t, v.do(w, cmd), "an operator: %s", v.name)
	}
	require.Equal(t, doctor.CommandLine, w.store.History(d.ID())[len(w.store.History(d.ID()))-1].Actor)
	last := w.store.History(other.ID())[len(w.store.History(other.ID()))-1]
	require.Equal(t, doctor.By(admin.ID), last.Actor)
}

func TestAdministrationOfNobodyIsNotFound(t *testing.T) {
	w, admin := administered(t)
	for _, v := range verbs {
		for _, id := range []doctor.ID{999, 0, -1} {
			require.ErrorIs(t, v.do(w, to(id, admin)), doctor.ErrNotFound, v.name)
		}
	}
	require.Zero(t, w.hasher.hashed, "nothing is hashed for nobody")
}

func TestShuttingOutResettingChangingTheRoleAndErasingEndAllSessionsAtOnce(t *testing.T) {
	for _, name := range []string{"disable", "reset", "promote", "erase"} {
		t.Run(name, func(t *testing.T) {
			w, admin := administered(t)
			d := w.doctor(phone, doctor.Ordinary)
			first, caller := w.session(phone, rightPassword)
			second, _ := w.session(phone, rightPassword)
			cmd := to(d.ID(), admin)
			cmd.IfMatch = version(d.Version())
			require.NoError(t, may(name)(w, cmd))
			for _, token := range []string{first, second} { // on this replica nobody waits for the feed
				_, err := w.authorize(token, inbound.ManageOwnProfile)
				require.ErrorIs(t, err, inbound.ErrUnauthenticated)
			}
			_, err := w.ViewProfile(context.Background(), inbound.ViewProfileCommand{Caller: caller})
			require.ErrorIs(t, err, inbound.ErrUnauthenticated, "also for a request that is under way")
		})
	}
}

func TestWhatEndsNoSessionLeavesThem(t *testing.T) {
	w, admin := administered(t)
	d := w.doctor(phone, doctor.Ordinary)
	token, _ := w.session(phone, rightPassword)
	for _, name := range []string{"edit", "enable", "demote", "view", "list events"} {
		require.NoError(t, may(name)(w, to(d.ID(), admin)))
	}
	require.ErrorIs(t, may("erase")(w, to(d.ID(), admin)), inbound.ErrMatchNeeded)
	w.follow()
	_, err := w.authorize(token, inbound.ManageOwnProfile)
	require.NoError(t, err)
}

func TestEveryChangeHonoursIfMatchAndErasingNeedsIt(t *testing.T) {
	for _, name := range []string{"edit", "promote", "disable", "enable", "reset", "erase"} {
		t.Run(name, func(t *testing.T) {
			w, admin := administered(t)
			d := w.doctor(phone, doctor.Ordinary)
			before := d.Snapshot()
			cmd := to(d.ID(), admin)
			for _, stale := range []*inbound.Match{version(before.Version + 1), {}, {Versions: []int64{7, 9}}} {
				cmd.IfMatch = stale
				require.ErrorIs(t, may(name)(w, cmd), doctor.ErrVersionMismatch)
			}
			cmd.IfMatch = nil
			if name == "erase" {
				require.ErrorIs(t, may(name)(w, cmd), inbound.ErrMatchNeeded)
			}
			require.Equal(t, before, must(w.store.Get(context.Background(), d.ID())).Snapshot())
			require.Equal(t, []doctor.EventType{doctor.Registered}, w.events(d.ID()))
			cmd.IfMatch = &inbound.Match{Versions: []int64{before.Version + 5, before.Version}}
			require.NoError(t, may(name)(w, cmd))
		})
	}
}

func TestTwoAdministratorsWhoEditOneVersionOfADoctorLoseNothing(t *testing.T) {
	w, admin := administered(t)
	d := w.doctor(phone, doctor.Ordinary)
	var both sync.WaitGroup
	errs := make([]error, 2)
	for i, edit := range []doctor.ProfileEdit{
		{Name: must(doctor.ParseName("单雄信"))}, {Speciality: doctor.SetTo(must(doctor.ParseSpeciality("骨科")))},
	} {
		both.Go(func() {
			cmd := to(d.ID(), admin)
			cmd.IfMatch = version(d.Version())
			errs[i] = manage(edit, doctor.Role{})(w, cmd)
		})
	}
	both.Wait()
	if errs[0] == nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	require.ErrorIs(t, errs[0], doctor.ErrVersionMismatch)
	require.NoError(t, errs[1])
}

func TestTheLastActiveAdministratorStaysAlsoWhenTwoGoAtOnce(t *testing.T) {
	for _, name := range []string{"disable", "demote", "erase"} {
		t.Run(name, func(t *testing.T) {
			w, admin := administered(t)
			alone := to(admin.ID, admin)
			alone.IfMatch = &inbound.Match{Any: true}
			require.ErrorIs(t, may(name)(w, alone), doctor.ErrLastAdministrator)
			_, err := w.ViewDoctor(context.Background(), inbound.ViewDoctorCommand{Caller: admin, ID: admin.ID})
			require.NoError(t, err, "what was refused ended no session")

			for range 20 {
				w, first := administered(t)
				w.doctor("13800000001", doctor.Administrator)
				_, second := w.session("13800000001", rightPassword)
				var both sync.WaitGroup
				errs := make([]error, 2)
				for i, cmd := range []inbound.DoctorCommand{to(second.ID, first), to(first.ID, second)} {
					cmd.IfMatch = &inbound.Match{Any: true}
					both.Go(func() { errs[i] = may(name)(w, cmd) })
				}
				both.Wait()
				gone := 0
				for _, err := range errs {
					if err == nil {
						gone++
						continue
					}
					if !errors.Is(err, inbound.ErrUnauthenticated) { // whoever comes second may be gone itself by then
						require.ErrorIs(t, err, doctor.ErrLastAdministrator)
					}
				}
				require.Equal(t, 1, gone)
				require.True(t, must(w.store.Probe(context.Background())).Administered)
			}
		})
	}
}

func TestAdministratorsMoveTheirOwnPhoneAfterAFreshLoginOnly(t *testing.T) {
	w, admin := administered(t)
	d := w.doctor(phone, doctor.Ordinary)
	w.pass(31 * time.Minute)
	move := func(id doctor.ID, by inbound.Caller, to string, match *inbound.Match) error {
		_, err := w.ManageDoctor(context.Background(), inbound.ManageDoctorCommand{
			Caller: by, ID: id, Edit: doctor.ProfileEdit{Phone: must(doctor.ParsePhone(to))}, IfMatch: match, Origin: ward,
		})
		return err
	}
	require.ErrorIs(t, move(admin.ID, admin, "13800000009", version(99)), doctor.ErrLoginTooOld, "403 before 412")
	require.NoError(t, move(admin.ID, admin, adminPhone, nil), "keeping it needs none")
	require.NoError(t, move(d.ID(), admin, "13700000001", nil), "nor does another's")
	require.NoError(t, move(d.ID(), operator, "13700000002", nil))

	token, fresh := w.session(adminPhone, rightPassword)
	require.NoError(t, move(admin.ID, fresh, "13800000009", nil))
	_, err := w.authorize(token, inbound.Administer)
	require.NoError(t, err, "whoever moves its own phone stays")
	_, err = w.ViewDoctor(context.Background(), inbound.ViewDoctorCommand{Caller: admin, ID: d.ID()})
	require.ErrorIs(t, err, inbound.ErrUnauthenticated, "its other sessions end")
}

func TestAResetPasswordIsMadeUpAndGoodForOneChange(t *testing.T) {
	w, admin := administered(t)
	d := w.doctor(phone, doctor.Ordinary)
	first, err := w.ResetPassword(context.Background(), to(d.ID(), admin))
	require.NoError(t, err)
	second, err := w.ResetPassword(context.Background(), to(d.ID(), admin))
	require.NoError(t, err)
	require.NotEqual(t, first.Password.Reveal(), second.Password.Reveal())
	for _, old := range []string{rightPassword, first.Password.Reveal()} {
		_, err = w.login(phone, old)
		require.ErrorIs(t, err, doctor.ErrWrongCredentials)
	}
	_, caller := w.session(phone, second.Password.Reveal())
	require.True(t, caller.Restricted)
	_, err = w.ViewProfile(context.Background(), inbound.ViewProfileCommand{Caller: caller})
	require.ErrorIs(t, err, doctor.ErrPasswordChangeNeeded)
}

func TestAnErasedDoctorIsGoneButForItsEvents(t *testing.T) {
	w, admin := administered(t)
	d := w.doctor(phone, doctor.Ordinary)
	w.session(phone, rightPassword)
	cmd := to(d.ID(), admin)
	cmd.IfMatch = version(d.Version())
	require.NoError(t, may("erase")(w, cmd))
	for _, v := range verbs {
		if v.name != "list events" {
			require.ErrorIs(t, v.do(w, cmd), doctor.ErrNotFound, v.name)
		}
	}
	_, err := w.login(phone, rightPassword)
	require.ErrorIs(t, err, doctor.ErrWrongCredentials)

	told, err := w.ListEvents(context.Background(), inbound.ListEventsCommand{Caller: admin, ID: d.ID(), Limit: 10})
	require.NoError(t, err)
	require.Len(t, told.Events, 3)
	require.Equal(t, doctor.DoctorErased, told.Events[0].Type)
	require.Equal(t, doctor.By(admin.ID), told.Events[0].Actor)
	for _, e := range told.Events {
		require.True(t, e.Erased)
		require.Zero(t, e.Values)
	}
	require.NotEqual(t, d.ID(), w.doctor(phone, doctor.Ordinary).ID(), "the phone is free, the id is not")
}

func TestEventsComeNewestFirstAndPageByPage(t *testing.T) {
	w, admin := administered(t)
	d := w.doctor(phone, doctor.Ordinary)
	for range 4 {
		w.change(d.ID(), func(d *doctor.Doctor) {
			d.ResetPassword(doctor.CredentialOf("plain:x"), doctor.Occasion{At: w.clock()})
		})
	}
	var versions []int64
	cmd := inbound.ListEventsCommand{Caller: admin, ID: d.ID(), Limit: 2}
	for pages := 1; ; pages++ {
		page, err := w.ListEvents(context.Background(), cmd)
		require.NoError(t, err)
		for _, e := range page.Events {
			versions = append(versions, e.Version)
		}
		if cmd.Before = page.Next; page.Next == 0 {
			require.Equal(t, 3, pages)
			break
		}
		require.Len(t, page.Events, 2)
	}
	require.Equal(t, []int64{5, 4, 3, 2, 1}, versions)
	cmd.Before, cmd.Limit = 1, 5
	nothing, err := w.ListEvents(context.Background(), cmd)
	require.NoError(t, err, "behind the last page there is nothing, but the doctor was there")
	require.Empty(t, nothing.Events)
	cmd.Before = 0
	all, err := w.ListEvents(context.Background(), cmd)
	require.NoError(t, err)
	require.Len(t, all.Events, 5)
	require.Zero(t, all.Next, "a page that is just full has none behind it")
}
