package application

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Indexing walks through all doctors, at start and then daily, and brings what they are found by up to date: of those who
// were stored before there were such keys, under older rules, or by an older program that runs beside this one. Every
// replica does it; doing it twice is harmless.
type Indexing struct {
	Storage  outbound.Storage
	Pinyin   outbound.Pinyin
	Reporter outbound.Reporter
	Tidy     func() // after a walk; nil: nothing is to be tidied up
}

const (
	indexingEvery = 24 * time.Hour
	indexingAgain = time.Minute // if storage did not answer
	indexingPage  = 200
	indexingRest  = 20 * time.Millisecond // between pages: whoever waits for an answer goes first
)

// Run walks until ctx ends.
func (x Indexing) Run(ctx context.Context) error {
	for {
		pause := indexingEvery
		if err := x.walk(ctx); err != nil && ctx.Err() == nil {
			if errors.Is(err, outbound.ErrUnavailable) { // else the same would happen at once again
				pause = indexingAgain
			}
			x.Reporter.Report(ctx, outbound.Warning, "search keys were not brought up to date",
				outbound.Detail{Name: "error", Value: err.Error()})
		}
		if x.Tidy != nil {
			x.Tidy()
		}
		if !wait(ctx, pause) {
			return nil
		}
	}
}

// walk visits everybody: one who cannot be stored holds up no other. It tells the first fault.
func (x Indexing) walk(ctx context.Context) (fault error) {
	q := outbound.Query{Limit: indexingPage}
	for {
		page, err := x.Storage.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page.Doctors {
			switch err := x.index(ctx, d); {
			case errors.Is(err, outbound.ErrUnavailable), ctx.Err() != nil:
				return err
			case err != nil && fault == nil:
				fault = fmt.Errorf("doctor %d: %w", d.ID(), err)
			}
		}
		if page.Next == 0 || !wait(ctx, indexingRest) {
			return fault
		}
		q.After = page.Next
	}
}

// index stores the doctor's keys if they are not what they should be.
func (x Indexing) index(ctx context.Context, d *doctor.Doctor) error {
	stored := d.SearchKeys()
	if d.Index(x.Pinyin); d.SearchKeys() == stored {
		return nil
	}
	_, err := x.Storage.Update(ctx, d.ID(), func(d *doctor.Doctor) error {
		d.Index(x.Pinyin)
		return nil
	})
	if errors.Is(err, doctor.ErrNotFound) {
		return nil // it was erased meanwhile
	}
	return err
}
