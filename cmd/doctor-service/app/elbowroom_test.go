package app

import (
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestThePaceIsAnotherWhilePasswordsAreHashedAndAMomentLonger(t *testing.T) {
	t.Setenv("GOGC", "")
	calm := pace{runtime.GOMAXPROCS(0), debug.SetGCPercent(leastGarbage)}
	defer calm.set()
	hectic := pace{2 * calm.processors, 2 * calm.garbage}
	calm.set()
	synctest.Test(t, func(t *testing.T) {
		r := &elbowRoom{calm: calm, hectic: hectic}
		r.end = time.AfterFunc(linger, r.leave)
		after := func(d time.Duration) pace {
			time.Sleep(d)
			synctest.Wait()
			percent := debug.SetGCPercent(leastGarbage)
			debug.SetGCPercent(percent)
			return pace{runtime.GOMAXPROCS(0), percent}
		}
		require.Equal(t, calm, after(2*linger))
		for range 3 { // logins that follow each other closely
			r.hashing(true)
			require.Equal(t, hectic, after(2*linger), "however long it takes")
			r.hashing(false)
			require.Equal(t, hectic, after(linger/2))
		}
		require.Equal(t, calm, after(linger))
	})
}

func TestTheOperatorsGOGCGoesFirst(t *testing.T) {
	t.Setenv("GOGC", "100")
	before := debug.SetGCPercent(123)
	defer debug.SetGCPercent(before)
	pace{runtime.GOMAXPROCS(0), 456}.set()
	require.Equal(t, 123, debug.SetGCPercent(before))
}
