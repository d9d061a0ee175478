package app

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"hospital.example/doctor-service/ports/inbound"
)

// progress shows on a terminal, and nowhere else, how far an import is.
type progress struct {
	to      io.Writer // nil: nobody looks
	lines   int
	shown   time.Time
	differs bool // some lines differ from what is stored
}

const progressEvery = 200 * time.Millisecond

func (p program) newProgress() *progress {
	if file, ok := p.stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return &progress{to: p.stderr}
	}
	return &progress{}
}

// count takes one more line; before its faults are told it leaves the terminal as it was.
func (s *progress) count(o inbound.RowOutcome) {
	s.lines++
	s.differs = s.differs || slices.ContainsFunc(o.Faults, func(f inbound.RowFault) bool { return f.Rule == inbound.RuleRowDiffers })
	if s.to == nil {
		return
	}
	if len(o.Faults) > 0 {
		s.clear()
	} else if time.Since(s.shown) > progressEvery {
		s.shown = time.Now()
		_, _ = fmt.Fprintf(s.to, "\r%d", s.lines)
	}
}

func (s *progress) clear() {
	if s.to != nil {
		_, _ = fmt.Fprint(s.to, "\r\x1b[K") // to the beginning of the line, and delete it
	}
}
