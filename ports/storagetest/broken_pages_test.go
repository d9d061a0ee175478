package storagetest

import (
	"context"
	"fmt"
	"sync"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

var brokenPages = []fault{
	{store: "a full page always has one behind it", caught: []string{"a page is the first Limit"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			return func(p *outbound.Page) {
				if len(p.Doctors) == q.Limit {
					p.Next = p.Doctors[q.Limit-1].ID()
				}
			}
		})
	}},
	{store: "the page is cut before the filter", caught: []string{"a page is the first Limit"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			wanted := q.Keyword
			q.Keyword = doctor.Keyword{}
			return func(p *outbound.Page) {
				all := p.Doctors
				p.Doctors = nil
				for _, d := range all {
					if d.SearchKeys().Match(wanted) {
						p.Doctors = append(p.Doctors, d)
					}
				}
			}
		})
	}},
	{store: "After is found again", caught: []string{"Find with After", "who follows Next"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) { q.After = max(0, q.After-1); return nil })
	}},
	{store: "pages are counted, not followed", caught: []string{"each comes on exactly one page"}, breaks: func(b *broken) {
		var skip sync.Map // from where a page begins → how many came before it
		b.finding = func(ctx context.Context, q outbound.Query) (outbound.Page, error) {
			before := 0
			if n, ok := skip.Load(q.After); ok {
				before = n.(int)
			}
			limit := q.Limit
			q.After, q.Limit = 0, 1<<30
			page, err := b.Storage.Find(ctx, q)
			page.Doctors = page.Doctors[min(before, len(page.Doctors)):]
			page = cut(page, limit)
			skip.Store(page.Next, before+len(page.Doctors))
			return page, err
		}
	}},
	{store: "the first page says who is on all others", caught: []string{"a doctor that was added between"}, breaks: func(b *broken) {
		var last doctor.ID
		b.finding = func(ctx context.Context, q outbound.Query) (outbound.Page, error) {
			if q.After == 0 {
				for _, d := range b.everybody() {
					last = d.ID()
				}
			}
			page, err := b.Storage.Find(ctx, q)
			for i, d := range page.Doctors {
				if d.ID() > last {
					page.Doctors = page.Doctors[:i]
					break
				}
			}
			return page, err
		}
	}},
	{store: "one damaged doctor hides the page", caught: []string{"one that cannot be restored"}, breaks: func(b *broken) {
		b.finding = func(ctx context.Context, q outbound.Query) (outbound.Page, error) {
			page, err := b.Storage.Find(ctx, q)
			if len(page.Damaged) > 0 {
				return outbound.Page{}, fmt.Errorf("doctor %d: %w", page.Damaged[0], doctor.ErrDamaged)
			}
			return page, err
		}
	}},
	{store: "damaged doctors are left out in silence", caught: []string{"one that cannot be restored"}, breaks: func(b *broken) {
		b.queries(func(*outbound.Query) func(*outbound.Page) { return func(p *outbound.Page) { p.Damaged = nil } })
	}},
	{store: "only a page of doctors is searched for a keyword", caught: []string{"ten thousand doctors"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			return func(p *outbound.Page) {
				if q.After > 1000 && !q.Keyword.IsZero() {
					*p = outbound.Page{}
				}
			}
		})
	}},
}
