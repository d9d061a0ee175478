package storagetest

import (
	"slices"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// follower watches a replica's feed, as the core's denylist does.
type follower struct {
	s    *scene
	feed outbound.Feed
	last outbound.Round
	seen []outbound.Revocation // that any round brought
}

// watch opens a feed and takes its first round, so that what follows is news.
func (s *scene) watch(r Replica) *follower {
	s.Helper()
	f := &follower{s: s, feed: s.open(r)}
	f.next()
	return f
}

// open opens a feed and closes it when the case is over.
func (s *scene) open(r Replica) outbound.Feed {
	s.Helper()
	feed, err := r.Storage.Watch(s.ctx)
	s.must("Watch", err)
	s.Cleanup(func() {
		if err := feed.Close(); err != nil {
			s.Errorf("closing the feed: %v", err)
		}
	})
	return feed
}

// next takes one round, which must come at once.
func (f *follower) next() []outbound.Revocation {
	f.s.Helper()
	began := time.Now()
	round, err := f.feed.Next(f.s.ctx)
	f.s.must("Next", err)
	if took := time.Since(began); took > soon {
		f.s.Fatalf("Next took %s", took)
	}
	f.last, f.seen = round, append(f.seen, round.Revocations...)
	return round.Revocations
}

// news takes one round and leaves out what came twice, which is allowed.
func (f *follower) news() []outbound.Revocation {
	f.s.Helper()
	before := f.seen
	return slices.DeleteFunc(f.next(), func(r outbound.Revocation) bool { return contains(before, r) })
}

// brings stops the case unless the next round holds a revocation. It may hold others, that came before.
func (f *follower) brings(want outbound.Revocation) {
	f.s.Helper()
	if got := f.next(); !contains(got, want) {
		f.s.Fatalf("the round after it was committed lacks %s: %+v", describe(want), got)
	}
}

func contains(list []outbound.Revocation, want outbound.Revocation) bool {
	return slices.ContainsFunc(list, func(r outbound.Revocation) bool { return sameRevocation(r, want) })
}

// sameRevocation compares; what storage makes up itself (when an ended generation expires) is compared elsewhere.
func sameRevocation(a, b outbound.Revocation) bool {
	return a.Doctor == b.Doctor && a.Generation == b.Generation && a.Session == b.Session &&
		(b.Generation != 0 || a.Expires.Equal(b.Expires))
}

func describe(r outbound.Revocation) string {
	if r.Generation == 0 {
		return "the logout"
	}
	return "the ended sessions"
}

// logout voids a session of a doctor and returns the revocation that feeds must bring.
func (s *scene) logout(r Replica, id doctor.ID) outbound.Revocation {
	s.Helper()
	void := outbound.Revocation{Session: session(), Expires: inAnHour()}
	s.must("Revoke", r.Storage.Revoke(s.ctx, void.Session, void.Expires, doctor.Note(id, doctor.LoggedOut, now())))
	return void
}

// endSessions raises a doctor's generation and returns the revocation that feeds must bring.
func (s *scene) endSessions(r Replica, id doctor.ID) outbound.Revocation {
	s.Helper()
	keep := session()
	d, err := r.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
		d.ChangePassword(doctor.CredentialOf("$new"), keep, now())
		return nil
	})
	s.must("Update", err)
	return outbound.Revocation{Doctor: id, Generation: d.Generation(), Session: keep}
}

// inAnHour is when an invented session expires.
func inAnHour() time.Time { return time.Now().Add(time.Hour).Truncate(time.Microsecond) }

// lookup asks for the revocations of a session.
func (s *scene) lookup(id doctor.ID, of doctor.SessionID) []outbound.Revocation {
	s.Helper()
	found, err := s.Storage.Lookup(s.ctx, id, of)
	s.must("Lookup", err)
	return found
}
