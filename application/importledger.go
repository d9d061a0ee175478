package application

import (
	"hash/maphash"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// ledger remembers of the rows so far what only one doctor may have, and nothing more: lists may be long.
type ledger struct {
	update bool
	seed   maphash.Seed
	phones map[doctor.Phone]firstRow
	places map[staffPlace]int // the line of the row that has it, faulty or not; left: whoever had it has another now
}

// firstRow is the first row with a phone.
type firstRow struct {
	line   int
	digest uint64 // of all it says; 0 of a faulty row, which is like no other
}

const left = 0

func newLedger(update bool) *ledger {
	return &ledger{
		update: update, seed: maphash.MakeSeed(), phones: map[doctor.Phone]firstRow{}, places: map[staffPlace]int{},
	}
}

// judge says what is to become of a row.
func (l *ledger) judge(r *importRow) {
	for _, f := range r.Faults {
		r.done = inbound.RowFaulty
		r.faults = append(r.faults, inbound.RowFault{Invalid: f})
	}
	if l.repeats(r) {
		return
	}
	l.claim(r)
	switch {
	case r.done == inbound.RowFaulty:
	case r.stored == nil:
		r.done = inbound.RowAdded
	case len(r.changes) == 0:
		r.done = inbound.RowEqual
	case l.update:
		r.done = inbound.RowUpdated
		l.leave(r.before, r.after)
	default:
		for _, field := range r.changes {
			r.faulty(field, inbound.RuleRowDiffers, 0)
		}
	}
}

// repeats tells whether the row's phone was in the list before. A row that says just the same needs no more doing.
func (l *ledger) repeats(r *importRow) bool {
	if r.Edit.Phone.IsZero() {
		return false
	}
	var digest uint64
	if r.done != inbound.RowFaulty {
		digest = maphash.Comparable(l.seed, r.Edit)
	}
	first, again := l.phones[r.Edit.Phone]
	switch {
	case !again:
		l.phones[r.Edit.Phone] = firstRow{r.Line, digest}
	case digest != 0 && digest == first.digest:
		r.done = inbound.RowEqual
	default:
		r.faulty(doctor.FieldPhone, inbound.RuleRowRepeats, first.line)
	}
	return again
}

// claim gives the row its staff number, unless somebody has it.
func (l *ledger) claim(r *importRow) {
	if r.after == (staffPlace{}) {
		return
	}
	line, known := l.places[r.after]
	switch {
	case known && line != left:
		r.faulty(doctor.FieldInternalID, inbound.RuleRowRepeats, line)
		return
	case known:
		r.late = true
	case r.taken:
		r.faulty(doctor.FieldInternalID, inbound.RuleRowTaken, 0)
	}
	l.places[r.after] = r.Line
}

// leave frees the place of a doctor who gets another one.
func (l *ledger) leave(before, after staffPlace) {
	if _, known := l.places[before]; !known && before != after && before != (staffPlace{}) {
		l.places[before] = left
	}
}
