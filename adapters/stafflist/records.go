package stafflist

import (
	"bufio"
	"errors"
	"io"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// maxRecord is how many bytes a record may have; the longest that can be right has some 6,000.
const maxRecord = 1 << 16

// records takes a text apart into records of cells, after RFC 4180. encoding/csv does so too, but it reads on to the
// next quotation mark where one is missing, and all lines between are lost: here a record that is wrong costs the line in
// which it begins.
type records struct {
	in    *bufio.Reader
	line  int      // the number of the last line that was taken
	ahead []string // lines that were taken too early
}

// record is a line of the list, or several where cells hold line breaks.
type record struct {
	line  int
	cells []string
	fault doctor.Rule // why there are no cells
}

// next is the next record that is not blank; io.EOF after the last.
func (r *records) next() (record, error) {
	for {
		text, err := r.take()
		if err != nil {
			return record{}, err
		}
		if withoutEnd(text) == "" {
			continue
		}
		if len(text) > maxRecord {
			return record{line: r.line, fault: inbound.RuleRowLength}, nil
		}
		return r.gather(text)
	}
}

// gather makes a record of a line, and of those after it while a quoted cell is open.
func (r *records) gather(line string) (record, error) {
	begin, size := r.line, len(line)
	var s splitter
	var more []string
	for {
		switch s.feed(line) {
		case complete:
			return record{line: begin, cells: s.cells}, nil
		case wrong:
			return r.give(begin, more), nil
		}
		var err error
		line, err = r.take()
		switch {
		case errors.Is(err, io.EOF):
			return r.give(begin, more), nil
		case err != nil:
			return record{}, err
		}
		more = append(more, line)
		if size += len(line); size > maxRecord {
			return r.give(begin, more), nil
		}
	}
}

// give puts back all lines but the first of a record that was none.
func (r *records) give(begin int, more []string) record {
	r.ahead = append(more, r.ahead...)
	r.line = begin
	return record{line: begin, fault: inbound.RuleRowQuotes}
}

// take reads a line with its end. One that is too long is cut, and the rest of it skipped.
func (r *records) take() (string, error) {
	if len(r.ahead) > 0 {
		line := r.ahead[0]
		r.ahead = r.ahead[1:]
		r.line++
		return line, nil
	}
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if len(line) <= maxRecord {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
		case err != nil:
			return "", err
		}
		r.line++
		return string(line), nil
	}
}
