package postgres

import (
	"context"
	"slices"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// An attempt that begins: $1 the account's key, $2 the source's, $3 that of everywhere, $4 the phone, $5 the network.
var beginAttempt = `
	SELECT coalesce(` + restOf("until") + `, 0) AS wait, coalesce(` + restOf("everywhere") + `, 0) AS everywhere,
		coalesce(` + restOf("known_until") + `, 0) AS known, ` + doctorColumns + `
	FROM (SELECT max(blocked_until) FILTER (WHERE key <> $3) AS until, max(blocked_until) FILTER (WHERE key = $3) AS everywhere
		FROM counters WHERE key IN ($1, $2, $3) AND blocked_until > clock_timestamp()) waiting
	LEFT JOIN doctors ON phone = $4
	LEFT JOIN known_networks ON doctor_id = doctors.id AND network = $5`

// Begin looks up who has the phone, how long the network is known to that doctor and whether the attempt must wait.
func (s *Store) Begin(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
	var found struct {
		doctorRow
		Wait       int64 `db:"wait"`
		Everywhere int64 `db:"everywhere"`
		Known      int64 `db:"known"`
	}
	err := s.one(ctx, &found, beginAttempt,
		a.Account.Key[:], a.Source.Key[:], a.Everywhere.Key[:], a.Phone.String(), networkBytes(a.Network))
	if err != nil {
		return outbound.Candidate{}, err
	}
	if found.Known <= 0 {
		found.Wait = max(found.Wait, found.Everywhere)
	}
	c := outbound.Candidate{
		Wait:  time.Duration(max(0, found.Wait)) * time.Microsecond,
		Known: time.Duration(max(0, found.Known)) * time.Microsecond,
	}
	if found.ID.Valid {
		c.Doctor, err = doctor.Restore(found.snapshot())
	}
	return c, err
}

// networkBytes is a network as it is kept; the zero one is none.
func networkBytes(network [16]byte) []byte {
	if network == [16]byte{} {
		return nil
	}
	return network[:]
}

// Conclude decides about the attempt.
func (s *Store) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	if o.Right {
		return s.pass(ctx, a, o)
	}
	return s.countFailure(ctx, a, o)
}

// A wrong outcome: $1 … $5 the account's limit, $6 … $10 the source's, $11 … $15 that of everywhere, $16 whether a wait of
// that one spares the network, $17 the events, $18 the events if a wait of the account begins, here or everywhere.
//
// The account is counted first, unless it is in a wait; under a lock, so that nobody counts between looking and writing,
// and also when there was no row to lock. The source follows, then everywhere: if either is in a wait by now, its count
// becomes one that the schema refuses, and the counts before go with it. Either way the next round finds the wait where
// it looks first. Only a wait that spares the network is passed over. All lock in this order, account, source,
// everywhere, so none block each other.
var countFailure = `
	WITH waiting AS MATERIALIZED (
		SELECT max(blocked_until) AS until FROM counters
		WHERE key IN ($1, $6, $11) AND blocked_until > clock_timestamp() AND (key <> $11 OR NOT $16::boolean)
	), account AS (
		INSERT INTO counters AS c (key, count, blocked_until, forget_at)
		SELECT $1, n.* FROM waiting, LATERAL (` + counted(1, "0", "'-infinity'::timestamptz") + `) n WHERE waiting.until IS NULL
		ON CONFLICT (key) DO UPDATE SET (count, blocked_until, forget_at) = (` + counted(1, "c.count", "c.forget_at") + `)
		WHERE c.blocked_until IS NULL OR c.blocked_until <= clock_timestamp()
		RETURNING blocked_until
	), source AS (` + countedUnlessWaiting(6, "account") + `
		RETURNING key
	), everywhere AS (` + countedUnlessWaiting(11, "source") + `
		WHERE NOT $16::boolean OR c.blocked_until IS NULL OR c.blocked_until <= clock_timestamp()
		RETURNING blocked_until
	), gate AS (
		SELECT account.blocked_until IS NOT NULL OR everywhere.blocked_until IS NOT NULL AS begins
		FROM account CROSS JOIN source LEFT JOIN everywhere ON true
	), ` + storing("gate", "e.doctor_id", "CASE WHEN begins THEN $18::json ELSE $17::json END") + `
	SELECT coalesce(` + restOf("until") + `, 0) AS wait, EXISTS (SELECT FROM gate) AS done FROM waiting`

func (s *Store) countFailure(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	events, err := record(o.Events...)
	if err != nil {
		return 0, err
	}
	throttled := events
	if o.Throttled != nil {
		if throttled, err = record(append(o.Events[:len(o.Events):len(o.Events)], *o.Throttled)...); err != nil {
			return 0, err
		}
	}
	limits := slices.Concat(limitValues(a.Account), limitValues(a.Source), limitValues(a.Everywhere))
	return s.rule(ctx, countFailure, append(limits, o.Spared, events, throttled)...)
}

// A right outcome: $1 the account's key, $2 the source's, $3 that of everywhere, $4 whether a wait of that one spares the
// network, $5 the doctor, $6 the time of the login, $7 and $8 the old hash and the new, $9 the network if it is to be
// remembered, $10 for how long, $11 the events.
//
// The counters are locked before they are read, so that a count that is just being written is waited for: those of the
// account to be deleted, the source's shared, so that right outcomes do not wait for each other. Mostly there are none.
// The order is that of wrong outcomes; what is written afterwards is the doctor, then the network.
var passAttempt = `
	WITH account AS MATERIALIZED (
		SELECT key, blocked_until FROM counters WHERE key = $1 FOR UPDATE
	), source AS MATERIALIZED (
		SELECT key, blocked_until FROM counters WHERE key = $2 FOR SHARE
	), everywhere AS MATERIALIZED (
		SELECT key, blocked_until FROM counters WHERE key = $3 FOR UPDATE
	), locked AS MATERIALIZED (
		SELECT key, blocked_until FROM account
		UNION ALL SELECT key, blocked_until FROM source
		UNION ALL SELECT key, blocked_until FROM everywhere
	), waiting AS MATERIALIZED (
		SELECT max(blocked_until) AS until FROM locked
		WHERE blocked_until > clock_timestamp() AND (key <> $3 OR NOT $4::boolean)
	), passed AS MATERIALIZED (
		SELECT FROM waiting WHERE until IS NULL
	), forgotten AS (
		DELETE FROM counters USING passed
		WHERE key IN ($1, $3) AND (blocked_until IS NULL OR blocked_until <= clock_timestamp())
	), doctor AS (
		UPDATE doctors SET
			last_login_at = coalesce($6::timestamptz, last_login_at),
			credential = CASE WHEN credential = $7 THEN $8 ELSE credential END
		FROM passed WHERE id = $5 AND ($6::timestamptz IS NOT NULL OR credential = $7)
		RETURNING id
	), known AS (
		INSERT INTO known_networks (doctor_id, network, known_until)
		SELECT id, $9::bytea, clock_timestamp() + $10::bigint * interval '1 microsecond' FROM doctor WHERE $9::bytea IS NOT NULL
		ON CONFLICT (doctor_id, network) DO UPDATE SET known_until = excluded.known_until
	), ` + storing("passed", "e.doctor_id", "$11") + `
	SELECT coalesce(` + restOf("until") + `, 0) AS wait, until IS NULL AS done FROM waiting`

func (s *Store) pass(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	events, err := record(o.Events...)
	if err != nil {
		return 0, err
	}
	rehash := outbound.Rehash{}
	if o.Rehash != nil {
		rehash = *o.Rehash
	}
	if o.LoginAt.IsZero() || o.Remember == 0 {
		a.Network = [16]byte{}
	}
	return s.rule(ctx, passAttempt, a.Account.Key[:], a.Source.Key[:], a.Everywhere.Key[:], o.Spared, int64(o.Doctor),
		moment(o.LoginAt), set(rehash.Old.PHC()), set(rehash.New.PHC()),
		networkBytes(a.Network), o.Remember.Microseconds(), events)
}
