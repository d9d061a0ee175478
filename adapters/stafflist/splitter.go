package stafflist

import "strings"

// splitter takes a record apart that comes line by line.
type splitter struct {
	cells []string
	cell  strings.Builder
	open  bool // inside quotation marks
}

// progress says how far a record is.
type progress int

const (
	complete progress = iota
	open
	wrong
)

func (s *splitter) feed(line string) progress {
	if s.open {
		rest, closed := s.quoted(line)
		if !closed {
			return open
		}
		line = rest
		if done, p := s.end(&line); done {
			return p
		}
	}
	for {
		if strings.HasPrefix(line, `"`) {
			rest, closed := s.quoted(line[1:])
			if !closed {
				return open
			}
			line = rest
		} else {
			n := strings.IndexByte(line, ',')
			if n < 0 {
				n = len(withoutEnd(line))
			}
			if strings.Contains(line[:n], `"`) {
				return wrong
			}
			s.cell.WriteString(line[:n])
			line = line[n:]
		}
		if done, p := s.end(&line); done {
			return p
		}
	}
}

// quoted takes the inside of quotation marks up to the one that closes them.
func (s *splitter) quoted(line string) (rest string, closed bool) {
	s.open = true
	for {
		n := strings.IndexByte(line, '"')
		if n < 0 {
			s.cell.WriteString(line)
			return "", false
		}
		s.cell.WriteString(line[:n])
		line = line[n+1:]
		if !strings.HasPrefix(line, `"`) {
			s.open = false
			return line, true
		}
		s.cell.WriteByte('"') // two of them stand for one
		line = line[1:]
	}
}

// end ends a cell, and with the last one the record.
func (s *splitter) end(line *string) (done bool, p progress) {
	s.cells = append(s.cells, s.cell.String())
	s.cell.Reset()
	switch {
	case withoutEnd(*line) == "":
		return true, complete
	case (*line)[0] != ',':
		return true, wrong
	}
	*line = (*line)[1:]
	return false, complete
}

func withoutEnd(line string) string { return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r") }
