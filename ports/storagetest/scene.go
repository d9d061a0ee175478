package storagetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// patience is how long a case may take before its calls are cancelled: a hung store fails instead of blocking the run.
const patience = 60 * time.Second

// soon is what "soon", "at once" and "within a second" mean.
const soon = time.Second

// scene is where one clause is proved: a replica on fresh data and words for what cases do over and over.
type scene struct {
	testing.TB
	Replica
	harness Harness
	ctx     context.Context
	people  int // how many were invented so far
}

func prove(t testing.TB, h Harness, c clause) { c.proof(set(t, h, patience)) }

// set sets the scene.
func set(t testing.TB, h Harness, limit time.Duration) *scene {
	s := &scene{TB: t, harness: h}
	s.allow(limit)
	s.Replica = s.closing(h.Open(t))
	return s
}

// allow says how long the calls of the case may take from now on, all together.
func (s *scene) allow(limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	s.Cleanup(cancel)
	s.ctx = ctx
}

// closing closes a replica when its case is over; cases that close it themselves close twice, which is allowed.
func (s *scene) closing(r Replica) Replica {
	s.Cleanup(func() {
		if err := r.Storage.Close(); err != nil {
			s.Errorf("closing the store: %v", err)
		}
	})
	return r
}

// peer opens a second replica on the same data.
func (s *scene) peer() Replica {
	s.Helper()
	return s.closing(s.Peer(s.TB))
}

// must stops the case at an error that should not be.
func (s *scene) must(doing string, err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v", doing, err)
	}
}

// refused stops the case unless err is the error that the contract names.
func (s *scene) refused(doing string, err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Fatalf("%s: got error %v, want %v", doing, err, want)
	}
}

// gaveUp tells whether err is what a cancelled call may end with.
func gaveUp(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, outbound.ErrUnavailable)
}

// until polls a condition and stops the case when it does not come true in time.
func (s *scene) until(limit time.Duration, what string, holds func() bool) {
	s.Helper()
	for deadline := time.Now().Add(limit); !holds(); {
		if time.Now().After(deadline) {
			s.Fatalf("not within %s: %s", limit, what)
		}
		pause()
	}
}

// pause is the rest between two polls.
func pause() { <-time.After(5 * time.Millisecond) }

// atOnce starts n calls together and returns their errors.
func atOnce(n int, call func(i int) error) []error {
	var (
		start   = make(chan struct{})
		errs    = make([]error, n)
		running sync.WaitGroup
	)
	for i := range n {
		running.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	running.Wait()
	return errs
}

// succeeded counts calls without error; every other must have failed with want, or else the case stops.
func (s *scene) succeeded(errs []error, want error) int {
	s.Helper()
	n := 0
	for _, err := range errs {
		switch {
		case err == nil:
			n++
		case want == nil || !errors.Is(err, want):
			s.Fatalf("one of %d calls at once: got error %v, want none or %v", len(errs), err, want)
		}
	}
	return n
}

// turns gives every other call to the second replica.
func turns(i int, a, b Replica) outbound.Storage {
	if i%2 == 0 {
		return a.Storage
	}
	return b.Storage
}

// get loads a doctor that must be there.
func (s *scene) get(id doctor.ID) *doctor.Doctor {
	s.Helper()
	d, err := s.Storage.Get(s.ctx, id)
	s.must("Get", err)
	return d
}

// update changes a doctor that must be there.
func (s *scene) update(id doctor.ID, change func(*doctor.Doctor)) *doctor.Doctor {
	s.Helper()
	d, err := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error { change(d); return nil })
	s.must("Update", err)
	return d
}

// add stores a doctor.
func (s *scene) add(d *doctor.Doctor) doctor.ID {
	s.Helper()
	id, err := s.Storage.Add(s.ctx, d)
	s.must("Add", err)
	return id
}
