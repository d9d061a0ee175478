package storagetest

import (
	"slices"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Who is found, but for keywords and pages.
var directory = []clause{
	{"Find without a filter finds everybody, ordered by id, each as it was last stored", func(s *scene) {
		s.finds(outbound.Query{})
		ids := s.crowd(9)
		for _, i := range []int{7, 0, 4} {
			s.must("Update", s.edit(ids[i], s.fullProfile()))
		}
		s.update(ids[2], func(d *doctor.Doctor) { d.Disable(now()) })
		for i, found := range s.finds(outbound.Query{}, ids...) {
			s.same("Find", found.Snapshot(), s.get(ids[i]).Snapshot())
		}
	}},

	{"Find finds those that fit a filter, and nobody else", func(s *scene) {
		people := s.variety()
		for _, q := range s.filters() {
			alone := 0
			for _, is := range []bool{
				!q.Keyword.IsZero(), q.HospitalID.Int64() != 0, q.DepartmentID.Int64() != 0,
				q.PositionRank.String() != "", q.Status != doctor.Status{},
			} {
				if is {
					alone++
				}
			}
			if alone == 1 {
				s.finds(q, fitting(people, q)...)
			}
		}
	}},

	{"who is found fits all filters at once", func(s *scene) {
		people := s.variety()
		for _, q := range s.filters() {
			s.finds(q, fitting(people, q)...)
			for _, d := range people[:5] {
				q.IDs = append(q.IDs, d.ID)
			}
			s.finds(q, fitting(people, q)...)
			q.After = people[2].ID
			s.finds(q, fitting(people, q)...)
		}
	}},

	{"Find by IDs: none at all is no filter, an empty list finds nobody, twice is once, unknown ones are left out", func(s *scene) {
		ids := s.crowd(5)
		s.finds(outbound.Query{IDs: nil}, ids...)
		s.finds(outbound.Query{IDs: []doctor.ID{}})
		s.finds(outbound.Query{IDs: []doctor.ID{ids[3], ids[1], ids[3], ids[3]}}, ids[1], ids[3])
		s.finds(outbound.Query{IDs: []doctor.ID{0, -1, ids[4] + 1_000_000, ids[0]}}, ids[0])
		s.finds(outbound.Query{IDs: []doctor.ID{ids[4] + 1_000_000}})
	}},

	{"Find by more than a hundred IDs finds them all", func(s *scene) {
		ids := s.crowd(260)
		s.finds(outbound.Query{IDs: ids[:250]}, ids[:250]...)
		backwards := slices.Clone(ids[:250])
		slices.Reverse(backwards)
		s.finds(outbound.Query{IDs: backwards, Limit: 40}, ids[:250]...)
	}},

	{"whoever is stored is found at once on every replica", func(s *scene) {
		b := s.peer()
		for i := range 5 {
			here, there := Replica{Storage: turns(i, s.Replica, b)}, Replica{Storage: turns(i+1, s.Replica, b)}
			s.Storage = here.Storage
			id := s.add(s.keyed("keys"))
			s.update(id, func(d *doctor.Doctor) { d.ChangeProfile(s.staff(int64(100+i), "D1"), doctor.SessionID{}, now()) })
			s.Storage = there.Storage
			s.finds(outbound.Query{HospitalID: s.hospital(100 + i), Keyword: s.keyword("key")}, id)
		}
	}},

	{"ByStaffNumber loads the doctor that has the number in the hospital, a disabled one too", func(s *scene) {
		want := map[int64]doctor.ID{}
		for _, hospital := range []int64{7, 8} {
			want[hospital] = s.add(s.employee(hospital, "D1"))
		}
		s.update(want[8], func(d *doctor.Doctor) { d.Disable(now()) })
		for hospital, id := range want {
			found, err := s.byStaffNumber(hospital, "D1")
			s.must("ByStaffNumber", err)
			s.same("ByStaffNumber", found.Snapshot(), s.get(id).Snapshot())
		}
	}},

	{"ByStaffNumber of what nobody has in that hospital is ErrNotFound, and without either nobody has one", func(s *scene) {
		id := s.add(s.employee(7, "D1"))
		s.add(s.employee(0, "D2"))
		s.add(s.employee(9, ""))
		for _, nobody := range []number{{8, "D1"}, {7, "D2"}, {0, "D1"}, {0, "D2"}, {9, ""}, {7, ""}, {0, ""}} {
			_, err := s.byStaffNumber(nobody.hospital, nobody.text)
			s.refused("ByStaffNumber", err, doctor.ErrNotFound)
		}
		s.must("Update", s.edit(id, s.staff(7, "D3")))
		_, err := s.byStaffNumber(7, "D1")
		s.refused("ByStaffNumber of a number that was given up", err, doctor.ErrNotFound)
	}},

	{"staff numbers that differ only in letter case, form or blanks belong to whom they belong to", func(s *scene) {
		for _, pair := range alike {
			for i, text := range pair {
				_, err := s.byStaffNumber(7, text)
				s.refused("ByStaffNumber before it is there", err, doctor.ErrNotFound)
				want := s.add(s.employee(7, text))
				found, err := s.byStaffNumber(7, text)
				s.must("ByStaffNumber", err)
				s.exactly(int(want), int(found.ID()), "is the doctor with number "+pair[i])
			}
		}
	}},
}

// number is a staff number and the hospital that gave it.
type number struct {
	hospital int64
	text     string
}

func (s *scene) byStaffNumber(hospital int64, text string) (*doctor.Doctor, error) {
	p := said(s.TB, func(d *doctor.Snapshot) { d.HospitalID, d.InternalID = hospital, text })
	return s.Storage.ByStaffNumber(s.ctx, p.HospitalID, p.InternalID)
}

// hospital is a reference to one.
func (s *scene) hospital(n int) doctor.Reference {
	return said(s.TB, func(d *doctor.Snapshot) { d.HospitalID = int64(n) }).HospitalID
}

// rank is a rank of any text.
func (s *scene) rank(text string) doctor.PositionRank {
	return said(s.TB, func(d *doctor.Snapshot) { d.PositionRank = text }).PositionRank
}

// variety adds doctors of every kind that filters tell apart, in the order of their ids.
func (s *scene) variety() (people []doctor.Snapshot) {
	for _, hospital := range []int64{0, 7, 8} {
		for _, department := range []int64{0, 7} {
			for _, rank := range []string{"", "ICU", "ICU ", "icu"} {
				for _, status := range []doctor.Status{doctor.Active, doctor.Disabled} {
					for _, keys := range []string{"", "wxm\n小明\n王小明"} {
						s.people++
						d := restored(s.TB, func(d *doctor.Snapshot) {
							d.Phone, d.HospitalID, d.DepartmentID = phone(s.people), hospital, department
							d.PositionRank, d.Status, d.SearchKeys = rank, status.String(), doctor.SearchKeys(keys)
						})
						is := d.Snapshot()
						is.ID = s.add(d)
						people = append(people, is)
					}
				}
			}
		}
	}
	return people
}

// filters are queries that tell a variety apart.
func (s *scene) filters() (all []outbound.Query) {
	for _, hospital := range []int{0, 7, 9} {
		for _, department := range []int{0, 7} {
			for _, rank := range []string{"", "ICU", "IC"} {
				for _, status := range []doctor.Status{{}, doctor.Active, doctor.Disabled} {
					for _, keyword := range []string{"", "wx", "王小明", "明"} {
						q := outbound.Query{
							HospitalID: s.hospital(hospital), DepartmentID: s.hospital(department), PositionRank: s.rank(rank),
							Status: status,
						}
						if keyword != "" {
							q.Keyword = s.keyword(keyword)
						}
						all = append(all, q)
					}
				}
			}
		}
	}
	return all
}

// fitting are those of whom a query speaks.
func fitting(people []doctor.Snapshot, q outbound.Query) (ids []doctor.ID) {
	fits := func(asked, is any, unset bool) bool { return unset || asked == is }
	for _, d := range people {
		if d.ID > q.After && d.SearchKeys.Match(q.Keyword) && (q.IDs == nil || slices.Contains(q.IDs, d.ID)) &&
			fits(q.HospitalID.Int64(), d.HospitalID, q.HospitalID.Int64() == 0) &&
			fits(q.DepartmentID.Int64(), d.DepartmentID, q.DepartmentID.Int64() == 0) &&
			fits(q.PositionRank.String(), d.PositionRank, q.PositionRank.String() == "") &&
			fits(q.Status.String(), d.Status, q.Status == doctor.Status{}) {
			ids = append(ids, d.ID)
		}
	}
	return ids
}
