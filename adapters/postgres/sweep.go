package postgres

import (
	"context"
	"fmt"
)

// Sweeping goes in small steps: none holds locks for long, or runs into the statement's time limit.
const sweepStep = 1000

// What was under way when a doctor was erased and has stored values since. A day later nothing of it is under way.
var sweepValues = fmt.Sprintf(`WITH swept AS (
		DELETE FROM doctor_event_values WHERE event_id = ANY (ARRAY(
			SELECT event_id FROM erasures, LATERAL (
				SELECT event_id FROM doctor_event_values WHERE doctor_id = erasures.doctor_id LIMIT %d
			) late LIMIT %[1]d))
		RETURNING event_id)
	SELECT count(*) FROM swept`, sweepStep)

// Rows that are locked are in use; the next sweep finds them.
var sweeps = []string{
	fmt.Sprintf(`WITH swept AS (
		DELETE FROM revocations WHERE id IN (
			SELECT id FROM revocations WHERE expires_at <= now() LIMIT %d FOR UPDATE SKIP LOCKED)
		RETURNING id)
	SELECT count(*) FROM swept`, sweepStep),
	fmt.Sprintf(`WITH swept AS (
		DELETE FROM counters WHERE key IN (
			SELECT key FROM counters WHERE forget_at <= now() LIMIT %d FOR UPDATE SKIP LOCKED)
		RETURNING key)
	SELECT count(*) FROM swept`, sweepStep),
	fmt.Sprintf(`WITH swept AS (
		DELETE FROM known_networks WHERE (doctor_id, network) IN (
			SELECT doctor_id, network FROM known_networks WHERE known_until <= now() LIMIT %d FOR UPDATE SKIP LOCKED)
		RETURNING network)
	SELECT count(*) FROM swept`, sweepStep),
	sweepValues,
	fmt.Sprintf(`WITH swept AS (
		DELETE FROM erasures WHERE doctor_id IN (
			SELECT doctor_id FROM erasures WHERE erased_at < now() - interval '1 day' LIMIT %d)
		RETURNING doctor_id)
	SELECT count(*) FROM swept`, sweepStep),
}

// Sweep deletes what has expired.
func (s *Store) Sweep(ctx context.Context) error {
	for _, sweep := range sweeps {
		for swept := sweepStep; swept == sweepStep; {
			if err := s.one(ctx, &swept, sweep); err != nil {
				return err
			}
		}
	}
	return nil
}
