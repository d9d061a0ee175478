package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

func TestStoresThatStartTogetherOnNothingAllStart(t *testing.T) {
	path := newPath(t)
	const n = 8
	errs := make([]error, n)
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			s, err := Driver().Open(t.Context(), at(path))
			if err != nil {
				errs[i] = err
				return
			}
			errs[i] = errors.Join(Driver().Migrate(t.Context(), at(path)), s.Close())
		})
	}
	running.Wait()
	require.NoError(t, errors.Join(errs...))

	var applied []int
	require.NoError(t, beside(t, path).Select(&applied, `SELECT version_id FROM goose_db_version WHERE version_id > 0`))
	require.Len(t, applied, program, "each migration was applied once")
}

func TestTheProgramSpeaksTheLastMigration(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	require.NoError(t, err)
	require.Len(t, files, program)
	p, err := opened(t, migrated(t)).Probe(t.Context())
	require.NoError(t, err)
	require.Equal(t, outbound.Schema{Version: program, ServesFrom: 1, Program: program}, p.Schema)
}

func TestADoctorFromBeforeThereWereKeysIsFoundOnceItHasThem(t *testing.T) {
	path := newPath(t)
	require.NoError(t, opened(t, path).Close()) // which makes the file
	db := beside(t, path)
	files, err := fs.Sub(migrations, "migrations")
	require.NoError(t, err)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.DB, files, goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), 2)
	require.NoError(t, err)
	_, err = db.Exec(`INSERT INTO doctors (phone, name, role, status, must_change_password, version, generation, created_at, updated_at)
		VALUES ('13800000001', '王小明', 'doctor', 'active', 0, 1, 1, 1, 1)`)
	require.NoError(t, err)
	require.NoError(t, Driver().Migrate(t.Context(), at(path)))

	s := opened(t, path)
	keyword, err := doctor.ParseKeyword("wxm")
	require.NoError(t, err)
	find := func(q outbound.Query) []*doctor.Doctor {
		page, err := s.Find(t.Context(), q)
		require.NoError(t, err)
		return page.Doctors
	}
	require.Empty(t, find(outbound.Query{Keyword: keyword, Limit: 1}))
	require.Len(t, find(outbound.Query{Limit: 1}), 1)
	_, err = s.Update(t.Context(), 1, func(d *doctor.Doctor) error { d.Index(spell); return nil })
	require.NoError(t, err)
	require.Len(t, find(outbound.Query{Keyword: keyword, Limit: 1}), 1)
}

func TestNothingPendingIsOneQuestion(t *testing.T) {
	path := migrated(t)
	require.NoError(t, os.Remove(path+".lock"))
	require.NoError(t, Driver().Migrate(t.Context(), at(path)))
	_, err := os.Stat(path + ".lock")
	require.ErrorIs(t, err, fs.ErrNotExist, "the lock was not even asked for")
}

func TestANewerSchemaIsLeftAlone(t *testing.T) {
	path := migrated(t)
	_, err := beside(t, path).Exec(`UPDATE schema_info SET version = 7, serves_from = 6`)
	require.NoError(t, err)
	require.NoError(t, Driver().Migrate(t.Context(), at(path)))
	p, err := opened(t, path).Probe(t.Context())
	require.NoError(t, err)
	require.Equal(t, outbound.Schema{Version: 7, ServesFrom: 6, Program: program}, p.Schema)
	require.False(t, p.Schema.Fits())
}

func TestAMissingTableMakesAStoreUnavailable(t *testing.T) {
	s := opened(t, newPath(t))
	_, err := s.Get(t.Context(), 1)
	require.ErrorIs(t, err, outbound.ErrUnavailable)
	_, err = s.Add(t.Context(), newcomer(t, 1))
	require.ErrorIs(t, err, outbound.ErrUnavailable)
}

func TestEventsCanNeitherBeChangedNorDeleted(t *testing.T) {
	path := migrated(t)
	id, err := opened(t, path).Add(t.Context(), newcomer(t, 1))
	require.NoError(t, err)
	db := beside(t, path)
	for _, forbidden := range []string{
		`DELETE FROM doctor_events`,
		`UPDATE doctor_events SET actor = 'somebody'`,
		`UPDATE doctor_events SET id = 9`,
	} {
		_, err := db.Exec(forbidden)
		require.ErrorContains(t, err, "kept for ever", forbidden)
	}
	_, err = db.Exec(`UPDATE doctor_events SET position = 1, chain = x'00'`) // what the journal does
	require.NoError(t, err)
	require.Equal(t, []doctor.EventType{doctor.Registered}, []doctor.EventType{events(t, db, id)[0].Type})
}
