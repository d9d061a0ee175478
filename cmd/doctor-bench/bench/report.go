package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// heading says what the figures depend on.
func heading(o *options) string {
	parts := []string{
		fmt.Sprintf("%d processors, %s %s/%s", runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH),
		"storage " + kindOf(o.storage),
	}
	if o.storage == sqliteStorage || o.storage == postgresStorage {
		parts = append(parts, grouped(float64(o.doctors), 0)+" doctors")
	}
	if o.revocations > 0 {
		parts = append(parts, grouped(float64(o.revocations), 0)+" revocations")
	}
	parts = append(parts,
		fmt.Sprintf("%d of them take part on %d connections", o.sessions, o.connections),
		fmt.Sprintf("%d rounds of %gs", o.rounds, o.seconds))
	return strings.Join(append(parts, o.settings...), ", ")
}

// table writes an outcome for people: medians over the rounds, and below them the ratios of the first target to the
// second, which were taken round by round.
func table(to io.Writer, f outcome) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	columns := f.legs[0][0].Figures
	line := func(first string, cell func(figure) string, last string) {
		_, _ = fmt.Fprintf(w, "%s\t", first) // Flush tells what went wrong
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
			of   func(spread) float64
		}{
			{f.names[0] + " / " + f.names[1], func(s spread) float64 { return s.Median }},
			{"least", func(s spread) float64 { return s.Least }},
			{"most", func(s spread) float64 { return s.Most }},
		} {
			line(row.name, func(c figure) string {
				if !c.compared {
					return ""
				}
				return grouped(row.of(ratio(f.legs[0], f.legs[1], c.Name)), 2)
			}, "")
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for i, name := range f.names {
		faults := f.faults(i)
		for _, fault := range slices.Sorted(maps.Keys(faults)) {
			if _, err := fmt.Fprintf(to, "%s: %d × %s\n", name, faults[fault], fault); err != nil {
				return err
			}
		}
	}
	return nil
}

func count(faults map[string]int) (sum float64) {
	for _, n := range faults {
		sum += float64(n)
	}
	return sum
}

// grouped writes a number with commas between thousands; what could not be computed is a dash.
func grouped(v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	whole, rest, _ := strings.Cut(fmt.Sprintf("%.*f", digits, v), ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return whole
}

// document is the same for programs, an object for each scenario.
func document(to io.Writer, f outcome) error {
	type target struct {
		Name   string `json:"name"`
		Rounds []leg  `json:"rounds"`
	}
	var targets []target
	for i, name := range f.names {
		targets = append(targets, target{name, f.legs[i]})
	}
	ratios := map[string]spread{}
	if len(f.names) == 2 {
		for _, c := range f.legs[0][0].Figures {
			if r := ratio(f.legs[0], f.legs[1], c.Name); c.compared && !math.IsNaN(r.Median) && !math.IsInf(r.Most, 0) {
				ratios[c.Name] = r
			}
		}
	}
	return json.NewEncoder(to).Encode(map[string]any{"scenario": f.scenario.name, "targets": targets, "ratios": ratios})
}
