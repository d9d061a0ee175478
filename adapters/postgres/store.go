package postgres

import (
	"context"
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

// Close ends all use.
func (s *Store) Close() error {
	s.close()
	_ = s.feeds.Close() // connections that the server has dropped cannot be closed well
	return nil
}
