package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

func TestInventedDoctorsCouldHaveRegistered(t *testing.T) {
	for n := int64(1); n <= 5_000_000; n += 9_973 {
		p := PersonOf(n)
		phone, err := doctor.ParsePhone(p.Phone)
		require.NoError(t, err)
		require.Equal(t, p.Phone, phone.String())
		_, err = doctor.ParseName(p.Name)
		require.NoError(t, err)
		_, err = doctor.ParseGender(p.Gender)
		require.NoError(t, err)
		_, err = doctor.ParseBirthDate(p.BirthDate, time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		_, err = doctor.ParseStaffNumber(p.StaffNumber)
		require.NoError(t, err)
		_, err = doctor.ParsePositionRank(p.PositionRank)
		require.NoError(t, err)
		_, err = doctor.ParseSpeciality(p.Speciality)
		require.NoError(t, err)
		_, err = doctor.ParseAvatarURL(p.AvatarURL)
		require.NoError(t, err)
		require.Equal(t, p, PersonOf(n), "the same one again")
	}
}

func TestNoTwoInventedDoctorsHaveOnePhone(t *testing.T) {
	seen := map[string]bool{}
	newcomer := Newcomers()
	for n := range int64(200_000) {
		phone := PhoneOf(n)
		require.False(t, seen[phone], phone)
		seen[phone] = true
		require.Less(t, phone, AdministratorPhone)
		later := newcomer()
		require.Greater(t, later, AdministratorPhone)
		require.Len(t, later, 11)
		require.False(t, seen[later], later)
		seen[later] = true
	}
}
