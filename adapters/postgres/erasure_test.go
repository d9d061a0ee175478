package postgres_test

import (
	"context"
	crand "crypto/rand"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What must be true of the tables whatever happened, by how many rows it is not.
var untruths = map[string]string{
	"keys that are not those of their doctors": `
		WITH wanted AS (
			SELECT id >> 12 AS band, key, id FROM doctors, unnest(string_to_array(search_keys, E'\n')) AS key
		), kept AS (SELECT band, key, doctor_id FROM doctor_keys)
		SELECT count(*) FROM ((TABLE wanted EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE wanted)) different`,
	"networks that are known to nobody": `SELECT count(*) FROM known_networks WHERE doctor_id NOT IN (SELECT id FROM doctors)`,
	"values of the erased":              `SELECT count(*) FROM doctor_event_values WHERE doctor_id NOT IN (SELECT id FROM doctors)`,
	"administrators miscounted": `
		SELECT count(*) FROM administrators WHERE total <> (SELECT count(*) FROM doctors WHERE role = 'admin')
			OR active <> (SELECT count(*) FROM doctors WHERE role = 'admin' AND status = 'active')`,
}

func TestWhateverMeetsOnADoctorNothingStaysThatIsNotTrue(t *testing.T) {
	storage := postgrestest.Database(t)
	s := open(t, storage)
	const doctors, callers, calls = 6, 12, 60
	ids := make([]doctor.ID, doctors)
	for i := range ids {
		role := doctor.Ordinary
		if i < 2 {
			role = doctor.Administrator
		}
		var err error
		ids[i], err = s.Add(t.Context(), newDoctor(t, i, role))
		require.NoError(t, err)
	}
	var running sync.WaitGroup
	for range callers {
		running.Go(func() {
			for range calls {
				err := anything(s, ids[rand.N(doctors)])
				if !errors.Is(err, doctor.ErrNotFound) && !errors.Is(err, doctor.ErrLastAdministrator) && err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	require.NoError(t, s.Sweep(t.Context()))
	db := postgrestest.Open(t, storage)
	for untruth, count := range untruths {
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), count).Scan(&n))
		require.Zero(t, n, untruth)
	}
}

// anything does one of the things that meet: a new name, other keys for the same name, a login, or, seldom, the end.
func anything(s outbound.Storage, id doctor.ID) error {
	ctx := context.Background()
	var err error
	switch n := rand.N(100); {
	case n < 1:
		return s.Erase(ctx, id, func(d *doctor.Doctor) error {
			d.Erase(occasion())
			return nil
		})
	case n < 30:
		_, err = s.Conclude(ctx, outbound.Attempt{Network: [16]byte{rand.N[byte](255) + 1}}, outbound.Outcome{
			Right: true, Doctor: id, LoginAt: time.Unix(1, 0), Remember: time.Hour, // all at the same time
			Events: []doctor.Event{doctor.Note(id, doctor.LoggedIn, occasion())},
		})
	case n < 70:
		_, err = s.Update(ctx, id, func(d *doctor.Doctor) error {
			d.Index(someSpelling())
			return nil
		})
	default:
		_, err = s.Update(ctx, id, func(d *doctor.Doctor) error {
			err := rename(d)
			d.Index(someSpelling())
			return err
		})
	}
	return err
}

// someSpelling spells names as nothing did before: a key that should have gone is seen in the end.
func someSpelling() doctor.Pinyin {
	syllable := strings.ToLower(crand.Text())
	return func(name string) []string { return slices.Repeat([]string{syllable}, len([]rune(name))) }
}

// A login locks nothing that an erasure waits for before it is through: what it left was not there yet for the
// statement that erases.
func TestALoginThatIsStoredWhileItsDoctorIsErasedLeavesNoNetwork(t *testing.T) {
	storage := postgrestest.Database(t)
	s := open(t, storage)
	id := add(t, s, 1)
	login, err := postgrestest.Open(t, storage).Begin()
	require.NoError(t, err)
	defer func() { _ = login.Rollback() }()
	for _, statement := range []string{
		`UPDATE doctors SET last_login_at = now()`,
		`INSERT INTO known_networks (doctor_id, network, known_until) SELECT id, decode(md5(''), 'hex'), now() FROM doctors`,
	} {
		_, err := login.Exec(statement)
		require.NoError(t, err)
	}
	erased := make(chan error, 1)
	go func() {
		erased <- s.Erase(context.Background(), id, func(d *doctor.Doctor) error {
			d.Erase(occasion())
			return nil
		})
	}()
	db := postgrestest.Open(t, storage)
	untilBlocked(t, db)
	require.NoError(t, login.Commit())
	require.NoError(t, <-erased)
	var n int
	require.NoError(t, db.QueryRow(untruths["networks that are known to nobody"]).Scan(&n))
	require.Zero(t, n)
	require.NoError(t, db.QueryRow(`SELECT count(*) FROM doctors`).Scan(&n))
	require.Zero(t, n)
}
