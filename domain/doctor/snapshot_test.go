package doctor_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

func TestRestoredDoctorIsTheOneThatWasStored(t *testing.T) {
	d := restored(t)
	assert.Empty(t, cmp.Diff(stored(), d.Snapshot()))
	assert.Equal(t, doctor.ID(7), d.ID())
	assert.Equal(t, doctor.Ordinary, d.Role())
	assert.Equal(t, doctor.Active, d.Status())
	assert.Equal(t, int64(5), d.Profile().DepartmentID.Int64())
}

func TestRestoreRefusesTheImpossible(t *testing.T) {
	for _, c := range []struct {
		fault  string
		damage func(*doctor.Snapshot)
	}{
		{"id", func(s *doctor.Snapshot) { s.ID = 0 }},
		{"id", func(s *doctor.Snapshot) { s.ID = -7 }},
		{"phone", func(s *doctor.Snapshot) { s.Phone = "" }},
		{"name", func(s *doctor.Snapshot) { s.Name = "" }},
		{"role", func(s *doctor.Snapshot) { s.Role = "" }},
		{"role", func(s *doctor.Snapshot) { s.Role = "root" }},
		{"status", func(s *doctor.Snapshot) { s.Status = "" }},
		{"status", func(s *doctor.Snapshot) { s.Status = "Active" }},
		{"birth_date", func(s *doctor.Snapshot) { s.BirthDate = "2021-02-29" }},
		{"birth_date", func(s *doctor.Snapshot) { s.BirthDate = "infinity" }},
		{"version", func(s *doctor.Snapshot) { s.Version = 0 }},
		{"generation", func(s *doctor.Snapshot) { s.Generation = -1 }},
		{"hospital_id", func(s *doctor.Snapshot) { s.HospitalID = -1 }},
		{"department_id", func(s *doctor.Snapshot) { s.DepartmentID = math.MinInt64 }},
		{"created_at", func(s *doctor.Snapshot) { s.CreatedAt = time.Time{} }},
		{"updated_at", func(s *doctor.Snapshot) { s.UpdatedAt = time.Time{} }},
		{"updated_at", func(s *doctor.Snapshot) { s.UpdatedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"last_login_at", func(s *doctor.Snapshot) { s.LastLoginAt = time.UnixMicro(math.MinInt64) }},
	} {
		t.Run(c.fault, func(t *testing.T) {
			s := stored()
			c.damage(&s)
			d, err := doctor.Restore(s)
			assert.Nil(t, d)
			require.ErrorIs(t, err, doctor.ErrDamaged)
			assert.EqualError(t, err, fmt.Sprintf("doctor %d: the stored doctor is damaged: %s", s.ID, c.fault))
			assert.Empty(t, doctor.Faults(err), "a damaged row is no fault of who asks")
		})
	}
}

func TestRestoreTakesTheUnfashionable(t *testing.T) {
	for why, age := range map[string]func(*doctor.Snapshot){
		"only what must be set": func(s *doctor.Snapshot) {
			*s = doctor.Snapshot{
				ID: 1, Phone: s.Phone, Name: s.Name, Role: "admin", Status: "disabled", Version: 1, Generation: 1,
				CreatedAt: day(1), UpdatedAt: day(1),
			}
		},
		"a phone of another series":  func(s *doctor.Snapshot) { s.Phone = "12012345678" },
		"a name of signs":            func(s *doctor.Snapshot) { s.Name = "★ <Dr.>" },
		"text not in NFC":            func(s *doctor.Snapshot) { s.Speciality = " cafe\u0301\x00 " },
		"a gender of old":            func(s *doctor.Snapshot) { s.Gender = "未说明的性别" },
		"a birthday before 1900":     func(s *doctor.Snapshot) { s.BirthDate = "1850-01-01" },
		"a birthday to come":         func(s *doctor.Snapshot) { s.BirthDate = "9999-12-31" },
		"a great id":                 func(s *doctor.Snapshot) { s.HospitalID = math.MaxInt64 },
		"a long staff number":        func(s *doctor.Snapshot) { s.InternalID = fmt.Sprintf("科室 %040d", 1) },
		"an address of another kind": func(s *doctor.Snapshot) { s.AvatarURL = "ftp://a@b" },
		"a damaged hash":             func(s *doctor.Snapshot) { s.Credential = "$argon2id$" },
		"a clock that went back":     func(s *doctor.Snapshot) { s.CreatedAt, s.UpdatedAt = day(9), day(1) },
	} {
		t.Run(why, func(t *testing.T) {
			s := stored()
			age(&s)
			d, err := doctor.Restore(s)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(s, d.Snapshot()))
		})
	}
}

func TestRestoreBringsTimesIntoTheirStoredForm(t *testing.T) {
	local := day(5).Add(789 * time.Nanosecond).In(time.FixedZone("", 8*60*60))
	s := restored(t, func(s *doctor.Snapshot) { s.CreatedAt, s.UpdatedAt, s.LastLoginAt = local, local, local }).Snapshot()
	assert.Equal(t, [3]time.Time{day(5), day(5), day(5)}, [3]time.Time{s.CreatedAt, s.UpdatedAt, s.LastLoginAt})

	never := restored(t, func(s *doctor.Snapshot) { s.LastLoginAt = time.Time{} })
	assert.Equal(t, time.Time{}, never.LastLoginAt())
}

func TestDoctorPrintedShowsNoHash(t *testing.T) {
	d := restored(t, func(s *doctor.Snapshot) { s.Credential = plain })
	s := d.Snapshot()
	require.Equal(t, plain, s.Credential)
	for _, verb := range fmtVerbs {
		for _, v := range []any{*d, d, &d, []any{d}, unexported{d}, unexported{*d}, exported{*d}} {
			assertNoTrace(t, fmt.Sprintf(verb, v), fmt.Sprintf("%T in %s", v, verb))
		}
		if verb == "%p" || verb == "%w" {
			continue // fmt scolds about these and asks no method; vet finds them
		}
		for _, v := range []any{s, &s, []doctor.Snapshot{s}, exported{s}} {
			assertNoTrace(t, fmt.Sprintf(verb, v), fmt.Sprintf("%T in %s", v, verb))
		}
	}
	out, err := json.Marshal(d)
	require.NoError(t, err)
	assertNoTrace(t, string(out), "JSON")
	assert.Contains(t, fmt.Sprintf("%+v", s), "Name:王小明", "all else is printed as usual")
	assert.Contains(t, fmt.Sprintf("%#v", s), `Credential:"[redacted]"`)
	assert.Contains(t, fmt.Sprintf("%+v", doctor.Snapshot{}), "Credential: ", "that there is none may be seen")
}

func FuzzRestore(f *testing.F) {
	for _, text := range hostile {
		f.Add(int64(7), text, "王小明", text, "1980-02-29", int64(3), "doctor", "active", int64(1), int64(1767225600), text)
	}
	f.Fuzz(func(
		t *testing.T, id int64, phone, name, text, born string, n int64, role, status string, version, unix int64, phc string,
	) {
		at := time.Unix(unix%(1<<37), n%int64(time.Second)).UTC().Truncate(time.Microsecond)
		s := doctor.Snapshot{
			ID: doctor.ID(id), Phone: phone, Name: name, Gender: text, BirthDate: born, HospitalID: n, InternalID: text,
			DepartmentID: n, PositionRank: text, Speciality: text, AvatarURL: text, Credential: phc, Role: role,
			Status: status, MustChangePassword: n%2 == 0, SearchKeys: doctor.SearchKeys(text), Version: version, Generation: version, CreatedAt: at, UpdatedAt: at,
		}
		d, err := doctor.Restore(s)
		if err != nil {
			require.ErrorIs(t, err, doctor.ErrDamaged)
			return
		}
		require.Empty(t, cmp.Diff(s, d.Snapshot()), "what is loaded is what was stored, to the byte")
		_ = fmt.Sprintf("%+v", d)
	})
}
