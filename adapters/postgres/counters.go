package postgres

import (
	"context"
	"fmt"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// A limit takes five parameters: key, max, window, first wait, longest wait, the times in microseconds.
func limitValues(l outbound.Limit) []any {
	return []any{
		l.Key[:], int64(l.Max), l.Window.Microseconds(), l.FirstWait.Microseconds(), l.MaxWait.Microseconds(),
	}
}

// counted is a SELECT of count, blocked_until and forget_at after one more count, under the limit whose parameters begin
// at $p. count and forgetAt are the counter's state before. The clock is read there and then, once: a statement that
// waited for another one's row lock must not judge by the time at which it began.
func counted(p int, count, forgetAt string) string {
	return fmt.Sprintf(`
		SELECT w.count, b.until, CASE WHEN b.until IS NULL OR $%[3]d::bigint = 0 THEN w.ends
			ELSE b.until + $%[2]d::bigint * interval '1 microsecond' END
		FROM (SELECT clock_timestamp() AS now OFFSET 0) t
		CROSS JOIN LATERAL (SELECT
			CASE WHEN %[6]s > t.now THEN %[5]s + 1 ELSE 1 END AS count,
			CASE WHEN %[6]s > t.now THEN %[6]s ELSE t.now + $%[2]d::bigint * interval '1 microsecond' END AS ends) w
		CROSS JOIN LATERAL (SELECT CASE
			WHEN w.count < $%[1]d::bigint THEN NULL
			WHEN $%[3]d::bigint = 0 THEN w.ends
			ELSE t.now + least($%[3]d * power(2::float8, least(w.count - $%[1]d, 60)), $%[4]d::bigint)
				* interval '1 microsecond' END AS until) b`,
		p+1, p+2, p+3, p+4, count, forgetAt)
}

// countedUnlessWaiting is an INSERT of one more count, under the limit whose parameters begin at $p, for a row of gate. If
// the counter is in a wait by now it fails as a whole.
func countedUnlessWaiting(p int, gate string) string {
	return fmt.Sprintf(`
		INSERT INTO counters AS c (key, count, blocked_until, forget_at)
		SELECT $%d, n.* FROM %s, LATERAL (%s) n
		ON CONFLICT (key) DO UPDATE SET (count, blocked_until, forget_at) = (
			SELECT CASE WHEN c.blocked_until > clock_timestamp() THEN 0 ELSE n.count END, n.until, n.ends
			FROM (%s) n(count, until, ends))`,
		p, gate, counted(p, "0", "'-infinity'::timestamptz"), counted(p, "c.count", "c.forget_at"))
}

// The rest of a time until the clock gets there, in whole microseconds.
func restOf(until string) string {
	return `ceil(extract(epoch FROM ` + until + ` - clock_timestamp()) * 1000000)::bigint`
}

// ruling is what a statement on counters answers: a wait that was in force, or that it took place. Neither is the case
// if a wait began, or ended, while it ran: then it wants to be asked again.
type ruling struct {
	Wait int64 `db:"wait"`
	Done bool  `db:"done"`
}

// rule asks until there is an answer.
func (s *Store) rule(ctx context.Context, query string, args ...any) (time.Duration, error) {
	for try := 1; ; try++ {
		var r ruling
		err := s.one(ctx, &r, query, args...)
		switch {
		case err == errMetWait: //nolint:errorlint // ours, never wrapped
		case err != nil:
			return 0, err
		case r.Done:
			return 0, nil
		case r.Wait > 0:
			return time.Duration(r.Wait) * time.Microsecond, nil
		}
		if !rest(ctx, try) {
			return 0, ctx.Err()
		}
	}
}

// Whether the uses are up is asked twice: of what is there when the statement begins, to tell how long to wait, and of
// the locked row, so that exactly as many pass as may.
var takeUse = `
	WITH full_until AS MATERIALIZED (
		SELECT max(forget_at) AS at FROM counters
		WHERE key = $1 AND count >= $2::bigint AND forget_at > clock_timestamp()
	), used AS (
		INSERT INTO counters AS c (key, count, forget_at)
		SELECT $1, 1, clock_timestamp() + $3::bigint * interval '1 microsecond' FROM full_until WHERE at IS NULL
		ON CONFLICT (key) DO UPDATE SET (count, forget_at) = (
			SELECT CASE WHEN c.forget_at > t.now THEN c.count + 1 ELSE 1 END,
				CASE WHEN c.forget_at > t.now THEN c.forget_at ELSE t.now + $3::bigint * interval '1 microsecond' END
			FROM (SELECT clock_timestamp() AS now OFFSET 0) t)
		WHERE c.count < $2::bigint OR c.forget_at <= clock_timestamp()
		RETURNING count
	)
	SELECT coalesce(` + restOf("at") + `, 0) AS wait, EXISTS (SELECT FROM used) AS done FROM full_until`

// Take counts one use.
func (s *Store) Take(ctx context.Context, l outbound.Limit) (time.Duration, error) {
	return s.rule(ctx, takeUse, limitValues(l)[:3]...)
}
