package storagetest

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
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
}
