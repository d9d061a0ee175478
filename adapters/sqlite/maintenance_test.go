package sqlite

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// That Sweep changes no answer is the contract's; that it deletes anything at all shows only in the file.
func TestSweepDeletesWhatHasExpiredAndNothingElse(t *testing.T) {
	path := migrated(t)
	s, db := opened(t, path), beside(t, path)
	id, err := s.Add(t.Context(), newcomer(t, 1))
	require.NoError(t, err)
	for i, lasts := range []time.Duration{-time.Second, time.Hour} {
		logout := doctor.Note(id, doctor.LoggedOut, occasion())
		require.NoError(t, s.Revoke(t.Context(), doctor.SessionID{byte(i + 1)}, time.Now().Add(lasts), logout))
	}
	for i, window := range []time.Duration{time.Microsecond, time.Hour} {
		_, err := s.Take(t.Context(), outbound.Limit{Key: [16]byte{byte(i + 1)}, Max: 1, Window: window})
		require.NoError(t, err)
	}
	here, lately := [16]byte{1}, [16]byte{2}
	for network, lasts := range map[[16]byte]time.Duration{here: time.Hour, lately: time.Microsecond} {
		login := outbound.Outcome{Right: true, Doctor: id, LoginAt: time.Now(), Remember: lasts}
		_, err := s.Conclude(t.Context(), outbound.Attempt{Network: network}, login)
		require.NoError(t, err)
	}
	left := func(table, column string) (keys [][]byte) {
		require.NoError(t, db.Select(&keys, "SELECT "+column+" FROM "+table+" ORDER BY 1"))
		return keys
	}
	require.Len(t, left("revocations", "session"), 2)
	require.Len(t, left("login_counters", "key"), 2)
	require.Len(t, left("known_networks", "network"), 2)
	require.NoError(t, s.Sweep(t.Context()))
	session, key := doctor.SessionID{2}, [16]byte{2}
	require.Equal(t, [][]byte{session[:]}, left("revocations", "session"))
	require.Equal(t, [][]byte{key[:]}, left("login_counters", "key"))
	require.Equal(t, [][]byte{here[:]}, left("known_networks", "network"))
	require.Len(t, events(t, db, id), 3, "events are kept for ever")
}

func TestADoctorThatVanishedLeavesNoNetworkBehind(t *testing.T) {
	path := migrated(t)
	s, db := opened(t, path), beside(t, path)
	login := outbound.Outcome{Right: true, Doctor: 7, LoginAt: time.Now(), Remember: time.Hour}
	_, err := s.Conclude(t.Context(), outbound.Attempt{Network: [16]byte{1}}, login)
	require.NoError(t, err)
	var known int
	require.NoError(t, db.Get(&known, "SELECT count(*) FROM known_networks"))
	require.Zero(t, known)
}
