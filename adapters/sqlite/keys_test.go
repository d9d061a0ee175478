package sqlite

import (
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

// The suite's doctors are found without these rows: there are too few of them.
func TestTheRowsOfKeysAreThoseOfTheDoctor(t *testing.T) {
	path := migrated(t)
	s, db := opened(t, path), beside(t, path)
	id, err := s.Add(t.Context(), newcomer(t, 1))
	require.NoError(t, err)
	_, err = s.Add(t.Context(), newcomer(t, 2))
	require.NoError(t, err)
	rows := func(id doctor.ID) (keys []string) {
		require.NoError(t, db.Select(&keys, `SELECT key FROM doctor_keys WHERE doctor_id = ? ORDER BY key`, int64(id)))
		return keys
	}
	other := rows(2)
	require.Len(t, other, len(newcomer(t, 2).SearchKeys().List()))
	for i, change := range []func(*doctor.Doctor){
		func(*doctor.Doctor) {},
		func(d *doctor.Doctor) { d.Index(func(string) []string { return []string{"wang", "xiao", "meng"} }) },
		func(d *doctor.Doctor) {
			p := d.Profile()
			number, err := doctor.ParseStaffNumber("DOC1")
			require.NoError(t, err)
			d.ChangeProfile(doctor.ProfileEdit{Phone: p.Phone, Name: p.Name, InternalID: doctor.SetTo(number)}, doctor.SessionID{}, occasion())
			d.Index(spell)
		},
		func(d *doctor.Doctor) { d.Disable(occasion()) },
	} {
		d, err := s.Update(t.Context(), id, func(d *doctor.Doctor) error { change(d); return nil })
		require.NoError(t, err)
		require.Equal(t, d.SearchKeys().List(), rows(id), i)
		require.Equal(t, other, rows(2))
	}
	require.NoError(t, s.Erase(t.Context(), id, func(*doctor.Doctor) error { return nil }))
	require.Empty(t, rows(id))
	require.Equal(t, other, rows(2))
}
