package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// report tells people, or programs, what was measured.
type report interface {
	begin(o *options, targets []*target) error
	outcome(f outcome) error
}

// machine says what figures depend on beside the targets.
func machine(o *options) string {
	about := fmt.Sprintf("%d processors, %s %s/%s, %d connections, %d rounds of %gs",
		runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, o.connections, o.rounds, o.seconds)
	return strings.Join(append([]string{about}, o.settings...), ", ")
}

// table is for people.
type table struct{ to io.Writer }

func (t table) begin(o *options, targets []*target) error {
	lines := []string{machine(o)}
	for _, t := range targets {
		lines = append(lines, t.String())
	}
	_, err := fmt.Fprintln(t.to, strings.Join(lines, "\n"))
	return err
}

// outcome writes medians over the rounds, and below them the ratios of the first target to the second, which were taken
// round by round.
func (t table) outcome(f outcome) error {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	columns := f.legs[0][0].Figures
	quotient := strings.Join(f.names, " / ") // of two
	if utf8.RuneCountInString(quotient) > 40 {
		quotient = "the first / the second"
	}
	widest := 0
	for _, name := range append([]string{f.scenario.name, quotient}, f.names...) {
		widest = max(widest, utf8.RuneCountInString(name))
	}
	line := func(first string, cell func(figure) string, last string) {
		_, _ = fmt.Fprintf(w, "%-*s\t", widest, first) // nothing goes wrong in memory
		for _, c := range columns {
			_, _ = fmt.Fprintf(w, "%s\t", cell(c))
		}
		_, _ = fmt.Fprintf(w, "%s\t\n", last)
	}
	_, _ = fmt.Fprintln(w)
	line(f.scenario.name, func(c figure) string { return c.Name }, "errors")
	for i, name := range f.names {
		line(name, func(c figure) string { return grouped(over(f.legs[i], c.Name).Median, c.digits) }, grouped(count(f.faults(i)), 0))
	}
	if len(f.names) == 2 {
		for _, row := range []struct {
			name string
			of   func(spread) number
		}{
			{quotient, func(s spread) number { return s.Median }},
			{"  least", func(s spread) number { return s.Least }},
			{"  most", func(s spread) number { return s.Most }},
		} {
			line(row.name, func(c figure) string {
				if !c.compared {
					return ""
				}
				return grouped(row.of(ratio(f.legs[0], f.legs[1], c.Name)), 2)
			}, "")
		}
	}
	_ = w.Flush()
	for i, name := range f.names {
		faults := f.faults(i)
		for _, fault := range slices.Sorted(maps.Keys(faults)) {
			_, _ = fmt.Fprintf(&text, "%s: %d × %s\n", name, faults[fault], fault)
		}
	}
	for line := range strings.Lines(text.String()) {
		if _, err := fmt.Fprintln(t.to, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

func count(faults map[string]int) (sum number) {
	for _, n := range faults {
		sum += number(n)
	}
	return sum
}

// grouped writes a number with commas between thousands; what could not be computed is a dash.
func grouped(v number, digits int) string {
	if v.isNone() {
		return "–"
	}
	whole, rest, _ := strings.Cut(fmt.Sprintf("%.*f", digits, float64(v)), ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return whole
}

// document is for programs: lines of JSON, the first about the run, then one for each scenario.
type document struct{ to io.Writer }

func (d document) begin(o *options, targets []*target) error {
	about := []string{}
	for _, t := range targets {
		about = append(about, t.String())
	}
	return json.NewEncoder(d.to).Encode(map[string]any{"machine": machine(o), "targets": about})
}

func (d document) outcome(f outcome) error {
	type rounds struct {
		Name   string `json:"name"`
		Rounds []leg  `json:"rounds"`
	}
	var targets []rounds
	for i, name := range f.names {
		targets = append(targets, rounds{name, f.legs[i]})
	}
	ratios := map[string]spread{}
	for _, c := range f.legs[0][0].Figures {
		if c.compared && len(f.names) == 2 {
			ratios[c.Name] = ratio(f.legs[0], f.legs[1], c.Name)
		}
	}
	return json.NewEncoder(d.to).Encode(map[string]any{"scenario": f.scenario.name, "targets": targets, "ratios": ratios})
}
