package sqlite

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// personal is all that identifies the doctor whom live tells of, at whatever time.
var personal = []string{
	"13987650001", "13987650002", "欧阳锋", "端木磊", "ouyangfeng", "oyf", "duanmulei", "ZG-8811", "zg8811", "蛤蟆功与毒理",
	"files.example.com/of", "$argon2id$of", "203.0.113.77", "request-of", "\x5a\x5a\x5a\x5a\x5a\x5a\x5a\x5a", "network-of-7777",
}

// live lets a doctor live among others: register, change everything, log in.
func live(t *testing.T, s *Store) doctor.ID {
	t.Helper()
	spell := func(name string) []string {
		return map[string][]string{"欧阳锋": {"ou", "yang", "feng"}, "端木磊": {"duan", "mu", "lei"}}[name]
	}
	phone := func(raw string) doctor.Phone { p, err := doctor.ParsePhone(raw); require.NoError(t, err); return p }
	name := func(raw string) doctor.Name { n, err := doctor.ParseName(raw); require.NoError(t, err); return n }
	d := doctor.Register(doctor.Registration{Phone: phone("13987650001"), Name: name("欧阳锋")}, ofHim())
	d.Index(spell)
	id, err := s.Add(t.Context(), d)
	require.NoError(t, err)
	for n := range 100 {
		_, err := s.Add(t.Context(), newcomer(t, n))
		require.NoError(t, err)
	}
	_, err = s.Update(t.Context(), id, func(d *doctor.Doctor) error {
		speciality, err1 := doctor.ParseSpeciality("蛤蟆功与毒理")
		number, err2 := doctor.ParseStaffNumber("ZG-8811")
		avatar, err3 := doctor.ParseAvatarURL("https://files.example.com/of")
		d.ChangeProfile(doctor.ProfileEdit{
			Phone: phone("13987650002"), Name: name("端木磊"), Speciality: doctor.SetTo(speciality),
			InternalID: doctor.SetTo(number), HospitalID: doctor.SetTo(reference(t, 7)), AvatarURL: doctor.SetTo(avatar),
		}, doctor.SessionID{}, ofHim())
		d.ResetPassword(doctor.CredentialOf("$argon2id$of"), ofHim())
		d.Index(spell)
		return errors.Join(err1, err2, err3)
	})
	require.NoError(t, err)
	_, err = s.Conclude(t.Context(), outbound.Attempt{Network: [16]byte([]byte("network-of-7777!"))}, outbound.Outcome{
		Right: true, Doctor: id, LoginAt: time.Now(), Remember: time.Hour, Events: []doctor.Event{doctor.Note(id, doctor.LoggedIn, ofHim())},
	})
	require.NoError(t, err)
	return id
}

// ofHim is an occasion that tells who it was.
func ofHim() doctor.Occasion {
	return doctor.Occasion{
		At: time.Now(), Actor: doctor.CommandLine, Source: "203.0.113.77", RequestID: "request-of",
		Salt: [32]byte(bytes.Repeat([]byte{0x5a}, 32)),
	}
}

// kept is what of that is in the database or in its log, in whichever table or in none.
func kept(t *testing.T, path string) (found []string) {
	t.Helper()
	database, err := os.ReadFile(path)
	require.NoError(t, err)
	log, err := os.ReadFile(path + "-wal")
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	for _, value := range personal {
		if bytes.Contains(database, []byte(value)) || bytes.Contains(log, []byte(value)) {
			found = append(found, value)
		}
	}
	return found
}

func erase(t *testing.T, s *Store, id doctor.ID) {
	t.Helper()
	require.NoError(t, s.Erase(t.Context(), id, func(d *doctor.Doctor) error { d.Erase(ofHim()); return nil }))
}

func TestWhatIsErasedIsInNoFileAnyMoreWhileTheServiceRuns(t *testing.T) {
	path := migrated(t)
	s := opened(t, path)
	id := live(t, s)
	require.Equal(t, personal, kept(t, path), "what is not found before proves nothing afterwards")
	erase(t, s, id)
	require.Empty(t, kept(t, path))

	late := doctor.Note(id, doctor.LoggedIn, ofHim()) // a login that was under way
	require.NoError(t, s.Note(t.Context(), late))
	require.Empty(t, kept(t, path))
	require.NoError(t, s.Close())
	require.Empty(t, kept(t, path))
}

func TestWhatOneReadsWhileItIsErasedIsGoneWithTheNextSweep(t *testing.T) {
	path := migrated(t)
	s := opened(t, path)
	id := live(t, s)
	reader := connectReader(path)
	t.Cleanup(func() { require.NoError(t, reader.Close()) })
	tx, err := reader.BeginTxx(context.Background(), nil)
	require.NoError(t, err)
	var phone string
	require.NoError(t, tx.QueryRow(`SELECT phone FROM doctors WHERE id = ?`, int64(id)).Scan(&phone))

	erase(t, s, id)
	require.NotEmpty(t, kept(t, path), "the reader may still ask for it")
	_, err = s.Get(t.Context(), id)
	require.ErrorIs(t, err, doctor.ErrNotFound)
	require.NoError(t, tx.Rollback())
	require.NoError(t, s.Sweep(t.Context()))
	require.Empty(t, kept(t, path))
}
