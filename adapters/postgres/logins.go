package postgres

import (
	"context"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

const longestWait = `SELECT max(blocked_until) AS until FROM counters
	WHERE key IN ($1, $2) AND blocked_until > clock_timestamp()`

var beginAttempt = `
	SELECT coalesce(` + restOf("until") + `, 0) AS wait, ` + doctorColumns + `
	FROM (` + longestWait + `) w LEFT JOIN doctors ON phone = $3`

// Begin looks up who has the phone and whether the attempt must wait.
func (s *Store) Begin(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
	var found struct {
		doctorRow
		Wait int64 `db:"wait"`
	}
	err := s.one(ctx, &found, beginAttempt, a.Account.Key[:], a.Source.Key[:], a.Phone.String())
	if err != nil {
		return outbound.Candidate{}, err
	}
	c := outbound.Candidate{Wait: time.Duration(max(0, found.Wait)) * time.Microsecond}
	if found.ID.Valid {
		c.Doctor, err = doctor.Restore(found.snapshot())
	}
	return c, err
}

// Conclude decides about the attempt.
func (s *Store) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	if o.Right {
		return s.pass(ctx, a, o)
	}
	return s.countFailure(ctx, a, o)
}

// A wrong outcome: $1 … $5 the account's limit, $6 … $10 the source's, $11 the events, $12 the events if a wait of the
// account begins.
//
// The account is counted first, unless it is in a wait; under a lock, so that nobody counts between looking and writing,
// and also when there was no row to lock. The source follows: if it is in a wait by now, its count becomes one that the
// schema refuses, and the account's count goes with it. Either way the next round finds the wait where it looks first.
// All lock in this order, account before source, so none block each other.
var countFailure = `
	WITH waiting AS MATERIALIZED (
		SELECT max(blocked_until) AS until FROM counters
		WHERE key IN ($1, $6) AND blocked_until > clock_timestamp()
	), account AS (
		INSERT INTO counters AS c (key, count, blocked_until, forget_at)
		SELECT $1, n.* FROM waiting, LATERAL (` + counted(1, "0", "'-infinity'::timestamptz") + `) n WHERE waiting.until IS NULL
		ON CONFLICT (key) DO UPDATE SET (count, blocked_until, forget_at) = (` + counted(1, "c.count", "c.forget_at") + `)
		WHERE c.blocked_until IS NULL OR c.blocked_until <= clock_timestamp()
		RETURNING blocked_until
	), source AS (
		INSERT INTO counters AS c (key, count, blocked_until, forget_at)
		SELECT $6, n.* FROM account, LATERAL (` + counted(6, "0", "'-infinity'::timestamptz") + `) n
		ON CONFLICT (key) DO UPDATE SET (count, blocked_until, forget_at) = (
			SELECT CASE WHEN c.blocked_until > clock_timestamp() THEN 0 ELSE n.count END, n.until, n.ends
			FROM (` + counted(6, "c.count", "c.forget_at") + `) n(count, until, ends))
		RETURNING key
	), gate AS (
		SELECT account.blocked_until IS NOT NULL AS begins FROM account, source
	), ` + storing("gate", "e.doctor_id", "CASE WHEN begins THEN $12::json ELSE $11::json END") + `
	SELECT coalesce(` + restOf("until") + `, 0) AS wait, EXISTS (SELECT FROM source) AS done FROM waiting`

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
	args := append(limitValues(a.Account), limitValues(a.Source)...)
	return s.rule(ctx, countFailure, append(args, events, throttled)...)
}

// A right outcome: $1 the account's key, $2 the source's, $3 the doctor, $4 the time of the login, $5 and $6 the old
// hash and the new, $7 the events.
//
// The counters are locked before they are read, so that a count that is just being written is waited for: the account's
// to be deleted, the source's shared, so that right outcomes do not wait for each other. Mostly there are none.
var passAttempt = `
	WITH account AS MATERIALIZED (
		SELECT blocked_until FROM counters WHERE key = $1 FOR UPDATE
	), source AS MATERIALIZED (
		SELECT blocked_until FROM counters WHERE key = $2 FOR SHARE
	), waiting AS MATERIALIZED (
		SELECT max(blocked_until) AS until
		FROM (SELECT blocked_until FROM account UNION ALL SELECT blocked_until FROM source) locked
		WHERE blocked_until > clock_timestamp()
	), passed AS MATERIALIZED (
		SELECT FROM waiting WHERE until IS NULL
	), forgotten AS (
		DELETE FROM counters USING passed WHERE key = $1
	), doctor AS (
		UPDATE doctors SET
			last_login_at = coalesce($4::timestamptz, last_login_at),
			credential = CASE WHEN credential = $5 THEN $6 ELSE credential END
		FROM passed WHERE id = $3 AND ($4::timestamptz IS NOT NULL OR credential = $5)
	), ` + storing("passed", "e.doctor_id", "$7") + `
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
	return s.rule(ctx, passAttempt, a.Account.Key[:], a.Source.Key[:], int64(o.Doctor), moment(o.LoginAt),
		set(rehash.Old.PHC()), set(rehash.New.PHC()), events)
}
