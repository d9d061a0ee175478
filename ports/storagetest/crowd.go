package storagetest

import (
	"sync/atomic"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What holds for a few holds for many: no page, cache or scan may show.
var crowds = []clause{
	{"ten thousand doctors change no answer", func(s *scene) {
		const n = 10_000
		s.allow(10 * patience) // each is synced to a disk
		ids := s.fill(n)
		for _, i := range []int{0, 1, n / 2, n - 1} {
			want := crowded(s, i).Snapshot()
			found, err := s.Storage.ByPhone(s.ctx, crowded(s, i).Profile().Phone)
			s.must("ByPhone", err)
			want.CreatedAt, want.UpdatedAt, want.ID = found.CreatedAt(), found.UpdatedAt(), ids[i]
			s.same("ByPhone", found.Snapshot(), want)
			s.same("Get", s.get(ids[i]).Snapshot(), want)
			s.same("Begin", s.begin(s.attempt(found)).Doctor.Snapshot(), want)
			s.exactly(2, len(s.Events(s.TB, ids[i])), "events")

			_, err = s.Storage.Add(s.ctx, register(s.TB, want.Phone, doctor.Ordinary))
			s.refused("Add", err, doctor.ErrPhoneTaken)
			taken := s.staff(want.HospitalID, want.InternalID)
			s.refused("Update", s.edit(ids[(i+1)%n], taken), doctor.ErrStaffNumberTaken)
			after := s.update(ids[i], func(d *doctor.Doctor) { d.Disable(now()) })
			s.same("Update", s.get(ids[i]).Snapshot(), after.Snapshot())
		}

		s.people = n
		if s.probe().Administered {
			s.Fatal("Probe tells of an administrator")
		}
		first, err := s.Storage.AddFirstAdministrator(s.ctx, s.newcomer(doctor.Administrator))
		s.must("AddFirstAdministrator", err)
		for i, id := range ids {
			if id < 1 || id >= first {
				s.Fatalf("identity %d was given after %d", first, ids[i])
			}
		}
		_, err = s.Storage.AddFirstAdministrator(s.ctx, s.newcomer(doctor.Administrator))
		s.refused("AddFirstAdministrator", err, doctor.ErrAdministratorExists)
		_, err = s.Storage.Update(s.ctx, first, endings[0])
		s.refused("Update", err, doctor.ErrLastAdministrator)
	}},

	{"the first round of a feed brings thousands of revocations", func(s *scene) {
		const n = 2_500
		s.allow(10 * patience)
		id, watching := s.ordinary(), s.watch(s.Replica)
		voids := make([]outbound.Revocation, n)
		for i := range voids {
			voids[i] = outbound.Revocation{Session: session(), Expires: inAnHour()}
		}
		s.many(n, func(i int) error {
			event := doctor.Note(id, doctor.LoggedOut, now())
			return s.Storage.Revoke(s.ctx, voids[i].Session, voids[i].Expires, event)
		})
		for _, feed := range []*follower{watching, {s: s, feed: s.open(s.peer())}} {
			got := map[doctor.SessionID]bool{}
			for _, r := range feed.next() {
				got[r.Session] = true
			}
			for _, void := range voids {
				if !got[void.Session] {
					s.Fatalf("a round of %d revocations lacks one of %d", len(got), n)
				}
			}
		}
		s.exactly(1, len(s.lookup(id, voids[n/2].Session)), "revocations of a session")
	}},
}

// crowded is the i-th of a crowd; two neighbours work in one hospital.
func crowded(s *scene, i int) *doctor.Doctor {
	d := register(s.TB, phone(i+1), doctor.Ordinary)
	d.ChangeProfile(s.staff(int64(i/2+1), phone(i+1)), doctor.SessionID{}, now())
	return d
}

// fill adds a crowd of n.
func (s *scene) fill(n int) []doctor.ID {
	s.Helper()
	ids := make([]doctor.ID, n)
	s.many(n, func(i int) (err error) {
		ids[i], err = s.Storage.Add(s.ctx, crowded(s, i))
		return err
	})
	return ids
}

// many makes n calls that must succeed, some at once.
func (s *scene) many(n int, call func(i int) error) {
	s.Helper()
	var next atomic.Int64
	errs := atOnce(16, func(int) error {
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return nil
			}
			if err := call(i); err != nil {
				return err
			}
		}
	})
	s.succeeded(errs, nil)
}
