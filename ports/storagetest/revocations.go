package storagetest

import (
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Which tokens are void, and how every replica hears of it.
var revocations = []clause{
	{"Revoke stores the event of the logout, and Lookup finds the void session", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		void := outbound.Revocation{Session: session(), Expires: inAnHour()}
		event := doctor.Note(id, doctor.LoggedOut, now())
		s.must("Revoke", s.Storage.Revoke(s.ctx, void.Session, void.Expires, event))
		s.happened(id, append(events, event)...)
		if got := s.lookup(id, void.Session); len(got) != 1 || !sameRevocation(got[0], void) {
			s.Fatalf("Lookup: %+v, want %+v", got, void)
		}
	}},

	{"voiding a void session again does nothing and stores no second event, also twenty times at once", func(s *scene) {
		id, of, b := s.ordinary(), session(), s.peer()
		errs := atOnce(20, func(i int) error {
			event := doctor.Note(id, doctor.LoggedOut, now())
			return turns(i, s.Replica, b).Revoke(s.ctx, of, inAnHour(), event)
		})
		s.succeeded(errs, nil)
		s.must("Revoke", s.Storage.Revoke(s.ctx, of, inAnHour(), doctor.Note(id, doctor.LoggedOut, now())))
		s.exactly(2, len(s.events(id)), "events (registered, logged out)")
		s.exactly(1, len(s.lookup(id, of)), "revocations of the session")
	}},

	{"Update that ended sessions stores a revocation that every feed brings", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		here, there := s.watch(s.Replica), s.watch(b)
		for _, end := range []func(*doctor.Doctor, doctor.SessionID){
			func(d *doctor.Doctor, keep doctor.SessionID) {
				d.ChangePassword(doctor.CredentialOf("$1"), keep, now())
			},
			func(d *doctor.Doctor, keep doctor.SessionID) { d.ChangeProfile(s.fullProfile(), keep, now()) },
			func(d *doctor.Doctor, _ doctor.SessionID) { d.ResetPassword(doctor.CredentialOf("$2"), now()) },
			func(d *doctor.Doctor, _ doctor.SessionID) { d.Disable(now()) },
		} {
			var want outbound.Revocation
			keep := session()
			d := s.update(id, func(d *doctor.Doctor) {
				end(d, keep)
				look := *d
				ended := look.Drain().Ended
				want = outbound.Revocation{Doctor: id, Generation: ended.Generation, Session: ended.Except}
			})
			if d.Generation() != want.Generation {
				s.Fatalf("generation %d was stored, want %d", d.Generation(), want.Generation)
			}
			here.brings(want)
			there.brings(want)
			if !contains(s.lookup(id, session()), want) {
				s.Fatalf("Lookup lacks the raised generation %d", want.Generation)
			}
		}
	}},

	{"an ended generation is remembered for as long as GenerationKept says", func(s *scene) {
		id, feed := s.ordinary(), s.watch(s.Replica)
		earliest := s.clock().Add(outbound.GenerationKept - soon)
		s.endSessions(s.Replica, id)
		latest := s.clock().Add(outbound.GenerationKept + soon)
		for _, r := range append(feed.next(), s.lookup(id, session())...) {
			if r.Expires.Before(earliest) || r.Expires.After(latest) {
				s.Fatalf("it expires at %s, want a moment from %s to %s", r.Expires, earliest, latest)
			}
		}
	}},

	{"Lookup finds what concerns one session of one doctor, and nothing else", func(s *scene) {
		id, other := s.ordinary(), s.ordinary()
		mine, others := s.logout(s.Replica, id), s.logout(s.Replica, other)
		ended, again := s.endSessions(s.Replica, id), s.endSessions(s.Replica, id)
		s.endSessions(s.Replica, other)
		got := s.lookup(id, mine.Session)
		if len(got) != 3 || !contains(got, mine) || !contains(got, ended) || !contains(got, again) {
			s.Fatalf("Lookup of a void session: %+v, want %+v, %+v and %+v", got, mine, ended, again)
		}
		got = s.lookup(s.ordinary(), others.Session)
		if len(got) != 1 || !contains(got, others) {
			s.Fatalf("Lookup of another's void session: %+v, want %+v", got, others)
		}
		if got = s.lookup(s.ordinary(), session()); len(got) != 0 {
			s.Fatalf("Lookup of a session that was never ended: %+v", got)
		}
		if got = s.lookup(id, doctor.SessionID{}); len(got) != 2 || !contains(got, ended) || !contains(got, again) {
			s.Fatalf("Lookup of no session: %+v, want %+v and %+v", got, ended, again)
		}
	}},

	{"Lookup sees what another replica has just stored", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		for range 10 {
			void, ended := s.logout(b, id), s.endSessions(b, id)
			if got := s.lookup(id, void.Session); !contains(got, void) || !contains(got, ended) {
				s.Fatalf("Lookup: %+v, want %+v and %+v", got, void, ended)
			}
		}
	}},

	{"a revocation is over when it expires: neither Lookup nor a new feed brings it", func(s *scene) {
		id := s.ordinary()
		of, until := session(), s.clock().Add(300*time.Millisecond).Truncate(time.Microsecond)
		s.must("Revoke", s.Storage.Revoke(s.ctx, of, until, doctor.Note(id, doctor.LoggedOut, now())))
		s.after(until)
		if got := s.lookup(id, of); len(got) != 0 {
			s.Fatalf("Lookup: %+v", got)
		}
		if got := (&follower{s: s, feed: s.open(s.Replica)}).next(); len(got) != 0 {
			s.Fatalf("the first round: %+v", got)
		}
	}},
}

// clock is the storage's own.
func (s *scene) clock() time.Time { s.Helper(); return s.probe().Now }

// after waits until the storage's clock has passed a moment.
func (s *scene) after(moment time.Time) {
	s.Helper()
	for !s.clock().After(moment) {
		pause()
	}
}
