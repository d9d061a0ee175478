package main_test

import (
	"errors"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// balancer sends requests to the replicas that say they are ready, as what stands before replicas does.
type balancer struct {
	mu      sync.Mutex
	all     []*service
	ready   []*service
	turn    int
	over    chan struct{}
	running sync.WaitGroup
}

const lookEvery = time.Second

func balance(t *testing.T) *balancer {
	b := &balancer{over: make(chan struct{})}
	b.running.Go(func() {
		look := time.NewTicker(lookEvery)
		defer look.Stop()
		for {
			b.look()
			select {
			case <-b.over:
				return
			case <-look.C:
			}
		}
	})
	t.Cleanup(func() { close(b.over); b.running.Wait() })
	return b
}

func (b *balancer) look() {
	b.mu.Lock()
	all := b.all
	b.mu.Unlock()
	var ready []*service
	for _, s := range all {
		if s.status(s.base+"/readyz") == 200 {
			ready = append(ready, s)
		}
	}
	b.mu.Lock()
	b.ready = ready
	b.mu.Unlock()
}

// add lets a replica take part; it gets requests as soon as it is ready.
func (b *balancer) add(s *service) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all[:len(b.all):len(b.all)], s)
}

var errNoneReady = errors.New("no replica is ready")

// next is the replica whose turn it is.
func (b *balancer) next() (*service, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.ready) == 0 {
		return nil, errNoneReady
	}
	b.turn++
	return b.ready[b.turn%len(b.ready)], nil
}

// Nothing is sent twice: who is told in time that a replica leaves never meets a closed door.
func TestARollingUpdateFailsNoRequest(t *testing.T) {
	t.Parallel()
	environ := append(storage(t, "postgres"), "DOCTOR_DRAIN_DELAY=3s")
	old := []*service{start(t, environ...), start(t, environ...)}
	p := old[0].person()
	front := balance(t)
	front.add(old[0])
	front.add(old[1])
	old[0].await("in front", func() bool { s, err := front.next(); return err == nil && s != nil })

	over := make(chan struct{})
	var (
		clients sync.WaitGroup
		mu      sync.Mutex
		answers = map[string]int{}
	)
	for i := range 6 {
		clients.Go(func() {
			for {
				said := front.ask(p, i)
				mu.Lock()
				answers[said]++
				mu.Unlock()
				select {
				case <-over:
					return
				case <-time.After(10 * time.Millisecond):
				}
			}
		})
	}
	for _, leaving := range old {
		comes := start(t, environ...)
		front.add(comes)
		comes.await("taken", func() bool { s, _ := front.next(); return s == comes })
		require.Zero(t, leaving.stop(syscall.SIGTERM))
	}
	close(over)
	clients.Wait()
	t.Log(answers)
	require.Len(t, answers, 1)
	require.Positive(t, answers["OK"])
}

// ask sends one of several requests to whichever replica is next, and says how that went.
func (b *balancer) ask(p person, kind int) string {
	s, err := b.next()
	if err != nil {
		return err.Error()
	}
	var a answer
	switch kind % 3 {
	case 0:
		a, err = s.try("GET", profilePath, "", bearer(p.token))
	case 1:
		a, err = s.try("PATCH", profilePath, p.form(`"gender":"男"`), bearer(p.token))
	default:
		a, err = s.try("POST", "/doctor/login", credentials(p.phone, doctorPassword))
	}
	switch {
	case err != nil:
		return err.Error()
	case a.Status != 200:
		return a.Body
	}
	return "OK"
}
