package application

import (
	"context"
	"iter"
	"sync"

	"hospital.example/doctor-service/ports/inbound"
)

// The rows of a list go through the import in batches:
//
//	look (all at once)  →  judge (one after the other)  →  store (all at once, but for those who wait for another row)  →  tell
//
// What becomes of a row is judged by what was stored before the import and by the rows before it, in their order. How many
// look and store at once changes nothing, nor whether anything is stored at all.
const (
	importBatch  = 512
	importAtOnce = 16 // as many connections as a storage has by default
)

// ImportDoctors brings in a staff list.
func (c *Core) ImportDoctors(ctx context.Context, cmd inbound.ImportCommand) (inbound.ImportResult, error) {
	var result inbound.ImportResult
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return result, err
	}
	said := newLedger(cmd.Update)
	for rows, err := range batches(cmd.Rows) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil { // a batch under way is finished: what is counted is what is stored
			err = c.importBatch(context.WithoutCancel(ctx), cmd, said, rows, &result)
		}
		if err != nil {
			return result, err
		}
	}
	return result, nil
}

// batches gathers rows, one batch at a time. An error of reading comes after the rows before it.
func batches(rows iter.Seq2[inbound.StaffRow, error]) iter.Seq2[[]*importRow, error] {
	return func(yield func([]*importRow, error) bool) {
		batch := make([]*importRow, 0, importBatch)
		for row, err := range rows {
			if err == nil {
				batch = append(batch, &importRow{StaffRow: row})
			}
			if err != nil || len(batch) == importBatch {
				if !yield(batch, nil) || err != nil && !yield(nil, err) {
					return
				}
				batch = batch[:0]
			}
		}
		yield(batch, nil)
	}
}

func (c *Core) importBatch(
	ctx context.Context, cmd inbound.ImportCommand, said *ledger, rows []*importRow, result *inbound.ImportResult,
) error {
	atOnce(rows, func(r *importRow) { r.err = c.look(ctx, cmd, r) })
	if err := firstError(rows); err != nil {
		return err // nothing is judged without having seen all before it
	}
	var now, late []*importRow
	for _, r := range rows {
		switch said.judge(r); {
		case cmd.DryRun:
		case r.late:
			late = append(late, r)
		default:
			now = append(now, r)
		}
	}
	atOnce(now, func(r *importRow) { r.err = c.store(ctx, cmd, r) })
	for _, r := range late {
		r.err = c.store(ctx, cmd, r)
	}
	for _, r := range rows {
		if r.err != nil {
			return r.failed()
		}
		count(result, r.done)
		cmd.Tell(inbound.RowOutcome{Line: r.Line, Done: r.done, Faults: r.faults})
	}
	return nil
}

// atOnce does something to several rows at once.
func atOnce(rows []*importRow, do func(*importRow)) {
	var workers sync.WaitGroup
	queue := make(chan *importRow)
	for range min(importAtOnce, len(rows)) {
		workers.Go(func() {
			for r := range queue {
				do(r)
			}
		})
	}
	for _, r := range rows {
		queue <- r
	}
	close(queue)
	workers.Wait()
}

func firstError(rows []*importRow) error {
	for _, r := range rows {
		if r.err != nil {
			return r.failed()
		}
	}
	return nil
}

func count(result *inbound.ImportResult, done inbound.RowVerb) {
	switch done {
	case inbound.RowAdded:
		result.Added++
	case inbound.RowUpdated:
		result.Updated++
	case inbound.RowEqual:
		result.Equal++
	case inbound.RowFaulty:
		result.Faulty++
	}
}
