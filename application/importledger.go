package application

import (
	"hash/maphash"
	"strconv"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// ledger remembers of the rows so far what only one doctor may have, and nothing more: lists may be long. A million lines
// take some 100 MB, and the collector of garbage as much again.
type ledger struct {
	update bool
	seed   maphash.Seed
	phones map[int64]firstRow
	places map[[16]byte]int // the line of the row that has it, faulty or not; left: whoever had it has another now
}

// firstRow is the first row with a phone.
type firstRow struct {
	line   int
	digest uint64 // of all it says; 0 of a faulty row, which is like no other
}

const left = 0

func newLedger(update bool) *ledger {
	return &ledger{
		update: update, seed: maphash.MakeSeed(), phones: map[int64]firstRow{}, places: map[[16]byte]int{},
	}
}

// A phone is eleven digits, a place some text of which a hash does: both take less than they do as strings.

func phoneKey(p doctor.Phone) int64 {
	n, _ := strconv.ParseInt(p.String(), 10, 64) // which is what a phone is
	return n
}

func (p staffPlace) key() [16]byte {
	return counterKey("place", p.hospital.String(), p.number.String())
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
		l.leave(r.before)
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
	key := phoneKey(r.Edit.Phone)
	first, again := l.phones[key]
	switch {
	case !again:
		l.phones[key] = firstRow{r.Line, digest}
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
	key := r.after.key()
	line, known := l.places[key]
	switch {
	case known && line != left:
		r.faulty(doctor.FieldInternalID, inbound.RuleRowRepeats, line)
		return
	case known:
		r.late = true
	case r.taken:
		r.faulty(doctor.FieldInternalID, inbound.RuleRowTaken, 0)
	}
	l.places[key] = r.Line
}

// leave frees the place of a doctor, unless it has just claimed it again, or a row before has asked for it in vain.
func (l *ledger) leave(place staffPlace) {
	key := place.key()
	if _, asked := l.places[key]; !asked && place != (staffPlace{}) {
		l.places[key] = left
	}
}
