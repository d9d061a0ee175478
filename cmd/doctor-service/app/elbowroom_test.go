package app

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestThereIsElbowRoomWhilePasswordsAreHashedAndAMomentLonger(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	synctest.Test(t, func(t *testing.T) {
		r := &elbowRoom{processors: before}
		r.end = time.AfterFunc(linger, r.leave)
		after := func(d time.Duration) int {
			time.Sleep(d)
			synctest.Wait()
			return runtime.GOMAXPROCS(0)
		}
		require.Equal(t, before, after(2*linger))
		for range 3 { // logins that follow each other closely
			r.hashing(true)
			require.Equal(t, 2*before, after(2*linger), "however long it takes")
			r.hashing(false)
			require.Equal(t, 2*before, after(linger/2))
		}
		require.Equal(t, before, after(linger))
	})
}
