package storagetest

import (
	"context"
	"sync"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// How feeds follow the revocations, whatever happens to connections and transactions.
var watching = []clause{
	{"the first call of Next brings all that is unexpired, in every feed", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		want := []outbound.Revocation{
			s.logout(s.Replica, id), s.endSessions(b, id), s.logout(b, id), s.endSessions(s.Replica, id),
		}
		for _, r := range []Replica{s.Replica, b, s.peer()} {
			s.replays(&follower{s: s, feed: s.open(r)}, want)
		}
	}},

	{"Next brings what any replica committed since the call before", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		here, there := s.watch(s.Replica), s.watch(b)
		for range 5 {
			for _, by := range []Replica{s.Replica, b} {
				logout := s.logout(by, id)
				here.brings(logout)
				there.brings(logout)
				ended := s.endSessions(by, id)
				here.brings(ended)
				there.brings(ended)
			}
		}
	}},

	{"each round tells the storage's clock", func(s *scene) {
		feed := s.watch(s.Replica)
		for range 3 {
			earliest := s.clock().Add(-soon)
			feed.next()
			if at, latest := feed.last.Now, s.clock().Add(soon); at.Before(earliest) || at.After(latest) {
				s.Fatalf("the round says %s, want a moment from %s to %s", at, earliest, latest)
			}
		}
	}},

	{"no revocation is skipped, however late its transaction committed after it began", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		here, there := s.watch(s.Replica), s.watch(b)
		late := outbound.Revocation{Session: session(), Expires: inAnHour()}
		commit := sync.OnceFunc(s.Late(s.TB, late))
		s.Cleanup(commit)

		// Another logout overtakes the slow transaction where the storage lets it; else it waits for the commit.
		overtaking, overtook := outbound.Revocation{Session: session(), Expires: inAnHour()}, make(chan error, 1)
		go func() {
			event := doctor.Note(id, doctor.LoggedOut, now())
			overtook <- s.Storage.Revoke(s.ctx, overtaking.Session, overtaking.Expires, event)
		}()
		var err error
		waiting := false
		select {
		case err = <-overtook:
		case <-time.After(soon / 4):
			waiting = true
		}
		for range 3 {
			if contains(here.next(), late) || contains(there.next(), late) {
				s.Fatal("a feed brought what was not committed")
			}
		}
		s.get(id) // reads do not wait for a slow write

		commit()
		if waiting {
			err = <-overtook
		}
		s.must("Revoke beside a slow transaction", err)
		here.brings(late)
		there.brings(late)
		s.replays(&follower{s: s, feed: s.open(b)}, []outbound.Revocation{late, overtaking})
	}},

	{"a peer hears of a logout and of a raised generation within a second, also after its connections were cut", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		feed := s.watch(b)
		for range 3 {
			b.Cut(s.TB)
			want := []outbound.Revocation{s.logout(s.Replica, id), s.endSessions(s.Replica, id)}
			heard := map[int]bool{}
			s.until(soon, "the peer's feed brings a logout and a raised generation", func() bool {
				round, err := feed.feed.Next(s.ctx)
				if err != nil {
					feed = s.again(b, feed)
				}
				for i, w := range want {
					heard[i] = heard[i] || contains(round.Revocations, w)
				}
				return heard[0] && heard[1]
			})
		}
	}},

	{"after its connections were cut a replica answers again", func(s *scene) {
		id := s.ordinary()
		for range 3 {
			s.Cut(s.TB)
			s.until(5*soon, "reads and writes work", func() bool {
				_, readErr := s.Storage.Get(s.ctx, id)
				_, writeErr := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
					d.ResetPassword(doctor.CredentialOf("$x"), now())
					return nil
				})
				for _, err := range []error{readErr, writeErr} {
					if err != nil {
						s.refused("a call whose connection was cut", err, outbound.ErrUnavailable)
					}
				}
				return readErr == nil && writeErr == nil
			})
		}
	}},

	{"feeds use no connection that other calls wait for", func(s *scene) {
		id := s.ordinary()
		for range 20 {
			s.watch(s.Replica)
		}
		ctx, cancel := context.WithTimeout(s.ctx, soon)
		defer cancel()
		errs := atOnce(20, func(int) error { _, err := s.Storage.Get(ctx, id); return err })
		s.succeeded(errs, nil)
	}},

	{"a closed feed brings nothing more, closing it again does nothing, and others go on", func(s *scene) {
		closed, open := s.open(s.Replica), s.watch(s.Replica)
		for range 2 {
			s.must("Close", closed.Close())
		}
		if _, err := closed.Next(s.ctx); err == nil {
			s.Fatal("Next of a closed feed succeeded")
		}
		open.brings(s.logout(s.Replica, s.ordinary()))
	}},
}

// replays stops the case unless the first round of a feed is just what is unexpired; a revocation may come twice.
func (s *scene) replays(f *follower, want []outbound.Revocation) {
	s.Helper()
	got := f.next()
	for _, w := range want {
		if !contains(got, w) {
			s.Fatalf("the first round lacks %s %+v: %+v", describe(w), w, got)
		}
	}
	for _, g := range got {
		if !contains(want, g) {
			s.Fatalf("the first round brings %+v, which nobody revoked", g)
		}
	}
}

// again does what the core does after an error: the feed is spent, so it is closed and another one opened.
func (s *scene) again(r Replica, spent *follower) *follower {
	s.Helper()
	s.must("closing a spent feed", spent.feed.Close())
	for {
		feed, err := r.Storage.Watch(s.ctx)
		if err == nil {
			s.Cleanup(func() { _ = feed.Close() })
			return &follower{s: s, feed: feed}
		}
		s.refused("Watch", err, outbound.ErrUnavailable)
		pause()
	}
}
