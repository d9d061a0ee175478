package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"hospital.example/doctor-service/ports/outbound"
)

// Store is one replica's storage.
type Store struct {
	*pool
	feeds *sqlx.DB
	risks []string
}

var _ outbound.Storage = (*Store)(nil)

// open makes the storage without waiting for a server; what is wrong with the URL it tells at once.
func open(o outbound.StorageOptions) (*Store, error) {
	c := connector{url: o.URL, adjust: (*location).setSession, each: eachRead}
	l, err := c.locate()
	if err != nil {
		return nil, err
	}
	return &Store{pool: newPool(c, l), feeds: newFeeds(c), risks: l.risks()}, nil
}

// Program is the version of the schema that this program speaks: that of its last migration.
const Program = 3

// Probe looks at the clock, the schema, whether there is an administrator, and who we are.
func (s *Store) Probe(ctx context.Context) (outbound.Probe, error) {
	var found struct {
		Now          time.Time `db:"now"`
		Version      int64     `db:"version"`
		ServesFrom   int64     `db:"serves_from"`
		Administered bool      `db:"administered"`
		Superuser    bool      `db:"superuser"`
	}
	err := s.one(ctx, &found, `SELECT clock_timestamp() AS now, version, serves_from, active IS NOT NULL AS administered,
		current_setting('is_superuser') = 'on' AS superuser FROM schema_info, administrators`)
	if isMissing(err) {
		err = s.one(ctx, &found, `SELECT clock_timestamp() AS now`)
	}
	if err != nil {
		return outbound.Probe{}, err
	}
	risks := slices.Clone(s.risks)
	if found.Superuser {
		risks = append(risks, superuserRisk)
	}
	return outbound.Probe{
		Now:          found.Now.UTC(),
		Schema:       outbound.Schema{Version: found.Version, ServesFrom: found.ServesFrom, Program: Program},
		Administered: found.Administered,
		Risks:        risks,
	}, nil
}

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

// Close ends all use.
func (s *Store) Close() error {
	s.close()
	_ = s.feeds.Close() // connections that the server has dropped cannot be closed well
	return nil
}
