package app

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"hospital.example/doctor-service/adapters/argon2"
	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/adapters/telemetry"
	"hospital.example/doctor-service/application"
)

func TestAnAdministratorIsMadeUpOnlyOnAnEmbeddedDatabaseThatHasNone(t *testing.T) {
	for _, c := range []struct {
		what             string
		embedded, exists bool
		environ          []string
		added, printed   bool
	}{
		{"embedded, none", true, false, nil, true, true},
		{"embedded, there is one", true, true, nil, false, false},
		{"a server, none", false, false, nil, false, false},
		{"configured", true, false, []string{
			"DOCTOR_BOOTSTRAP_ADMIN_PHONE=13700000001", "DOCTOR_BOOTSTRAP_ADMIN_PASSWORD=heart-and-lungs-24",
		}, true, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			p, s := newProgram(t, c.environ...)
			s.driver.Embedded = c.embedded
			store := memory.New()
			core := &application.Core{
				Storage: store, Passwords: argon2.New(s.argon2, argon2.Capacity{}), Clock: time.Now, Settings: s.rules,
				Pinyin: newPinyin(), Reporter: telemetry.Reporter{Log: zap.NewNop()},
			}
			require.NoError(t, p.administer(s, core)(t.Context(), c.exists))
			probe, err := store.Probe(t.Context())
			require.NoError(t, err)
			require.Equal(t, c.added, probe.Administered)
			if c.printed {
				require.Regexp(t, `(?s)13800000000.*\n  password  \w{20}\n$`, p.stdout.(*transcript).String())
			} else {
				require.Empty(t, p.stdout.(*transcript).String())
			}
		})
	}
}

// full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestWhereThePasswordCannotBeShownNoAdministratorIsMadeUp(t *testing.T) {
	p, s := newProgram(t)
	p.stdout = full{}
	store := memory.New()
	core := &application.Core{
		Storage: store, Passwords: argon2.New(s.argon2, argon2.Capacity{}), Clock: time.Now, Pinyin: newPinyin(), Settings: s.rules,
	}
	require.ErrorIs(t, p.administer(s, core)(t.Context(), false), syscall.ENOSPC)
	probe, err := store.Probe(t.Context())
	require.NoError(t, err)
	require.False(t, probe.Administered)
}
