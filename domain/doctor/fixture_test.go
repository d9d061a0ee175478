package doctor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

// stored is a doctor with every field set, as a storage keeps it.
func stored() doctor.Snapshot {
	return doctor.Snapshot{
		ID: 7, Phone: "13912345678", Name: "王小明", Gender: "男", BirthDate: "1980-02-29", HospitalID: 3,
		InternalID: "DOC1", DepartmentID: 5, PositionRank: "主任医师", Speciality: "心脏\n瓣膜",
		AvatarURL: "https://h/a.png", Credential: "$argon2id$old", Role: "doctor", Status: "active",
		SearchKeys: "13912345678\n王小明", Version: 4, Generation: 2, CreatedAt: day(1), UpdatedAt: day(2), LastLoginAt: day(3),
	}
}

func day(n int) time.Time { return time.Date(2026, 1, n, 8, 30, 0, 123456000, time.UTC) }

// restored is a doctor loaded from stored, changed by what a test needs.
func restored(t require.TestingT, change ...func(*doctor.Snapshot)) *doctor.Doctor {
	s := stored()
	for _, c := range change {
		c(&s)
	}
	d, err := doctor.Restore(s)
	require.NoError(t, err)
	return d
}

func must[T any](t require.TestingT) func(v T, err error) T {
	return func(v T, err error) T {
		require.NoError(t, err)
		return v
	}
}

// later is the occasion of the tests' changes.
func later() doctor.Occasion {
	return doctor.Occasion{
		At: day(9), Actor: doctor.By(7), Source: "192.0.2.1", RequestID: "req-1", Salt: [32]byte{1, 2, 3},
	}
}

var (
	hash      = doctor.CredentialOf("$argon2id$new")
	ownLogin  = doctor.SessionID{1}
	noSession doctor.SessionID
)

func newPhone(t *testing.T) doctor.ProfileEdit {
	return doctor.ProfileEdit{Phone: must[doctor.Phone](t)(doctor.ParsePhone("13800000000"))}
}

func newName(t *testing.T) doctor.ProfileEdit {
	return doctor.ProfileEdit{Name: must[doctor.Name](t)(doctor.ParseName("王大明"))}
}
