package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// That Sweep changes no answer is the contract's; that it deletes, also more than one step's worth, shows only in the
// tables.
func TestSweepDeletesWhatHasExpiredAndNothingElse(t *testing.T) {
	storage := postgrestest.Database(t)
	s, db := open(t, storage), postgrestest.Open(t, storage)
	for _, fill := range []string{
		`INSERT INTO revocations (session, expires_at)
			SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), now() + CASE WHEN n > 2500 THEN interval '1 hour' ELSE interval '-1 s' END
			FROM generate_series(1, 2503) n`,
		`INSERT INTO counters (key, count, forget_at)
			SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), 1, now() + CASE WHEN n > 2500 THEN interval '1 hour' ELSE interval '-1 s' END
			FROM generate_series(1, 2504) n`,
		`INSERT INTO known_networks (doctor_id, network, known_until)
			SELECT n, decode(lpad(to_hex(n), 32, '0'), 'hex'), now() + CASE WHEN n > 2500 THEN interval '1 hour' ELSE interval '-1 s' END
			FROM generate_series(1, 2505) n`,
		`INSERT INTO erasures (doctor_id, erased_at)
			SELECT n, now() - CASE WHEN n > 1006 THEN interval '23 hours' ELSE interval '25 hours' END FROM generate_series(1001, 1012) n`,
		`INSERT INTO doctor_event_values (event_id, doctor_id, salt, changes, source, request_id)
			SELECT 1000000 + n, CASE WHEN n > 2500 THEN 2000 ELSE 1001 + n % 12 END, sha256(''), '[]', '', ''
			FROM generate_series(1, 2507) n`,
	} {
		_, err := db.ExecContext(t.Context(), fill)
		require.NoError(t, err)
	}
	id := add(t, s, 1)
	require.NoError(t, s.Sweep(t.Context()))
	left := func(count string) (n int) {
		require.NoError(t, db.QueryRowContext(t.Context(), count).Scan(&n))
		return n
	}
	require.Equal(t, 3, left(`SELECT count(*) FROM revocations`))
	require.Equal(t, 4, left(`SELECT count(*) FROM counters`))
	require.Equal(t, 5, left(`SELECT count(*) FROM known_networks`))
	require.Equal(t, 6, left(`SELECT count(*) FROM erasures`))
	require.Equal(t, 7+1, left(`SELECT count(*) FROM doctor_event_values`))
	require.Len(t, events(t, storage, id), 1, "events are kept for ever")
}
