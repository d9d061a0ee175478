package sqlite

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"

	"hospital.example/doctor-service/ports/outbound"
)

// program is the version of the schema that this program speaks: the number of its last migration.
const program = 3

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Where nothing is pending it asks one question and leaves; else of processes
// that start together one migrates and the others then find nothing left to do.
func migrate(ctx context.Context, o outbound.StorageOptions) (err error) {
	location, err := o.SchemaURL()
	if err != nil {
		return err
	}
	path, err := filePath(location)
	if err != nil {
		return err
	}
	db := connectWriter(path, writerPatience)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := prepare(ctx, path, db); err != nil {
		return err
	}
	schema, err := schemaOf(ctx, &statements{on: db})
	if err != nil || schema.Version >= program {
		return err
	}
	release, err := lock(ctx, path)
	if err != nil {
		return err
	}
	defer release()
	return up(ctx, db)
}

// up asks goose, which applies each migration in a transaction of its own.
func up(ctx context.Context, db *sqlx.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.DB, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return told(err)
}
