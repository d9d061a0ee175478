package storagetest

import (
	"fmt"
	"math"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What one page holds, and that those who follow Next miss nobody.
var pages = []clause{
	{"a page is the first Limit doctors that fit; Next is its last id if there are more behind it, else zero", func(s *scene) {
		const n = 7
		ids := make([]doctor.ID, n)
		for i := range ids {
			s.add(s.keyed("other"))
			ids[i] = s.add(s.keyed("wanted"))
		}
		q := outbound.Query{Keyword: s.keyword("wanted")}
		for q.Limit = 1; q.Limit <= n+1; q.Limit++ {
			page := s.find(q)
			s.holds(page, ids[:min(q.Limit, n)])
			want := doctor.ID(0)
			if q.Limit < n {
				want = ids[q.Limit-1]
			}
			if page.Next != want {
				s.Fatalf("%d fit, the page holds at most %d: Next is %d, want %d", n, q.Limit, page.Next, want)
			}
		}
	}},

	{"Find with After finds only greater ids, and behind the greatest number nobody", func(s *scene) {
		ids := s.crowd(5)
		for i, after := range ids {
			s.finds(outbound.Query{After: after}, ids[i+1:]...)
			s.finds(outbound.Query{After: after - 1}, ids[i:]...)
		}
		for _, after := range []doctor.ID{ids[4] + 1_000_000, math.MaxInt64} {
			for _, q := range []outbound.Query{{}, {Keyword: s.keyword("1")}, {HospitalID: s.hospital(7)}, {Status: doctor.Active}, {IDs: ids}} {
				q.After = after
				s.finds(q)
			}
		}
	}},

	{"who follows Next meets each doctor on exactly one page", func(s *scene) {
		people := s.variety()
		for _, limit := range []int{1, 5, 24, len(people)} {
			for _, q := range []outbound.Query{{}, {Keyword: s.keyword("小")}, {HospitalID: s.hospital(7), Status: doctor.Active}} {
				q.Limit = limit
				s.finds(q, fitting(people, q)...)
			}
		}
	}},

	{"each comes on exactly one page also while others are added, erased and changed between the pages", func(s *scene) {
		const n, limit = 24, 3
		ids := make([]doctor.ID, n)
		for i := range ids {
			ids[i] = s.add(s.keyed("wanted"))
		}
		q := outbound.Query{Keyword: s.keyword("wanted"), Limit: limit}
		times, erased := map[doctor.ID]int{}, map[doctor.ID]bool{}
		for i := 0; i == 0 || q.After != 0; i++ {
			page := s.find(q)
			for _, d := range page.Doctors {
				if times[d.ID()]++; erased[d.ID()] {
					s.Fatalf("doctor %d is found after it was erased", d.ID())
				}
			}
			q.After = page.Next
			for _, id := range []doctor.ID{ids[i], ids[n-1-i]} { // behind the page, and before it
				s.erase(id)
				erased[id] = true
			}
			for _, id := range []doctor.ID{ids[i+1], ids[n-2-i]} {
				s.must("Update", s.edit(id, s.fullProfile()))
			}
			s.add(s.keyed("other"))
		}
		for _, id := range ids {
			if times[id] > 1 || times[id] == 0 && !erased[id] {
				s.Fatalf("doctor %d comes on %d pages, want one", id, times[id])
			}
		}
	}},

	{"a doctor that was added between pages comes on a later one", func(s *scene) {
		ids := s.crowd(4)
		first := s.find(outbound.Query{Limit: 3})
		s.holds(first, ids[:3])
		ids = append(ids, s.ordinary())
		s.finds(outbound.Query{After: first.Next, Limit: 3}, ids[3:]...)
	}},

	{"one that cannot be restored hides no other: it is told apart, and counts towards the page", func(s *scene) {
		people := make([]doctor.ID, 6)
		for i := range people {
			people[i] = s.add(s.keyed("wanted"))
		}
		for _, i := range []int{1, 2, 5} {
			s.Damage(s.TB, people[i])
		}
		for _, q := range []outbound.Query{{}, {Keyword: s.keyword("want"), Status: doctor.Active}, {IDs: people}} {
			for _, want := range []struct {
				limit          int
				whole, damaged []int
				next, after    int // -1: none
			}{
				{limit: 1, whole: []int{0}, next: 0, after: -1},
				{limit: 2, whole: []int{0}, damaged: []int{1}, next: 1, after: -1},
				{limit: 3, whole: []int{0}, damaged: []int{1, 2}, next: 2, after: -1},
				{limit: 2, damaged: []int{1, 2}, next: 2, after: 0},
				{limit: 3, whole: []int{3, 4}, damaged: []int{5}, next: -1, after: 2},
				{limit: 6, whole: []int{0, 3, 4}, damaged: []int{1, 2, 5}, next: -1, after: -1},
			} {
				pick := func(at ...int) (ids []doctor.ID) {
					for _, i := range at {
						ids = append(ids, people[i])
					}
					return ids
				}
				q.Limit, q.After = want.limit, 0
				if want.after >= 0 {
					q.After = people[want.after]
				}
				page := s.find(q)
				slices.Sort(page.Damaged)
				next := doctor.ID(0)
				if want.next >= 0 {
					next = people[want.next]
				}
				whole, damaged := pick(want.whole...), pick(want.damaged...)
				if !slices.Equal(idsOf(page.Doctors), whole) || !slices.Equal(page.Damaged, damaged) || page.Next != next {
					s.Fatalf("a page of %d after %d: doctors %v, damaged %v, next %d, want %v, %v, %d", want.limit, q.After,
						idsOf(page.Doctors), page.Damaged, page.Next, whole, damaged, next)
				}
			}
		}
	}},
}

// find asks for one page.
func (s *scene) find(q outbound.Query) outbound.Page {
	s.Helper()
	page, err := s.Storage.Find(s.ctx, q)
	s.must("Find", err)
	return page
}

// finds stops the case unless those who follow the pages of a query meet just these, in this order. A query without a
// limit asks for many at once.
func (s *scene) finds(q outbound.Query, want ...doctor.ID) (found []*doctor.Doctor) {
	s.Helper()
	asked := fmt.Sprintf("%+v", q)
	if q.Limit == 0 {
		q.Limit = 1000
	}
	for {
		page := s.find(q)
		if held := len(page.Doctors) + len(page.Damaged); held > q.Limit {
			s.Fatalf("a page of %s holds %d", asked, held)
		}
		found = append(found, page.Doctors...)
		if page.Next != 0 && page.Next <= q.After {
			s.Fatalf("behind a page of %s that begins after %d comes one that begins after %d", asked, q.After, page.Next)
		}
		if q.After = page.Next; page.Next == 0 {
			break
		}
	}
	if got := idsOf(found); !slices.Equal(got, want) {
		s.Fatalf("%s finds %v, want %v", asked, got, want)
	}
	return found
}

// holds stops the case unless a page is just these, in this order.
func (s *scene) holds(page outbound.Page, want []doctor.ID) {
	s.Helper()
	if got := idsOf(page.Doctors); !slices.Equal(got, want) || len(page.Damaged) > 0 {
		s.Fatalf("the page holds %v and damaged %v, want %v", got, page.Damaged, want)
	}
}

func idsOf(doctors []*doctor.Doctor) []doctor.ID {
	ids := make([]doctor.ID, len(doctors))
	for i, d := range doctors {
		ids[i] = d.ID()
	}
	return ids
}
