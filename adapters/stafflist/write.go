package stafflist

import (
	"encoding/csv"
	"io"

	"hospital.example/doctor-service/domain/doctor"
)

// Header says in which words a list's columns are named.
type Header int

// The headers.
const (
	English Header = iota
	Chinese        // for people with spreadsheets: the list begins with the mark of UTF-8, without which these guess
)

// Writer writes a list.
type Writer struct {
	csv *csv.Writer
	row []string
}

// NewWriter begins a list with its header.
func NewWriter(to io.Writer, h Header) (*Writer, error) {
	if h == Chinese {
		if _, err := to.Write(mark); err != nil {
			return nil, err
		}
	}
	w := &Writer{csv: csv.NewWriter(to)}
	for _, c := range columns {
		w.row = append(w.row, map[Header]string{English: c.field, Chinese: c.chinese}[h])
	}
	return w, w.csv.Write(w.row)
}

// Write adds a doctor. Passwords, hashed or not, are nothing that a list has a column for.
func (w *Writer) Write(d *doctor.Doctor) error {
	for i, c := range columns {
		w.row[i] = escape(c.show(d))
	}
	return w.csv.Write(w.row)
}

// Flush writes what is left.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}
