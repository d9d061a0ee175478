package doctor_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

func TestNewDoctorIsActiveAndHasNoIdentityYet(t *testing.T) {
	registration := doctor.Registration{
		Phone:      must[doctor.Phone](t)(doctor.ParsePhone("13912345678")),
		Name:       must[doctor.Name](t)(doctor.ParseName("王小明")),
		Credential: hash,
		Role:       doctor.Administrator,
	}
	d := doctor.Register(registration, later())
	assert.Empty(t, cmp.Diff(doctor.Snapshot{
		Phone: "13912345678", Name: "王小明", Credential: "$argon2id$new", Role: "admin", Status: "active",
		Version: 1, Generation: 1, CreatedAt: day(9), UpdatedAt: day(9),
	}, d.Snapshot()))
	assert.True(t, d.IsActiveAdministrator())

	drained := d.Drain()
	assert.Nil(t, drained.Ended)
	require.Len(t, drained.Events, 1)
	assert.Equal(t, doctor.Registered, drained.Events[0].Type)
	assert.Equal(t, int64(1), drained.Events[0].Version)
	assert.Equal(t, []doctor.Change{
		{Field: "phone", After: "13912345678"}, {Field: "name", After: "王小明"}, {Field: "role", After: "admin"},
	}, drained.Events[0].Values.Changes, "who was made an administrator must be told")
}

func TestRoleThatIsNotNamedIsTheOrdinaryOne(t *testing.T) {
	assert.Equal(t, doctor.Ordinary, doctor.Register(doctor.Registration{}, later()).Role())

	d := restored(t)
	d.ChangeRole(doctor.Role{}, later())
	assert.Empty(t, cmp.Diff(stored(), d.Snapshot()))
	assert.Zero(t, d.Drain())
}

func TestADoctorMayBeRegisteredWithAllThatIsKnown(t *testing.T) {
	d := doctor.Register(doctor.Registration{
		Phone: must[doctor.Phone](t)(doctor.ParsePhone("13800000000")), Name: must[doctor.Name](t)(doctor.ParseName("王")),
		Rest: doctor.ProfileEdit{
			Phone: must[doctor.Phone](t)(doctor.ParsePhone("13900000000")), Name: must[doctor.Name](t)(doctor.ParseName("李")),
			Gender: doctor.SetTo(must[doctor.Gender](t)(doctor.ParseGender("女"))),
		},
	}, later())
	assert.Equal(t, doctor.Profile{
		Phone: d.Profile().Phone, Name: d.Profile().Name, Gender: must[doctor.Gender](t)(doctor.ParseGender("女")),
	}, d.Profile())
	assert.Equal(t, "13800000000王", d.Profile().Phone.String()+d.Profile().Name.String())
	events := d.Drain().Events
	require.Len(t, events, 1)
	assert.Equal(t, []string{"phone", "name", "gender", "role"}, events[0].Fields)
}

func TestEachVerbMovesTheVersionLeavesItsEventAndEndsItsSessions(t *testing.T) {
	all := &doctor.SessionsEnded{Generation: 3}
	allButOwn := &doctor.SessionsEnded{Generation: 3, Except: ownLogin}
	for name, v := range map[string]struct {
		run   func(*doctor.Doctor)
		event doctor.EventType
		ended *doctor.SessionsEnded
	}{
		"profile":  {func(d *doctor.Doctor) { d.ChangeProfile(newName(t), ownLogin, later()) }, doctor.ProfileChanged, nil},
		"phone":    {func(d *doctor.Doctor) { d.ChangeProfile(newPhone(t), ownLogin, later()) }, doctor.PhoneChanged, allButOwn},
		"password": {func(d *doctor.Doctor) { d.ChangePassword(hash, ownLogin, later()) }, doctor.PasswordChanged, allButOwn},
		"reset":    {func(d *doctor.Doctor) { d.ResetPassword(hash, later()) }, doctor.PasswordReset, all},
		"role":     {func(d *doctor.Doctor) { d.ChangeRole(doctor.Administrator, later()) }, doctor.RoleChanged, all},
		"disable":  {func(d *doctor.Doctor) { d.Disable(later()) }, doctor.DoctorDisabled, all},
		"erase":    {func(d *doctor.Doctor) { d.Erase(later()) }, doctor.DoctorErased, all},
	} {
		t.Run(name, func(t *testing.T) {
			d := restored(t)
			v.run(d)
			assert.Equal(t, int64(5), d.Version())
			assert.Equal(t, day(9), d.UpdatedAt())
			assert.Equal(t, day(1), d.CreatedAt())
			assert.Equal(t, day(3), d.LastLoginAt(), "no verb is a login")

			drained := d.Drain()
			require.Len(t, drained.Events, 1)
			assert.Equal(t, v.event, drained.Events[0].Type)
			assert.Equal(t, v.ended, drained.Ended)
			if v.ended == nil {
				assert.Equal(t, int64(2), d.Generation())
			} else {
				assert.Equal(t, int64(3), d.Generation())
			}
		})
	}
}

func TestEnablingEndsNoSession(t *testing.T) {
	d := restored(t, func(s *doctor.Snapshot) { s.Status = "disabled" })
	assert.False(t, d.IsActiveAdministrator())
	d.Enable(later())
	assert.Equal(t, doctor.Active, d.Status())
	assert.Equal(t, int64(5), d.Version())
	assert.Equal(t, int64(2), d.Generation())
	drained := d.Drain()
	assert.Nil(t, drained.Ended)
	assert.Equal(t, []doctor.Change{{Field: "status", Before: "disabled", After: "active"}}, drained.Events[0].Values.Changes)
}

func TestWhatChangesNothingLeavesNoTrace(t *testing.T) {
	for name, run := range map[string]func(*doctor.Doctor){
		"an empty edit": func(d *doctor.Doctor) { d.ChangeProfile(doctor.ProfileEdit{}, ownLogin, later()) },
		"the form sent back": func(d *doctor.Doctor) {
			p := d.Profile()
			d.ChangeProfile(doctor.ProfileEdit{
				Phone: p.Phone, Name: p.Name, Gender: doctor.SetTo(p.Gender), BirthDate: doctor.SetTo(p.BirthDate),
				HospitalID: doctor.SetTo(p.HospitalID), InternalID: doctor.SetTo(p.InternalID),
				DepartmentID: doctor.SetTo(p.DepartmentID), PositionRank: doctor.SetTo(p.PositionRank),
				Speciality: doctor.SetTo(p.Speciality), AvatarURL: doctor.SetTo(p.AvatarURL),
			}, ownLogin, later())
		},
		"the same role":   func(d *doctor.Doctor) { d.ChangeRole(doctor.Ordinary, later()) },
		"enabling active": func(d *doctor.Doctor) { d.Enable(later()) },
	} {
		t.Run(name, func(t *testing.T) {
			d := restored(t)
			run(d)
			assert.Empty(t, cmp.Diff(stored(), d.Snapshot()))
			assert.Zero(t, d.Drain())
		})
	}
	disabled := restored(t, func(s *doctor.Snapshot) { s.Status = "disabled" })
	disabled.Disable(later())
	assert.Equal(t, int64(4), disabled.Version())
	assert.Zero(t, disabled.Drain())
}

func TestEditClearsWhatMayBeClearedAndLeavesTheRest(t *testing.T) {
	d := restored(t)
	d.ChangeProfile(doctor.ProfileEdit{
		Gender: doctor.SetTo(doctor.Gender{}), BirthDate: doctor.SetTo(doctor.BirthDate{}),
		HospitalID: doctor.SetTo(doctor.Reference{}), InternalID: doctor.SetTo(doctor.StaffNumber{}),
		DepartmentID: doctor.SetTo(doctor.Reference{}), PositionRank: doctor.SetTo(doctor.PositionRank{}),
		Speciality: doctor.SetTo(doctor.Speciality{}), AvatarURL: doctor.SetTo(doctor.AvatarURL{}),
	}, ownLogin, later())
	want := stored()
	want.Gender, want.BirthDate, want.HospitalID, want.InternalID = "", "", 0, ""
	want.DepartmentID, want.PositionRank, want.Speciality, want.AvatarURL = 0, "", "", ""
	want.Version, want.UpdatedAt = 5, day(9)
	assert.Empty(t, cmp.Diff(want, d.Snapshot()))
}

func TestPhoneAndProfileChangedAtOnceAreTwoEventsOfOneVersion(t *testing.T) {
	d := restored(t)
	edit := newPhone(t)
	edit.Name = newName(t).Name
	d.ChangeProfile(edit, ownLogin, later())
	drained := d.Drain()
	require.Len(t, drained.Events, 2)
	assert.Equal(t, []string{"name"}, drained.Events[0].Fields)
	assert.Equal(t, []string{"phone"}, drained.Events[1].Fields)
	assert.Equal(t, int64(5), d.Version())
	assert.Equal(t, int64(5), drained.Events[0].Version)
	assert.Equal(t, int64(5), drained.Events[1].Version)
}

func TestPasswordChangeAfterAResetEndsTheOwnSessionToo(t *testing.T) {
	d := restored(t, func(s *doctor.Snapshot) { s.MustChangePassword = true })
	d.ChangePassword(hash, ownLogin, later())
	assert.False(t, d.MustChangePassword())
	assert.Equal(t, noSession, d.Drain().Ended.Except)
}

func TestDisabledAdministratorIsNoActiveOne(t *testing.T) {
	for role, byStatus := range map[string]map[string]bool{
		"admin":  {"active": true, "disabled": false},
		"doctor": {"active": false, "disabled": false},
	} {
		for status, want := range byStatus {
			d := restored(t, func(s *doctor.Snapshot) { s.Role, s.Status = role, status })
			assert.Equal(t, want, d.IsActiveAdministrator(), "%s, %s", role, status)
		}
	}
}

func TestResetPasswordMustBeChanged(t *testing.T) {
	d := restored(t)
	d.ResetPassword(hash, later())
	assert.True(t, d.MustChangePassword())
	assert.Equal(t, "$argon2id$new", d.Credential().PHC())
}

func TestSessionLivesOnOnlyIfEveryEndingKeptIt(t *testing.T) {
	password := func(keep doctor.SessionID) func(*doctor.Doctor) {
		return func(d *doctor.Doctor) { d.ChangePassword(hash, keep, later()) }
	}
	disable := func(d *doctor.Doctor) { d.Disable(later()) }
	for name, c := range map[string]struct {
		first, second func(*doctor.Doctor)
		kept          doctor.SessionID
	}{
		"both kept it":            {password(ownLogin), password(ownLogin), ownLogin},
		"the first ended all":     {disable, password(ownLogin), noSession},
		"the second ended all":    {password(ownLogin), disable, noSession},
		"each kept another":       {password(ownLogin), password(doctor.SessionID{2}), noSession},
		"a drain lies in between": {func(d *doctor.Doctor) { d.Disable(later()); d.Drain() }, password(ownLogin), ownLogin},
	} {
		d := restored(t)
		c.first(d)
		c.second(d)
		assert.Equal(t, &doctor.SessionsEnded{Generation: 4, Except: c.kept}, d.Drain().Ended, name)
	}
}

func TestDrainHandsOverOnce(t *testing.T) {
	d := restored(t)
	assert.Zero(t, d.Drain(), "loading leaves nothing to store")
	d.ChangePassword(hash, ownLogin, later())
	assert.NotZero(t, d.Drain())
	assert.Zero(t, d.Drain())
}

func TestTimesAreKeptInUTCToTheMicrosecond(t *testing.T) {
	on := later()
	on.At = time.Date(2026, 1, 9, 16, 30, 0, 123456789, time.FixedZone("", 8*60*60))
	d := restored(t)
	d.Disable(on)
	assert.Equal(t, day(9), d.UpdatedAt())
	assert.Equal(t, day(9), d.Drain().Events[0].At)
	assert.True(t, noSession.IsZero())
	assert.False(t, ownLogin.IsZero())
}
