package app

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table is rows of cells that are to stand below each other. The standard library's tabwriter does not know that a Chinese
// character takes two places on a terminal.
type table [][]string

const gap = 2

func (t table) write(w io.Writer) {
	var widest []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(widest) {
				widest = append(widest, 0)
			}
			widest[i] = max(widest[i], places(cell))
		}
	}
	for _, row := range t {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			line.WriteString(strings.Repeat(" ", widest[i]-places(cell)+gap))
		}
		_, _ = fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// places is how many places of a terminal a text takes.
func places(s string) (n int) {
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.Is(unicode.Mn, r):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// onALine is a text without what would break its line, or what a terminal would obey.
func onALine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) && !unicode.IsMark(r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
