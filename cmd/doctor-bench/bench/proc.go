package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// What Linux tells of processes in /proc.

// tick is the unit of processor time there, the same on all machines.
const tick = 10 * time.Millisecond

// stat is /proc/PID/stat as far as it matters.
type stat struct {
	command string
	parent  int
	own     time.Duration // user and system time
	ended   time.Duration // that of children which have ended
}

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(string(text))
}

var errStat = errors.New("/proc/PID/stat is not as expected")

// parseStat knows that a command may have spaces and parentheses in its name.
func parseStat(text string) (s stat, err error) {
	from, to := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if from < 0 || to < from {
		return stat{}, errStat
	}
	s.command = text[from+1 : to]
	rest := strings.Fields(text[to+1:]) // state, parent, …; the user time is the 14th field of all
	if len(rest) < 15 {
		return stat{}, errStat
	}
	if s.parent, err = strconv.Atoi(rest[1]); err != nil {
		return stat{}, errStat
	}
	var ticks [4]int64
	for i := range ticks {
		if ticks[i], err = strconv.ParseInt(rest[11+i], 10, 64); err != nil {
			return stat{}, errStat
		}
	}
	s.own = time.Duration(ticks[0]+ticks[1]) * tick
	s.ended = time.Duration(ticks[2]+ticks[3]) * tick
	return s, nil
}

// processorTime is what a process and its descendants have used, those that ended included. One that ends between two
// looks is counted by its parent.
func processorTime(root int) (time.Duration, error) {
	first, err := readStat(root)
	if err != nil {
		return 0, err
	}
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	all := map[int]stat{}
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		if s, err := readStat(pid); err == nil { // else it has ended meanwhile
			all[pid] = s
		}
	}
	all[root] = first
	var sum time.Duration
	for pid, s := range all {
		if pid == root || descends(all, pid, root) {
			sum += s.own + s.ended
		}
	}
	return sum, nil
}

func descends(all map[int]stat, pid, root int) bool {
	for depth := 0; depth < 64; depth++ {
		s, known := all[pid]
		if !known || s.parent == root {
			return known
		}
		pid = s.parent
	}
	return false
}

// threadsTime is what the threads of a process have used, to the nanosecond; those that ended are not included.
func threadsTime(pid int) (sum time.Duration, err error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended meanwhile
		}
		spent, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.ParseInt(spent, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", thread, err)
		}
		sum += time.Duration(n)
	}
	return sum, nil
}

// memory is what a process has in memory now, and had at most, in bytes.
func memory(pid int) (resident, peak int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	if resident, err = parseStatus(string(text), "VmRSS"); err != nil {
		return 0, 0, err
	}
	peak, err = parseStatus(string(text), "VmHWM")
	return resident, peak, err
}

// parseStatus reads one line of /proc/PID/status that is about memory.
func parseStatus(text, name string) (int64, error) {
	for line := range strings.Lines(text) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			amount, unit, _ := strings.Cut(strings.TrimSpace(rest), " ")
			n, err := strconv.ParseInt(amount, 10, 64)
			if err != nil || unit != "kB" {
				return 0, fmt.Errorf("/proc/PID/status says %q", line)
			}
			return n << 10, nil
		}
	}
	return 0, fmt.Errorf("/proc/PID/status says nothing of %s", name)
}

// forgetPeak lets the peak begin anew.
func forgetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}
