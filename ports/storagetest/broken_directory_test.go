package storagetest

import (
	"context"
	"slices"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// queries breaks Find: something else is asked of it, or told about it.
func (b *broken) queries(alter func(q *outbound.Query) (after func(*outbound.Page))) {
	b.finding = func(ctx context.Context, q outbound.Query) (outbound.Page, error) {
		after := alter(&q)
		page, err := b.Storage.Find(ctx, q)
		if after != nil && err == nil {
			after(&page)
		}
		return page, err
	}
}

// picks breaks who is found: less is asked, and of those who come a rule of its own picks.
func (b *broken) picks(less func(q *outbound.Query), fits func(d doctor.Snapshot, q outbound.Query) bool) {
	b.finding = func(ctx context.Context, q outbound.Query) (outbound.Page, error) {
		all := q
		less(&all)
		all.Limit = 1 << 30
		page, err := b.Storage.Find(ctx, all)
		page.Doctors = slices.DeleteFunc(page.Doctors, func(d *doctor.Doctor) bool { return !fits(d.Snapshot(), q) })
		return cut(page, q.Limit), err
	}
}

// cut makes a page of all that fit.
func cut(all outbound.Page, limit int) outbound.Page {
	if len(all.Doctors) > limit {
		all.Doctors, all.Next = all.Doctors[:limit], all.Doctors[limit-1].ID()
	}
	return all
}

// matches breaks which keys a keyword finds.
func (b *broken) matches(finds func(d doctor.Snapshot, w string) bool) {
	b.picks(func(q *outbound.Query) { q.Keyword = doctor.Keyword{} }, func(d doctor.Snapshot, q outbound.Query) bool {
		return q.Keyword.IsZero() || finds(d, q.Keyword.String())
	})
}

// anyKey finds whoever has a key of which something is true.
func anyKey(holds func(key, w string) bool) func(doctor.Snapshot, string) bool {
	return func(d doctor.Snapshot, w string) bool {
		return slices.ContainsFunc(d.SearchKeys.List(), func(key string) bool { return holds(key, w) })
	}
}

// everybody is who is there.
func (b *broken) everybody() []*doctor.Doctor {
	page, _ := b.Storage.Find(context.Background(), outbound.Query{Limit: 1 << 30})
	return page.Doctors
}

// numbers breaks who has a staff number: the first of whom something is true.
func (b *broken) numbers(holds func(d doctor.Profile, hospital doctor.Reference, n string) bool) {
	b.byNumber = func(_ context.Context, hospital doctor.Reference, n doctor.StaffNumber) (*doctor.Doctor, error) {
		for _, d := range b.everybody() {
			if holds(d.Profile(), hospital, n.String()) {
				return d, nil
			}
		}
		return nil, doctor.ErrNotFound
	}
}

var brokenDirectory = []fault{
	{store: "doctors are listed as they were changed", caught: []string{"Find without a filter"}, breaks: func(b *broken) {
		b.queries(func(*outbound.Query) func(*outbound.Page) {
			return func(p *outbound.Page) {
				slices.SortFunc(p.Doctors, func(a, b *doctor.Doctor) int { return a.UpdatedAt().Compare(b.UpdatedAt()) })
			}
		})
	}},
	{store: "what lists show is old", caught: []string{"Find without a filter"}, breaks: func(b *broken) {
		b.queries(func(*outbound.Query) func(*outbound.Page) {
			return func(p *outbound.Page) {
				for i, d := range p.Doctors {
					old := d.Snapshot()
					old.Status = doctor.Active.String()
					p.Doctors[i], _ = doctor.Restore(old)
				}
			}
		})
	}},
	{store: "departments are not asked for", caught: []string{"Find finds those that fit"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) { q.DepartmentID = doctor.Reference{}; return nil })
	}},
	{store: "ranks are compared without letter case", caught: []string{"Find finds those that fit"}, breaks: func(b *broken) {
		b.picks(func(q *outbound.Query) { q.PositionRank = doctor.PositionRank{} }, func(d doctor.Snapshot, q outbound.Query) bool {
			return q.PositionRank.String() == "" || strings.EqualFold(d.PositionRank, q.PositionRank.String())
		})
	}},
	{store: "who is disabled is not found", caught: []string{"Find finds those that fit"}, breaks: func(b *broken) {
		b.picks(func(*outbound.Query) {}, func(d doctor.Snapshot, _ outbound.Query) bool { return d.Status == "active" })
	}},
	{store: "a keyword makes other filters forgotten", caught: []string{"who is found fits all"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			if !q.Keyword.IsZero() {
				*q = outbound.Query{Keyword: q.Keyword, After: q.After, Limit: q.Limit}
			}
			return nil
		})
	}},
	{store: "an empty list is no filter", caught: []string{"Find by IDs"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			if len(q.IDs) == 0 {
				q.IDs = nil
			}
			return nil
		})
	}},
	{store: "who is asked for twice comes twice", caught: []string{"Find by IDs"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			ids := q.IDs
			return func(p *outbound.Page) {
				var all []*doctor.Doctor
				for _, d := range p.Doctors {
					for range max(1, len(slices.DeleteFunc(slices.Clone(ids), func(id doctor.ID) bool { return id != d.ID() }))) {
						all = append(all, d)
					}
				}
				p.Doctors = all
			}
		})
	}},
	{store: "a list of ids is cut at a hundred", caught: []string{"Find by more than a hundred"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			if len(q.IDs) > 100 {
				q.IDs = q.IDs[:100]
			}
			return nil
		})
	}},
	{store: "a replica finds those that it added", caught: []string{"whoever is stored is found"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			b.first([2]any{b.nth, id})
			return id, err
		}
		b.picks(func(*outbound.Query) {}, func(d doctor.Snapshot, _ outbound.Query) bool { return b.knows([2]any{b.nth, d.ID}) })
	}},
	{store: "who is disabled has no staff number", caught: []string{"ByStaffNumber loads"}, breaks: func(b *broken) {
		b.byNumber = func(ctx context.Context, hospital doctor.Reference, n doctor.StaffNumber) (*doctor.Doctor, error) {
			d, err := b.Storage.ByStaffNumber(ctx, hospital, n)
			if err == nil && d.Status() == doctor.Disabled {
				return nil, doctor.ErrNotFound
			}
			return d, err
		}
	}},
	{store: "a staff number is one in every hospital", caught: []string{"ByStaffNumber of what nobody"}, breaks: func(b *broken) {
		b.numbers(func(d doctor.Profile, _ doctor.Reference, n string) bool { return d.InternalID.String() == n })
	}},
	{store: "no hospital is a hospital", caught: []string{"ByStaffNumber of what nobody"}, breaks: func(b *broken) {
		b.numbers(func(d doctor.Profile, hospital doctor.Reference, n string) bool {
			return d.HospitalID == hospital && d.InternalID.String() == n
		})
	}},
	{store: "staff numbers are looked up without letter case", caught: []string{"staff numbers that differ"}, breaks: func(b *broken) {
		b.numbers(func(d doctor.Profile, hospital doctor.Reference, n string) bool {
			return d.HospitalID == hospital && strings.EqualFold(d.InternalID.String(), n)
		})
	}},
}
