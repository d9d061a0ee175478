package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hospital.example/doctor-service/adapters/argon2"
	"hospital.example/doctor-service/adapters/jwt"
	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/cmd/doctor-bench/bench/store"
	"hospital.example/doctor-service/domain/doctor"
)

// ground is what a run stands on: a folder on the disk, signing keys, a database server where one is asked for. All of
// it goes with the run.
type ground struct {
	folder, keys string
	program      string                // the service, once it is built
	cluster      *postgrestest.Cluster // nil: none was needed
	made         int                   // storages
	told         io.Writer
}

func newGround(told io.Writer) (*ground, error) {
	folder, err := os.MkdirTemp("", "doctor-bench-")
	if err != nil {
		return nil, err
	}
	g := &ground{folder: folder, keys: filepath.Join(folder, "keys"), told: told}
	if err := jwt.CreateFolder(g.keys); err != nil {
		return nil, errors.Join(err, g.clear())
	}
	return g, nil
}

func (g *ground) clear() error {
	if g.cluster != nil {
		g.cluster.Close()
	}
	return os.RemoveAll(g.folder)
}

// storage gives the URL of a storage; fresh: it was made for this run, and is empty.
func (g *ground) storage(ctx context.Context, asked string) (location string, fresh bool, err error) {
	g.made++
	switch asked {
	case sqliteStorage:
		return "sqlite:" + filepath.Join(g.folder, fmt.Sprintf("doctor%d.db", g.made)), true, nil
	case postgresStorage:
		location, err = g.database(ctx, fmt.Sprintf("doctor%d", g.made))
		return location, true, err
	}
	return asked, false, nil
}

// A server such as an operator would give the service: everything lasting, some memory, and checkpoints apart.
var production = []string{"shared_buffers=512MB", "max_wal_size=2GB"}

func (g *ground) database(ctx context.Context, name string) (string, error) {
	if g.cluster == nil {
		var err error
		if g.cluster, err = postgrestest.New(postgrestest.Durable, production...); err != nil { //nolint:contextcheck // it has limits of its own
			return "", err
		}
	}
	u, err := url.Parse(g.cluster.URL())
	if err != nil {
		return "", err
	}
	db, err := sql.Open("postgres", u.String()+"?sslmode=disable")
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// fill puts the doctors of a spec into a storage.
func (g *ground) fill(ctx context.Context, s *store.Store, of spec, o *options) error {
	params := defaultArgon2
	for _, pair := range o.settings {
		if set, found := strings.CutPrefix(pair, "DOCTOR_ARGON2="); found {
			params = set
		}
	}
	credential, err := hash(ctx, params, o.password)
	if err != nil {
		return err
	}
	return s.Fill(ctx, store.Filling{
		Doctors: of.doctors, Revocations: of.revocations, Credential: credential, Progress: progressOn(g.told),
	})
}

const defaultArgon2 = "m=19456,t=2,p=1"

func hash(ctx context.Context, parameters, password string) (string, error) {
	params, err := argon2.ParseParams(parameters)
	if err != nil {
		return "", err
	}
	made, err := argon2.New(params, argon2.Capacity{}).Hash(ctx, doctor.TypedPassword(password))
	return made.PHC(), err
}

// service is that of this module, built as for a release.
func (g *ground) service(ctx context.Context) (string, error) {
	if g.program != "" {
		return g.program, nil
	}
	program := filepath.Join(g.folder, "doctor-service")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, //nolint:gosec // our own
		"hospital.example/doctor-service/cmd/doctor-service")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the service (run this inside its module, or use --service): %w\n%s", err, out)
	}
	g.program = program
	return program, nil
}
