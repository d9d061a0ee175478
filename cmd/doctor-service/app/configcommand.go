package app

import (
	"context"
	"fmt"
	"text/tabwriter"
)

// configCheck shows the settings as the service would take them, secrets left out.
func (p program) configCheck(_ context.Context, _ any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	if _, err := s.keyFolder(); err != nil {
		return p.refuse(err)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for name, value := range s.Show() {
		_, _ = fmt.Fprintf(table, "%s\t%s\n", name, value)
	}
	_ = table.Flush()
	return succeeded
}
