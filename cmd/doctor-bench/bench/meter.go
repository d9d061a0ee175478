package bench

import (
	"time"
)

// meter measures what a target's processes use.
type meter struct {
	service  int // its process
	database int // the one that the database's others descend from; 0: there is none, or none that we can see
}

// usage is processor time.
type usage struct{ service, database time.Duration }

func (m meter) read() (u usage, err error) {
	if u.service, err = processorTime(m.service); err != nil || m.database == 0 {
		return u, err
	}
	u.database, err = processorTime(m.database)
	return u, err
}

// during is what was used while something was done.
func (m meter) during(do func()) (usage, error) {
	if err := forgetPeak(m.service); err != nil {
		return usage{}, err
	}
	before, err := m.read()
	if err != nil {
		return usage{}, err
	}
	do()
	after, err := m.read()
	return usage{after.service - before.service, after.database - before.database}, err
}

// postmaster finds the server process above one that serves a connection; 0 if it does not run on this machine.
func postmaster(backend int) int {
	if backend == 0 {
		return 0
	}
	s, err := readStat(backend)
	if err != nil || s.command != "postgres" {
		return 0
	}
	if above, err := readStat(s.parent); err != nil || above.command != "postgres" {
		return 0
	}
	return s.parent
}

// perThousand is in seconds of processor time, for a thousand of what was done.
func perThousand(used time.Duration, done number) number { return number(used.Seconds()) / done * 1000 }

const mebibyte = 1 << 20

func milliseconds(d time.Duration) number { return number(d) / number(time.Millisecond) }

// figuresOf are those of every scenario that sends requests.
func figuresOf(t tally, u usage, m meter) ([]figure, error) {
	resident, peak, err := memory(m.service)
	if err != nil {
		return nil, err
	}
	done := number(len(t.latencies))
	figures := []figure{
		{Name: "requests/s", Value: rate(t), compared: true},
		{Name: "p50 ms", Value: milliseconds(quantile(t.latencies, 0.50)), digits: 2},
		{Name: "p95 ms", Value: milliseconds(quantile(t.latencies, 0.95)), digits: 2},
		{Name: "p99 ms", Value: milliseconds(quantile(t.latencies, 0.99)), digits: 2, compared: true},
		{Name: "max ms", Value: milliseconds(quantile(t.latencies, 1)), digits: 1},
		{Name: "CPU s/1,000", Value: perThousand(u.service+u.database, done), digits: 4, compared: true},
		{Name: "of it service", Value: perThousand(u.service, done), digits: 4, compared: true},
	}
	if m.database != 0 {
		figures = append(figures, figure{Name: "of it database", Value: perThousand(u.database, done), digits: 4, compared: true})
	}
	return append(figures,
		figure{Name: "MiB", Value: number(resident) / mebibyte, digits: 1},
		figure{Name: "peak MiB", Value: number(peak) / mebibyte, digits: 1},
	), nil
}
