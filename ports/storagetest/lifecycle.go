package storagetest

import (
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What operating a storage promises: probing, sweeping, closing; and what a damaged doctor does.
var lifecycle = []clause{
	{"Probe tells the storage's clock, a schema that fits, and whether there is an active administrator", func(s *scene) {
		began := time.Now()
		p := s.probe()
		if p.Now.Before(began.Add(-15*time.Second)) || p.Now.After(time.Now().Add(15*time.Second)) {
			s.Fatalf("the storage's clock says %s", p.Now)
		}
		if !p.Schema.Fits() {
			s.Fatalf("the schema does not fit: %+v", p.Schema)
		}
		disabled := s.newcomer(doctor.Administrator)
		disabled.Disable(now())
		id := s.add(disabled)
		s.ordinary()
		if p.Administered || s.probe().Administered {
			s.Fatal("Probe tells of an administrator, and there is no active one")
		}
		s.update(id, func(d *doctor.Doctor) { d.Enable(now()) })
		if !s.probe().Administered {
			s.Fatal("Probe tells of no administrator, and there is one")
		}
	}},

	{"the storage's clock runs on", func(s *scene) {
		last := s.probe().Now
		s.until(soon, "the clock is later than before", func() bool { return s.probe().Now.After(last) })
	}},

	{"Sweep changes no answer of any other method, but for the Values of the erased", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		id := s.add(d)
		kept, expired := s.logout(s.Replica, id), session()
		until := s.clock().Add(100 * time.Millisecond)
		s.must("Revoke", s.Storage.Revoke(s.ctx, expired, until, doctor.Note(id, doctor.LoggedOut, now())))
		ended, watching := s.endSessions(s.Replica, id), s.open(s.Replica)

		counted, waiting, brief, used := s.attempt(d), s.attempt(d), s.attempt(d), s.quota(2, time.Hour)
		counted.Account.Max, waiting.Source.Max = 2, 1
		const first = 40 * time.Millisecond
		brief.Account = outbound.Limit{Key: session(), Max: 1, Window: time.Hour, FirstWait: first, MaxWait: time.Hour}
		s.fails(counted, outbound.Outcome{})
		s.fails(waiting, outbound.Outcome{})
		began := time.Now()
		s.fails(brief, outbound.Outcome{})
		s.runs(brief, began, first)
		s.take(used)
		here, siege := s.attempt(d), s.attempt(d)
		s.logsIn(here, id, time.Hour)
		siege.Everywhere.Max = 1
		s.fails(siege, outbound.Outcome{})
		state, events := s.get(id).Snapshot(), s.events(id)
		s.after(until)

		for range 2 {
			s.must("Sweep", s.Storage.Sweep(s.ctx))
		}
		s.same("after Sweep", s.get(id).Snapshot(), state)
		s.finds(outbound.Query{}, id)
		s.happened(id, events...)
		s.replays(&follower{s: s, feed: watching}, []outbound.Revocation{kept, ended})
		s.replays(&follower{s: s, feed: s.open(s.Replica)}, []outbound.Revocation{kept, ended})
		s.exactly(2, len(s.lookup(id, kept.Session)), "revocations of the void session")
		s.exactly(1, len(s.lookup(id, expired)), "revocations of the expired session, of its doctor")
		s.waits(waiting)
		s.waits(siege)
		s.known(here)
		s.free(counted)
		s.fails(counted, outbound.Outcome{}) // the second count
		s.waits(counted)
		began = time.Now()
		s.fails(brief, outbound.Outcome{}) // its wait is over, its counter is kept and doubles
		s.runs(brief, began, 2*first)
		s.exactly(0, int(s.take(used)), "ns to wait")
		s.between("the quota's wait", s.take(used), time.Hour-patience, time.Hour)
	}},

	{"feeds go on over a Sweep: no revocation is skipped", func(s *scene) {
		id, feed := s.ordinary(), s.watch(s.Replica)
		for range 5 {
			until := s.clock().Add(10 * time.Millisecond)
			s.must("Revoke", s.Storage.Revoke(s.ctx, session(), until, doctor.Note(id, doctor.LoggedOut, now())))
			s.after(until)
			feed.next()
			s.must("Sweep", s.Storage.Sweep(s.ctx))
			feed.brings(s.logout(s.Replica, id))
		}
	}},

	{"closing again does nothing, and calls after Close fail with ErrUnavailable", func(s *scene) {
		id, feed := s.ordinary(), s.watch(s.Replica)
		for range 3 {
			s.must("Close", s.Storage.Close())
		}
		for name, call := range s.calls(s.ctx, s.Storage, id) {
			s.refused(name, call(), outbound.ErrUnavailable)
		}
		_, err := feed.feed.Next(s.ctx)
		s.refused("Next", err, outbound.ErrUnavailable)
	}},

	{"calls under way while the store is closed end, and change ErrUnavailable or nothing", func(s *scene) {
		ids, b := s.crowd(8), s.peer()
		errs := atOnce(len(ids)+1, func(i int) error {
			if i == len(ids) {
				pause()
				return s.Storage.Close()
			}
			for {
				_, err := s.Storage.Update(s.ctx, ids[i], func(d *doctor.Doctor) error {
					d.ResetPassword(doctor.CredentialOf("$x"), now())
					return nil
				})
				if err != nil {
					return err
				}
			}
		})
		s.must("Close", errs[len(ids)])
		s.Replica = b
		for i, id := range ids {
			s.refused("Update", errs[i], outbound.ErrUnavailable)
			s.exactly(int(s.get(id).Version()), len(s.events(id)), "events")
		}
	}},

	{"closing one replica leaves the others alone, and what was stored is there when it is opened again", func(s *scene) {
		b, d := s.peer(), s.newcomer(doctor.Ordinary)
		feed := s.watch(b)
		want := d.Snapshot()
		want.ID = s.add(d)
		void := s.logout(s.Replica, want.ID)
		s.must("Close", s.Storage.Close())
		feed.brings(void)
		feed.brings(s.logout(b, want.ID))
		s.must("Close", b.Storage.Close())

		s.Replica = s.peer()
		s.same("Get", s.get(want.ID).Snapshot(), want)
		s.exactly(3, len(s.events(want.ID)), "events")
		if !contains(s.watchAll(), void) {
			s.Fatal("the revocation is not there")
		}
		if next := s.ordinary(); next <= want.ID {
			s.Fatalf("identity %d was given after %d", next, want.ID)
		}
	}},

	{"a stored doctor that cannot be restored is ErrDamaged, changes nothing and harms no other", func(s *scene) {
		d, other := s.employee(7, "D1"), s.ordinary()
		id := s.add(d)
		n := len(s.events(id))
		s.Damage(s.TB, id)
		_, get := s.Storage.Get(s.ctx, id)
		_, byPhone := s.Storage.ByPhone(s.ctx, d.Profile().Phone)
		_, byStaffNumber := s.byStaffNumber(7, "D1")
		_, begin := s.Storage.Begin(s.ctx, s.attempt(d))
		_, update := s.Storage.Update(s.ctx, id, func(*doctor.Doctor) error {
			return errors.New("change ran on a damaged doctor")
		})
		for name, err := range map[string]error{
			"Get": get, "ByPhone": byPhone, "ByStaffNumber": byStaffNumber, "Begin": begin, "Update": update,
		} {
			s.refused(name, err, doctor.ErrDamaged)
		}
		s.exactly(n, len(s.events(id)), "events")
		s.get(other)
		s.must("Update of another", s.edit(other, s.fullProfile()))
		s.ordinary()
	}},
}

func (s *scene) probe() outbound.Probe {
	s.Helper()
	p, err := s.Storage.Probe(s.ctx)
	s.must("Probe", err)
	return p
}

// watchAll is the first round of a new feed.
func (s *scene) watchAll() []outbound.Revocation {
	s.Helper()
	return (&follower{s: s, feed: s.open(s.Replica)}).next()
}
