package storagetest

import (
	"fmt"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// How the keys that doctors are found by follow them.
var keys = []clause{
	{"Add and Update store the keys with the rest: the doctor is found by these, and by those before no more", func(s *scene) {
		id, other := s.add(s.keyed("old", "same")), s.add(s.keyed("other"))
		for i := range 3 {
			fresh := fmt.Sprintf("fresh%d", i)
			want := s.update(id, func(d *doctor.Doctor) {
				s.rekey(fresh, "same")(d)
				d.ChangeProfile(s.fullProfile(), doctor.SessionID{}, now())
			})
			if want.SearchKeys() != linesOf([]string{fresh, "same"}) {
				s.Fatalf("Update returned the keys %q", want.SearchKeys())
			}
			s.same("Get", s.get(id).Snapshot(), want.Snapshot())
			s.finds(outbound.Query{Keyword: s.keyword("fresh")}, id)
			s.finds(outbound.Query{Keyword: s.keyword(fresh)}, id)
			s.finds(outbound.Query{Keyword: s.keyword("same")}, id)
			s.finds(outbound.Query{Keyword: s.keyword("old")})
			s.finds(outbound.Query{Keyword: s.keyword("other")}, other)
			if i > 0 {
				s.finds(outbound.Query{Keyword: s.keyword(fmt.Sprintf("fresh%d", i-1))})
			}
		}
		s.update(id, func(d *doctor.Doctor) {
			s.rekey()(d)
			d.Disable(now())
		})
		s.finds(outbound.Query{Keyword: s.keyword("same")})
		s.finds(outbound.Query{}, id, other)
	}},

	{"a change that moves no keys leaves them: the doctor is found as before", func(s *scene) {
		id := s.add(s.keyed("mine"))
		s.must("Update", s.edit(id, s.fullProfile()))
		s.passes(s.attempt(s.get(id)), outbound.Outcome{Doctor: id, LoginAt: time.Now()})
		s.finds(outbound.Query{Keyword: s.keyword("mine")}, id)
	}},

	{"a change of the keys alone is stored, moves no version, records no event and ends no session", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id, b := s.add(d), s.peer()
		want, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		for _, keys := range [][]string{{"first"}, {"first", "second"}, {"second"}, nil, {"first"}} {
			want.SearchKeys = linesOf(keys)
			s.same("Update", s.update(id, s.rekey(keys...)).Snapshot(), want)
			s.untouched(id, want, events, feed)
			for _, text := range []string{"first", "second"} {
				q := outbound.Query{Keyword: s.keyword(text), Limit: 10}
				here := s.find(q)
				s.holds(here, fitting([]doctor.Snapshot{want}, q))
				there, err := b.Storage.Find(s.ctx, q)
				s.must("Find", err)
				s.holds(there, idsOf(here.Doctors))
			}
		}
	}},

	{"what else changed without moving the version is not stored with the keys", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		want, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		want.SearchKeys = "first"
		s.same("Update", s.update(id, func(d *doctor.Doctor) {
			*d = *restored(s.TB, func(n *doctor.Snapshot) { n.ID, n.Name, n.SearchKeys = id, "李四", "first" })
		}).Snapshot(), want)
		s.untouched(id, want, events, feed)
	}},

	{"keys that came with an error of change are not stored", func(s *scene) {
		id := s.add(s.keyed("mine"))
		_, err := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
			s.rekey("other")(d)
			return doctor.ErrVersionMismatch
		})
		s.refused("Update", err, doctor.ErrVersionMismatch)
		s.finds(outbound.Query{Keyword: s.keyword("other")})
		s.finds(outbound.Query{Keyword: s.keyword("mine")}, id)
	}},

	{"a change of the keys alone loses nothing of a login that is concluded meanwhile, nor does the login lose the keys", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		for i := range 3 {
			before, first := s.get(id), true
			want := before.Snapshot()
			want.LastLoginAt = before.CreatedAt().AddDate(0, 0, i+1)
			want.Credential, want.SearchKeys = before.Credential().PHC()+"x", doctor.SearchKeys(fmt.Sprintf("keys%d", i))
			s.meanwhile(
				func(during func()) error {
					_, err := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
						if first {
							first = false
							during()
						}
						s.rekey(string(want.SearchKeys))(d)
						return nil
					})
					return err
				},
				func() error {
					_, err := b.Storage.Conclude(s.ctx, s.attempt(before), outbound.Outcome{
						Right: true, Doctor: id, LoginAt: want.LastLoginAt,
						Rehash: &outbound.Rehash{Old: before.Credential(), New: doctor.CredentialOf(want.Credential)},
					})
					return err
				},
			)
			s.same("after both", s.get(id).Snapshot(), want)
			s.finds(outbound.Query{Keyword: s.keyword(string(want.SearchKeys))}, id)
		}
	}},

	{"keys that were computed from a profile never outlive it: a change of both meanwhile wins", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		for range 3 {
			first := true
			s.meanwhile(
				func(during func()) error {
					_, err := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
						d.Index(invented)
						if first {
							first = false
							during()
						}
						return nil
					})
					return err
				},
				func() error { return s.moves(b.Storage, id, s.fullProfile()) },
			)
			s.indexed(id)
		}
	}},

	{"of twenty updates of name and keys at once exactly the keys of the last state are left, also where the keys come later", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		edits := make([]doctor.ProfileEdit, 20)
		for i := range edits {
			edits[i] = s.fullProfile()
		}
		errs := atOnce(len(edits), func(i int) error {
			storage := turns(i/2, s.Replica, b)
			if i%2 == 0 {
				return s.moves(storage, id, edits[i])
			}
			_, err := storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
				d.ChangeProfile(edits[i], doctor.SessionID{}, now())
				return nil
			})
			if err == nil {
				_, err = storage.Update(s.ctx, id, func(d *doctor.Doctor) error { d.Index(invented); return nil })
			}
			return err
		})
		s.succeeded(errs, nil)
		s.exactly(1+len(edits), int(s.get(id).Version()), "is the version")
		s.indexed(id)
		left := s.get(id).Profile().Phone
		for _, e := range edits {
			if e.Phone != left {
				s.finds(outbound.Query{Keyword: s.keyword(e.Phone.String())})
			}
		}
	}},
}

// moves changes a profile and brings the keys along, as the core does.
func (s *scene) moves(storage outbound.Storage, id doctor.ID, e doctor.ProfileEdit) error {
	_, err := storage.Update(s.ctx, id, func(d *doctor.Doctor) error {
		d.ChangeProfile(e, doctor.SessionID{}, now())
		d.Index(invented)
		return nil
	})
	return err
}

// indexed stops the case unless a doctor is found by the keys that its profile asks for.
func (s *scene) indexed(id doctor.ID) {
	s.Helper()
	d := s.get(id)
	stored := d.SearchKeys()
	if d.Index(invented); d.SearchKeys() != stored {
		s.Fatalf("the keys are %q, want %q", stored, d.SearchKeys())
	}
	for _, key := range stored.List() {
		s.finds(outbound.Query{Keyword: s.keyword(key)}, id)
	}
}
