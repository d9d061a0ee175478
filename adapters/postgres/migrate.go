package postgres

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"hospital.example/doctor-service/ports/outbound"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to Program and sees that the role that serves may use it.
func migrate(ctx context.Context, o outbound.StorageOptions) error {
	// No time limits here: building an index takes as long as it takes.
	c := connector{url: o.SchemaURL, adjust: func(*location) {}}
	owner, err := c.locate()
	if err != nil {
		return err
	}
	server, err := connector{url: o.URL, adjust: func(*location) {}}.locate()
	if err != nil {
		return err
	}
	db := sqlx.NewDb(sql.OpenDB(c), "postgres")
	defer func() { _ = db.Close() }()

	version, err := schemaVersion(ctx, db)
	if err == nil && version < Program {
		err = apply(ctx, db.DB)
	}
	if err == nil && server.config.User != owner.config.User {
		err = grant(ctx, db, server.config.User)
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return fault(err)
}

func schemaVersion(ctx context.Context, db *sqlx.DB) (int64, error) {
	var version int64
	err := db.GetContext(ctx, &version, `SELECT version FROM schema_info`)
	if isMissing(err) {
		return 0, nil
	}
	return version, err
}

// Of several replicas one migrates and the others look again after a moment. A replica that dies holding the lock holds
// it no longer than its lease. A lock in a table also holds behind a PgBouncer in transaction mode.
const (
	lockLease    = 10 * time.Second
	lockRetry    = 200 * time.Millisecond
	lockPatience = 5 * time.Minute
)

func apply(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresTableLocker(
		lock.WithTableLeaseDuration(lockLease),
		lock.WithTableHeartbeatInterval(lockLease/4),
		lock.WithTableLockTimeout(lockRetry, uint64(lockPatience/lockRetry)),
		lock.WithTableRetryPolicy(func(err error) bool { return !isUnavailable(err) }),
	)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
