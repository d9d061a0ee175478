package app

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/ports/outbound"
)

func TestAMigrationTakesAsLongAsItTakesAndOnlyASilentStorageIsGivenUp(t *testing.T) {
	for _, c := range []struct {
		what   string
		silent int // how many times it does not answer
		code   int
	}{
		{"answers at once", 0, succeeded},
		{"answers in time", 3, succeeded},
		{"is silent for longer", 1000, failed},
	} {
		t.Run(c.what, func(t *testing.T) {
			p, _ := newProgram(t)
			asked := 0
			p.drivers[0].Migrate = func(ctx context.Context, _ outbound.StorageOptions) error {
				if asked++; asked <= c.silent {
					return outbound.ErrUnavailable
				}
				select {
				case <-time.After(time.Hour): // building an index, for instance
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				require.Equal(t, c.code, p.run(t.Context(), []string{"migrate", "--wait", "10s"}), p.stderr)
				if c.code == failed {
					require.Equal(t, 10*time.Second, time.Since(began))
				}
			})
		})
	}
}
