package memory

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// That Sweep changes no answer is the contract's; that it forgets anything at all shows only inside.
func TestSweepForgetsWhatHasExpiredAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ctx := New(), context.Background()
		for i, lasts := range []time.Duration{time.Minute, time.Hour} {
			logout := doctor.Note(1, doctor.LoggedOut, doctor.Occasion{At: time.Now()})
			require.NoError(t, s.Revoke(ctx, doctor.SessionID{byte(i + 1)}, time.Now().Add(lasts), logout))
			_, err := s.Take(ctx, outbound.Limit{Key: [16]byte{byte(i + 1)}, Max: 1, Window: lasts})
			require.NoError(t, err)
			s.known[knownNetwork{1, [16]byte{byte(i + 1)}}] = time.Now().Add(lasts)
		}
		time.Sleep(2 * time.Minute)
		require.NoError(t, s.Sweep(ctx))
		require.Len(t, s.revocations, 1)
		require.Equal(t, doctor.SessionID{2}, s.revocations[0].Session)
		require.Len(t, s.counters, 1)
		require.Contains(t, s.counters, [16]byte{2})
		require.Len(t, s.known, 1)
		require.Contains(t, s.known, knownNetwork{1, [16]byte{2}})
		require.Len(t, s.events, 2, "events are kept for ever")
	})
}
