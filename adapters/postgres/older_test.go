package postgres_test

import (
	"os"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Programs of version 2 knew no search keys, and one may still run beside this one for a while: what it stores is found
// once the keys were brought up to date, which moves no version.
func TestDoctorsOfAnOlderProgramAreFoundOnceTheyAreIndexed(t *testing.T) {
	storage := postgrestest.Empty(t)
	db := postgrestest.Open(t, storage)
	older, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("migrations"))
	require.NoError(t, err)
	_, err = older.UpTo(t.Context(), 2)
	require.NoError(t, err)
	const insert = `INSERT INTO doctors (phone, name, role, status, must_change_password, version, generation, created_at, updated_at)
		VALUES ($1, '王小明', 'doctor', 'active', false, 3, 1, now(), now())`
	_, err = db.ExecContext(t.Context(), insert, "13900000001")
	require.NoError(t, err)

	require.NoError(t, migrate(t, storage, storage))
	_, err = db.ExecContext(t.Context(), insert, "13900000002")
	require.NoError(t, err)
	s := open(t, storage)
	require.Equal(t, []string{"王小明", "王小明"}, found(t, s, ""))
	require.Empty(t, found(t, s, "王"))
	indexed := index(t, s)
	require.Equal(t, []string{"王小明", "王小明"}, found(t, s, "王"))

	_, err = db.ExecContext(t.Context(), `UPDATE doctors SET name = '李大明', version = version + 1 WHERE phone = '13900000002'`)
	require.NoError(t, err)
	require.Empty(t, found(t, s, "李"))
	again := index(t, s)
	require.Equal(t, []string{"王小明"}, found(t, s, "王"))
	require.Equal(t, []string{"李大明"}, found(t, s, "李"))

	require.Equal(t, []int64{3, 3}, indexed)
	require.Equal(t, []int64{3, 4}, again)
	var n int
	require.NoError(t, db.QueryRowContext(t.Context(), untruths["keys that are not those of their doctors"]).Scan(&n))
	require.Zero(t, n)
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM doctor_events`).Scan(&n))
	require.Zero(t, n)
}

// index brings the keys of all doctors up to date, and tells their versions.
func index(t *testing.T, s outbound.Storage) (versions []int64) {
	t.Helper()
	page, err := s.Find(t.Context(), outbound.Query{Limit: 10})
	require.NoError(t, err)
	for _, d := range page.Doctors {
		stored, err := s.Update(t.Context(), d.ID(), func(d *doctor.Doctor) error {
			d.Index(func(string) []string { return nil })
			return nil
		})
		require.NoError(t, err)
		versions = append(versions, stored.Version())
	}
	return versions
}

// found are the names of those whom a keyword finds; "" finds everybody.
func found(t *testing.T, s outbound.Storage, word string) (names []string) {
	t.Helper()
	q := outbound.Query{Limit: 10}
	if word != "" {
		var err error
		q.Keyword, err = doctor.ParseKeyword(word)
		require.NoError(t, err)
	}
	page, err := s.Find(t.Context(), q)
	require.NoError(t, err)
	for _, d := range page.Doctors {
		names = append(names, d.Profile().Name.String())
	}
	return names
}
