package bench

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAProcessMayHaveAnyNameInProc(t *testing.T) {
	for _, name := range []string{"postgres", "a b", "x) S 1 (y", ")"} {
		s, err := parseStat("4711 (" + name + ") S 42 4711 4711 0 -1 4194560 2163 155 0 0 150 25 7 3 20 0 1 0 1000 2222 333\n")
		require.NoError(t, err)
		require.Equal(t, stat{name, 42, 1750 * time.Millisecond, 100 * time.Millisecond}, s)
	}
	for _, text := range []string{"", "4711", "4711 (x", "4711 (x) S 1", "4711 (x) S y 1 1 0 -1 0 0 0 0 0 1 1 1 1 20 0", ") ("} {
		_, err := parseStat(text)
		require.Error(t, err, text)
	}
}

func TestMemoryIsReadInKibibytes(t *testing.T) {
	const text = "Name:\tVmRSS\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n"
	n, err := parseStatus(text, "VmRSS")
	require.NoError(t, err)
	require.Equal(t, int64(1<<20), n)
	_, err = parseStatus(text, "VmSwap")
	require.Error(t, err)
	_, err = parseStatus("VmRSS:\t1 MB\n", "VmRSS")
	require.Error(t, err)
}

func TestProcessorTimeIncludesDescendantsThatEnded(t *testing.T) {
	before, err := processorTime(os.Getpid())
	require.NoError(t, err)
	child := exec.Command("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")
	require.NoError(t, child.Run())
	after, err := processorTime(os.Getpid())
	require.NoError(t, err)
	spent := child.ProcessState.UserTime() + child.ProcessState.SystemTime()
	require.Positive(t, spent)
	require.GreaterOrEqual(t, after-before, spent-2*tick)
}

func TestOnlyDescendantsAreCounted(t *testing.T) {
	all := map[int]stat{1: {}, 2: {parent: 1}, 3: {parent: 2}, 4: {parent: 1}, 5: {parent: 3}, 7: {parent: 7}}
	for pid, want := range map[int]bool{1: false, 2: false, 3: true, 4: false, 5: true, 6: false, 7: false} {
		require.Equal(t, want, descends(all, pid, 2), "process %d", pid)
	}
}

func TestOurOwnProcessCanBeMeasured(t *testing.T) {
	resident, peak, err := memory(os.Getpid())
	require.NoError(t, err)
	require.Positive(t, resident)
	require.GreaterOrEqual(t, peak, resident/2)
	require.NoError(t, forgetPeak(os.Getpid()))
	spent, err := threadsTime(os.Getpid())
	require.NoError(t, err)
	require.Positive(t, spent)
	require.Zero(t, postmaster(os.Getpid()), "we are no database")
}
