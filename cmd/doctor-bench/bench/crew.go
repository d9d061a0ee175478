package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// crew is a closed loop: so many connections, each of which asks, waits for the answer and asks again.
type crew struct{ members []*member }

type member struct {
	connection connection
	next       script
	tally      tally
}

// script writes a connection's next request and says which code means success. What it writes is sent before it is
// called again.
type script func() (request []byte, success int)

// tally is what came of a stretch of work.
type tally struct {
	took      time.Duration
	latencies []time.Duration // of what succeeded, in ascending order
	faults    map[string]int  // what did not, by status and code
}

func newCrew(address string, scripts []script) *crew {
	c := &crew{}
	for _, s := range scripts {
		c.members = append(c.members, &member{connection: connection{address: address}, next: s})
	}
	return c
}

// work lets everybody work for so long, or until ctx ends.
func (c *crew) work(ctx context.Context, d time.Duration) tally {
	began := time.Now()
	end := began.Add(d)
	var working sync.WaitGroup
	for _, m := range c.members {
		working.Go(func() { m.work(ctx, end) })
	}
	working.Wait()
	all := tally{took: time.Since(began), faults: map[string]int{}}
	for _, m := range c.members {
		all.latencies = append(all.latencies, m.tally.latencies...)
		for fault, n := range m.tally.faults {
			all.faults[fault] += n
		}
	}
	slices.Sort(all.latencies)
	return all
}

// leave hangs up.
func (c *crew) leave() {
	for _, m := range c.members {
		m.connection.close()
	}
}

func (m *member) work(ctx context.Context, end time.Time) {
	m.tally = tally{latencies: m.tally.latencies[:0], faults: map[string]int{}}
	if err := m.connection.extend(end.Add(patience)); err != nil {
		m.connection.close()
	}
	for now := time.Now(); now.Before(end) && ctx.Err() == nil; {
		request, success := m.next()
		r, err := m.connection.ask(ctx, request)
		answered := time.Now()
		if fault := faultOf(r, err, success); fault == "" {
			m.tally.latencies = append(m.tally.latencies, answered.Sub(now))
		} else {
			m.tally.faults[fault]++
			pause(ctx, time.Millisecond) // a service that refuses connections shall not be asked as fast as we can
		}
		now = answered
	}
}

// faultOf names what went wrong; empty: nothing.
func faultOf(r reply, err error, success int) string {
	var network *net.OpError
	switch {
	case errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case errors.As(err, &network):
		return network.Err.Error() // without the ports, which are others each time
	case err != nil:
		return err.Error()
	case r.status != 200 || r.code != success:
		return fmt.Sprintf("%d %05d", r.status, r.code)
	}
	return ""
}

// pause waits, unless ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
