package app

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheOperatorsGOGCGoesFirst(t *testing.T) {
	before := debug.SetGCPercent(123)
	defer debug.SetGCPercent(before)
	now := func() int {
		percent := debug.SetGCPercent(before)
		debug.SetGCPercent(percent)
		return percent
	}
	t.Setenv("GOGC", "100")
	letGarbageLie()
	require.Equal(t, 123, now())
	t.Setenv("GOGC", "")
	letGarbageLie()
	require.Equal(t, garbagePercent, now())
}
