package stafflist

import (
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// List is a staff list that is being read.
type List struct {
	Line     int // of the header
	encoding encoding
	records  records
	columns  []*column
	today    time.Time
}

// Open reads a list up to its header. It reads all of it before, to see how it is encoded. What is wrong with the list
// as a whole is doctor.Invalid; the list then knows nothing but the line of the header, if it came that far.
func Open(in io.ReadSeeker, today time.Time) (*List, error) {
	e, err := recognise(in)
	if err != nil {
		return &List{}, err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return &List{}, err
	}
	l := &List{encoding: e, records: records{in: e.text(in)}, today: today}
	header, err := l.next()
	if errors.Is(err, io.EOF) {
		return l, doctor.Invalid{Rule: inbound.RuleListEmpty}
	}
	if err != nil {
		return l, err
	}
	l.Line = header.line
	if header.fault != "" {
		return l, doctor.Invalid{Rule: header.fault}
	}
	l.columns, err = readHeader(header.cells)
	return l, err
}

// Rows are the rows after the header, once. An error ends them; what is wrong with a row is in the row.
func (l *List) Rows() iter.Seq2[inbound.StaffRow, error] {
	return func(yield func(inbound.StaffRow, error) bool) {
		for {
			r, err := l.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(inbound.StaffRow{}, err)
				return
			}
			if !yield(l.row(r), nil) {
				return
			}
		}
	}
}

// next is the next record that says anything: spreadsheets leave rows of nothing but commas behind.
func (l *List) next() (record, error) {
	for {
		r, err := l.records.next()
		if err != nil || r.fault != "" {
			return r, err
		}
		if slices.ContainsFunc(r.cells, isFilled) {
			if !l.encoding.isText(strings.Join(r.cells, "")) {
				r.fault = inbound.RuleRowText
			}
			return r, nil
		}
	}
}

func isFilled(cell string) bool { return strings.TrimSpace(cell) != "" }

// row understands a record, and says all that is wrong with it in the order of its cells.
func (l *List) row(r record) inbound.StaffRow {
	row := inbound.StaffRow{Line: r.line}
	cells := r.cells
	for len(cells) > len(l.columns) && !isFilled(cells[len(cells)-1]) {
		cells = cells[:len(cells)-1]
	}
	switch {
	case r.fault != "":
		row.Faults = []doctor.Invalid{{Rule: r.fault}}
		return row
	case len(cells) != len(l.columns):
		row.Faults = []doctor.Invalid{{Rule: inbound.RuleRowCells, Min: len(cells), Max: len(l.columns)}}
		return row
	}
	for i, c := range l.columns {
		if c.read != nil {
			row.Faults = append(row.Faults, doctor.Faults(c.read(&row.Edit, unescape(cells[i]), l.today))...)
		}
	}
	return row
}
