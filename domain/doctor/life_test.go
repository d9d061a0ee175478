package doctor_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"hospital.example/doctor-service/domain/doctor"
)

// A doctor's life: any verbs in any order. What each did is judged by the states before and after alone.
func TestRulesHoldThroughAnyLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{d: restored(t, func(s *doctor.Snapshot) {
			s.MustChangePassword = rapid.Bool().Draw(t, "reset before")
			s.Status = rapid.SampledFrom([]string{"active", "disabled"}).Draw(t, "status")
		})}
		t.Repeat(map[string]func(*rapid.T){
			"ChangeProfile": func(t *rapid.T) {
				edit, keep := edits(t), session(t)
				l.step(t, keep, func(on doctor.Occasion) { l.d.ChangeProfile(edit, keep, on) })
			},
			"ChangePassword": func(t *rapid.T) {
				keep := session(t)
				kept := keep
				if l.d.MustChangePassword() {
					kept = noSession
				}
				l.step(t, kept, func(on doctor.Occasion) { l.d.ChangePassword(l.newHash(), keep, on) })
			},
			"ResetPassword": func(t *rapid.T) {
				l.step(t, noSession, func(on doctor.Occasion) { l.d.ResetPassword(l.newHash(), on) })
			},
			"ChangeRole": func(t *rapid.T) {
				to := rapid.SampledFrom([]doctor.Role{doctor.Ordinary, doctor.Administrator, {}}).Draw(t, "role")
				l.step(t, noSession, func(on doctor.Occasion) { l.d.ChangeRole(to, on) })
			},
			"Disable": func(t *rapid.T) { l.step(t, noSession, func(on doctor.Occasion) { l.d.Disable(on) }) },
			"Enable":  func(t *rapid.T) { l.step(t, noSession, func(on doctor.Occasion) { l.d.Enable(on) }) },
		})
	})
}

type life struct {
	d      *doctor.Doctor
	steps  int
	hashes int
}

func (l *life) newHash() doctor.Credential {
	l.hashes++
	return doctor.CredentialOf("$argon2id$" + strconv.Itoa(l.hashes))
}

// step runs a verb and judges it; keep is the session that it must spare if it ends any.
func (l *life) step(t *rapid.T, keep doctor.SessionID, run func(doctor.Occasion)) {
	l.steps++
	on := doctor.Occasion{
		At: day(9).Add(time.Duration(l.steps) * time.Second), Actor: doctor.CommandLine, Source: "::1",
		RequestID: strconv.Itoa(l.steps), Salt: [32]byte{byte(l.steps)},
	}
	before := l.d.Snapshot()
	run(on)
	after := l.d.Snapshot()
	drained := l.d.Drain()

	reloaded, err := doctor.Restore(after)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(after, reloaded.Snapshot()))
	require.Zero(t, l.d.Drain(), "Drain hands over once")
	l.d = reloaded

	require.Equal(t, before.ID, after.ID)
	require.Equal(t, before.CreatedAt, after.CreatedAt)
	require.Equal(t, before.LastLoginAt, after.LastLoginAt)
	changed := differences(before, after)
	if len(changed) == 0 {
		require.Empty(t, cmp.Diff(before, after), "without a change nothing moves")
		require.Zero(t, drained)
		return
	}
	require.Equal(t, before.Version+1, after.Version)
	require.Equal(t, on.At, after.UpdatedAt)
	requireEvents(t, drained.Events, on, after, changed)
	requireEnding(t, drained.Ended, keep, before, after, changed)
}

func requireEvents(t *rapid.T, events []doctor.Event, on doctor.Occasion, after doctor.Snapshot, want []doctor.Change) {
	var told []doctor.Change
	for _, e := range events {
		require.Equal(t, after.ID, e.Doctor)
		require.Equal(t, after.Version, e.Version)
		require.Equal(t, on.At, e.At)
		require.Equal(t, on.Actor, e.Actor)
		require.Equal(t, on.Salt, e.Values.Salt)
		require.Equal(t, on.Source, e.Values.Source)
		require.Equal(t, on.RequestID, e.Values.RequestID)
		require.Equal(t, e.Commit(), e.Commitment)
		require.Len(t, e.Fields, len(e.Values.Changes))
		for i, c := range e.Values.Changes {
			require.Equal(t, c.Field, e.Fields[i])
		}
		told = append(told, e.Values.Changes...)
	}
	require.ElementsMatch(t, want, told, "events tell each changed field once, with its values before and after")
	require.NotContains(t, fmt.Sprintf("%+v", events), "argon2id")
}

func requireEnding(
	t *rapid.T, ended *doctor.SessionsEnded, keep doctor.SessionID, before, after doctor.Snapshot, changed []doctor.Change,
) {
	ends := slices.ContainsFunc(changed, func(c doctor.Change) bool {
		disabled := c.Field == doctor.FieldStatus && c.After == "disabled"
		return disabled || slices.Contains([]string{doctor.FieldPhone, doctor.FieldPassword, doctor.FieldRole}, c.Field)
	})
	if !ends {
		require.Equal(t, before.Generation, after.Generation)
		require.Nil(t, ended)
		return
	}
	require.Equal(t, before.Generation+1, after.Generation)
	require.Equal(t, &doctor.SessionsEnded{Generation: after.Generation, Except: keep}, ended)
}

// differences compares two states field by field; a changed hash is the password's change, without values.
func differences(before, after doctor.Snapshot) []doctor.Change {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	all := []doctor.Change{
		{doctor.FieldPhone, before.Phone, after.Phone},
		{doctor.FieldName, before.Name, after.Name},
		{doctor.FieldGender, before.Gender, after.Gender},
		{doctor.FieldBirthDate, before.BirthDate, after.BirthDate},
		{doctor.FieldHospitalID, number(before.HospitalID), number(after.HospitalID)},
		{doctor.FieldInternalID, before.InternalID, after.InternalID},
		{doctor.FieldDepartmentID, number(before.DepartmentID), number(after.DepartmentID)},
		{doctor.FieldPositionRank, before.PositionRank, after.PositionRank},
		{doctor.FieldSpeciality, before.Speciality, after.Speciality},
		{doctor.FieldAvatarURL, before.AvatarURL, after.AvatarURL},
		{doctor.FieldRole, before.Role, after.Role},
		{doctor.FieldStatus, before.Status, after.Status},
	}
	changed := slices.DeleteFunc(all, func(c doctor.Change) bool { return c.Before == c.After })
	if before.Credential != after.Credential {
		changed = append(changed, doctor.Change{Field: doctor.FieldPassword})
	}
	return changed
}

func session(t *rapid.T) doctor.SessionID {
	return doctor.SessionID{rapid.ByteRange(0, 2).Draw(t, "session")}
}

// edits draws from few values, so that an edit often changes nothing.
func edits(t *rapid.T) doctor.ProfileEdit {
	var e doctor.ProfileEdit
	if raw := rapid.SampledFrom([]string{"", "13912345678", "13800000000"}).Draw(t, "phone"); raw != "" {
		e.Phone = must[doctor.Phone](t)(doctor.ParsePhone(raw))
	}
	if raw := rapid.SampledFrom([]string{"", "王小明", "王大明"}).Draw(t, "name"); raw != "" {
		e.Name = must[doctor.Name](t)(doctor.ParseName(raw))
	}
	e.Gender = edit(t, "gender", doctor.ParseGender, "男", "女")
	e.BirthDate = edit(t, "birth date", bornBefore(noon2026), "1980-02-29", "1990-01-01")
	e.HospitalID = edit(t, "hospital", referTo, "3", "4")
	e.InternalID = edit(t, "staff number", doctor.ParseStaffNumber, "DOC1", "doc1")
	e.DepartmentID = edit(t, "department", referTo, "5", "6")
	e.PositionRank = edit(t, "rank", doctor.ParsePositionRank, "主任医师", "医师")
	e.Speciality = edit(t, "speciality", doctor.ParseSpeciality, "心脏\n瓣膜", "骨科")
	e.AvatarURL = edit(t, "avatar", doctor.ParseAvatarURL, "https://h/a.png", "https://h/b.png")
	return e
}

func referTo(raw string) (doctor.Reference, error) {
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil {
		return doctor.Reference{}, err
	}
	return doctor.ParseReference(doctor.FieldHospitalID, n)
}

// edit leaves a field alone, clears it or sets it to one of two values.
func edit[T fmt.Stringer](t *rapid.T, field string, read reader[T], values ...string) doctor.Edit[T] {
	switch raw := rapid.SampledFrom(append(values, "leave", "clear")).Draw(t, field); raw {
	case "leave":
		return doctor.Edit[T]{}
	case "clear":
		var none T
		return doctor.SetTo(none)
	default:
		return doctor.SetTo(must[T](t)(read(raw)))
	}
}
