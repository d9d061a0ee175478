package storagetest

import (
	"bytes"
	"context"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

var brokenTrail = []fault{
	{store: "a noted event is not stored", caught: []string{"Note stores an event"}, breaks: func(b *broken) {
		b.noting = func(context.Context, doctor.Event) error { return nil }
	}},
	{store: "a noted event moves its doctor", caught: []string{"Note stores an event"}, breaks: func(b *broken) {
		b.noting = func(ctx context.Context, e doctor.Event) error {
			if err := b.Storage.Note(ctx, e); err != nil {
				return err
			}
			_, err := b.Storage.Update(ctx, e.Doctor, func(d *doctor.Doctor) error {
				d.ChangePassword(doctor.CredentialOf("$moved"), doctor.SessionID{}, now())
				d.Drain()
				return nil
			})
			return err
		}
	}},
	{store: "only a doctor that is there has events", caught: []string{"that the doctor of a noted event"}, breaks: func(b *broken) {
		b.noting = func(ctx context.Context, e doctor.Event) error {
			if _, err := b.Storage.Get(ctx, e.Doctor); err != nil {
				return err
			}
			return b.Storage.Note(ctx, e)
		}
	}},
	{store: "the oldest event comes first", caught: []string{"Events loads a doctor's events"}, breaks: func(b *broken) {
		b.entries(func(page []doctor.Entry) []doctor.Entry { slices.Reverse(page); return page })
	}},
	{store: "a replica tells what it noted itself", caught: []string{"Events loads a doctor's events"}, breaks: func(b *broken) {
		b.noting = func(ctx context.Context, e doctor.Event) error {
			b.known.Store(e.Commitment, b.nth)
			return b.Storage.Note(ctx, e)
		}
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			return slices.DeleteFunc(page, func(e doctor.Entry) bool {
				by, noted := b.known.Load(e.Commitment)
				return noted && by != b.nth
			})
		})
	}},
	{store: "two events of one change change places", caught: []string{"the numbers of a doctor's events"}, breaks: func(b *broken) {
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			for i := range page {
				page[i].Number ^= 3
			}
			return page
		})
	}},
	{store: "the event that a page begins before is on it", caught: []string{"Events before a number"}, breaks: func(b *broken) {
		b.trail = func(ctx context.Context, id doctor.ID, before int64, limit int) ([]doctor.Entry, error) {
			return b.Storage.Events(ctx, id, before+min(before, 1), limit)
		}
	}},
	{store: "who was never there is an error", caught: []string{"a doctor that was never there"}, breaks: func(b *broken) {
		b.trail = func(ctx context.Context, id doctor.ID, before int64, limit int) ([]doctor.Entry, error) {
			page, err := b.Storage.Events(ctx, id, before, limit)
			if err == nil && len(page) == 0 {
				err = doctor.ErrNotFound
			}
			return page, err
		}
	}},
}

var brokenForgetting = []fault{
	{store: "nothing is forgotten", caught: []string{"Forget forgets the counters of an account"}, breaks: func(b *broken) {
		b.forget = func(context.Context, [8]byte) error { return nil }
	}},
	{store: "what was counted everywhere is not forgotten", caught: []string{"Forget forgets the counters of an account"}, breaks: func(b *broken) {
		elsewhere := func(a *outbound.Attempt) { a.Everywhere.Key[0] ^= 0x55 }
		b.begins(func(a *outbound.Attempt) func(*outbound.Candidate) { elsewhere(a); return nil })
		b.concludes(func(a *outbound.Attempt, _ *outbound.Outcome) told { elsewhere(a); return nil })
	}},
	{store: "the last account has no end", caught: []string{"Forget forgets the counters of an account"}, breaks: func(b *broken) {
		b.forget = func(ctx context.Context, account [8]byte) error {
			if account == [8]byte(bytes.Repeat([]byte{255}, 8)) {
				return nil
			}
			return b.Storage.Forget(ctx, account)
		}
	}},
	{store: "one replica forgets", caught: []string{"Forget forgets what was counted"}, breaks: func(b *broken) {
		b.forget = func(ctx context.Context, account [8]byte) error {
			if b.nth != 1 {
				return nil
			}
			return b.Storage.Forget(ctx, account)
		}
	}},
	{store: "seven bytes are an account", caught: []string{"Forget forgets the counters of nobody else"}, breaks: func(b *broken) {
		b.forget = func(ctx context.Context, account [8]byte) error {
			for last := range 256 {
				account[7] = byte(last)
				_ = b.Storage.Forget(ctx, account)
			}
			return nil
		}
	}},
	{store: "forgetting what is not there is an error", caught: []string{"Forget of an account"}, breaks: func(b *broken) {
		b.forget = func(context.Context, [8]byte) error { return doctor.ErrNotFound }
	}},
	{store: "forgetting failures forgets networks", caught: []string{"Forget leaves doctors"}, breaks: func(b *broken) {
		b.forget = func(ctx context.Context, account [8]byte) error {
			b.first("forgot")
			return b.Storage.Forget(ctx, account)
		}
		b.begins(func(*outbound.Attempt) func(*outbound.Candidate) {
			return func(c *outbound.Candidate) {
				if b.knows("forgot") {
					c.Known = 0
				}
			}
		})
	}},
}
