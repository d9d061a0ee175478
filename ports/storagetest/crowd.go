package storagetest

import (
	"slices"
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
			want := crowded(s, i, n).Snapshot()
			found, err := s.Storage.ByPhone(s.ctx, crowded(s, i, n).Profile().Phone)
			s.must("ByPhone", err)
			want.CreatedAt, want.UpdatedAt, want.ID = found.CreatedAt(), found.UpdatedAt(), ids[i]
			s.same("ByPhone", found.Snapshot(), want)
			s.same("Get", s.get(ids[i]).Snapshot(), want)
			s.same("Begin", s.begin(s.attempt(found)).Doctor.Snapshot(), want)
			s.same("Find", s.finds(outbound.Query{Keyword: s.keyword(want.Phone)}, ids[i])[0].Snapshot(), want)
			found, err = s.byStaffNumber(want.HospitalID, want.InternalID)
			s.must("ByStaffNumber", err)
			s.same("ByStaffNumber", found.Snapshot(), want)
			s.exactly(2, len(s.events(ids[i])), "events")

			_, err = s.Storage.Add(s.ctx, register(s.TB, want.Phone, doctor.Ordinary))
			s.refused("Add", err, doctor.ErrPhoneTaken)
			taken := s.staff(want.HospitalID, want.InternalID)
			s.refused("Update", s.edit(ids[(i+1)%n], taken), doctor.ErrStaffNumberTaken)
			after := s.update(ids[i], func(d *doctor.Doctor) { d.Disable(now()) })
			s.same("Update", s.get(ids[i]).Snapshot(), after.Snapshot())
		}

		s.searched(ids)
		s.erase(ids[n/2])
		s.finds(outbound.Query{Keyword: s.keyword("lisi")}, sorted(ids[n/2+1:])...)
		s.exactly(4, len(s.history(ids[n/2])), "events")

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

// searched looks a crowd through: the first half has one common name, the second another.
func (s *scene) searched(ids []doctor.ID) {
	s.Helper()
	first, second := sorted(ids[:len(ids)/2]), sorted(ids[len(ids)/2:])
	for _, common := range []struct {
		part string
		want []doctor.ID
	}{
		{"王", first}, {"xm", first}, {"李四", second}, {"lisi", second}, {"s", second}, {"1", sorted(ids)},
	} {
		q := outbound.Query{Keyword: s.keyword(common.part), Limit: 20}
		s.holds(s.find(q), common.want[:q.Limit])
		q.After = common.want[len(common.want)/2]
		s.holds(s.find(q), common.want[len(common.want)/2+1:][:q.Limit])
		q = outbound.Query{Keyword: q.Keyword, Limit: 900}
		s.finds(q, common.want...)
	}
	s.finds(outbound.Query{}, sorted(ids)...)
	s.finds(outbound.Query{Keyword: s.keyword("四小")})
	s.finds(outbound.Query{Keyword: s.keyword("李"), HospitalID: s.hospital(len(ids) / 2)}, sorted(ids[len(ids)-2:])...)
	s.finds(outbound.Query{Keyword: s.keyword("王"), HospitalID: s.hospital(len(ids) / 2)})
}

// crowded is the i-th of a crowd of n; two neighbours work in one hospital.
func crowded(s *scene, i, n int) *doctor.Doctor {
	d := register(s.TB, phone(i+1), doctor.Ordinary)
	edit := s.staff(int64(i/2+1), phone(i+1))
	if i >= n/2 {
		edit.Name = said(s.TB, func(d *doctor.Snapshot) { d.Name = "李四" }).Name
	}
	d.ChangeProfile(edit, doctor.SessionID{}, now())
	d.Index(invented)
	return d
}

// fill adds a crowd of n; the second half has greater ids.
func (s *scene) fill(n int) []doctor.ID {
	s.Helper()
	ids := make([]doctor.ID, n)
	for half := range 2 {
		s.many(n/2, func(i int) (err error) {
			i += half * n / 2
			ids[i], err = s.Storage.Add(s.ctx, crowded(s, i, n))
			return err
		})
	}
	return ids
}

func sorted(ids []doctor.ID) []doctor.ID { return slices.Sorted(slices.Values(ids)) }

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
