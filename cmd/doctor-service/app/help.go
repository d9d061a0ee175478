package app

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"hospital.example/doctor-service/config"
)

// help shows the commands and every setting.
func (p program) help(all []command) {
	p.say("The doctor service: doctors' accounts and profiles.\n\nUsage: doctor-service [command] [flags]\n\nCommands:")
	p.list(all)
	p.say("\nSettings are environment variables; an empty one counts as unset. Those marked * may also be given as\nNAME_FILE=path.\n")
	for _, s := range config.Settings() {
		mark := ""
		if s.File {
			mark = " *"
		}
		if s.Default != "" {
			mark += " (default " + s.Default + ")"
		}
		p.say("  %s%s\n      %s", s.Name, mark, s.Help)
	}
}

// list shows commands, a line each.
func (p program) list(some []command) {
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, c := range some {
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", c.words, c.summary)
	}
	_ = table.Flush()
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
