package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"hospital.example/doctor-service/config"
)

// command is one thing the program does. Its flags, if any, are added to the set before parsing.
type command struct {
	words   string
	summary string
	detail  string
	flags   func(*flag.FlagSet) any
	run     func(p program, ctx context.Context, flags any) int
}

// commands in the order of --help; the first is the default.
func commands() []command {
	return []command{
		{words: "serve", summary: "run the service (the default)", run: program.serve, detail: `
Listens until SIGTERM or SIGINT, then drains and ends with code 0.`},
		{words: "migrate", summary: "bring the storage's schema up to this program", run: program.migrate, flags: waitFlag, detail: `
Uses DOCTOR_MIGRATE_STORAGE where it is set, and gives the role of DOCTOR_STORAGE what it needs to serve.`},
		{words: "migrate status", summary: "compare the storage's schema with this program", run: program.migrateStatus, detail: `
Ends with code 0 when this program can serve from the schema, with 1 when not.`},
		{words: "admin create", summary: "add an administrator", run: program.adminCreate, flags: adminFlags, detail: `
Asks for the password on a terminal, else reads it from the first line of standard input.
  doctor-service admin create --phone 13812345678 --name 王小明 < password.txt`},
		{words: "config check", summary: "check the settings and show them", run: program.configCheck, detail: `
Ends with code 2 and a line a fault when the service could not start with them.`},
		{words: "healthcheck", summary: "ask the service running here whether it is well", run: program.healthcheck, flags: healthFlags, detail: `
Asks /healthz, or /readyz with --ready, of the operations listener. Ends with code 0 or 1.`},
		{words: "version", summary: "print the version", run: program.version},
	}
}

// run finds the command and runs it.
func (p program) run(ctx context.Context, args []string) int {
	words := 0
	for words < len(args) && !strings.HasPrefix(args[words], "-") {
		words++
	}
	name := strings.Join(args[:words], " ")
	all := commands()
	if name == "" {
		name = all[0].words
		if slices.ContainsFunc(args, func(a string) bool { return a == "--help" || a == "-help" || a == "-h" }) {
			p.help(all)
			return succeeded
		}
	}
	if name == "help" {
		p.help(all)
		return succeeded
	}
	at := slices.IndexFunc(all, func(c command) bool { return c.words == name })
	if at < 0 {
		return p.complain(misused, fmt.Errorf("doctor-service: no command %q; doctor-service --help lists them", name))
	}
	return p.execute(ctx, all[at], args[words:])
}

// execute parses a command's flags and runs it.
func (p program) execute(ctx context.Context, c command, args []string) int {
	set := flag.NewFlagSet(c.words, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	var values any
	if c.flags != nil {
		values = c.flags(set)
	}
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		p.say("Usage: doctor-service %s [flags]\n\n%s.%s", c.words, sentence(c.summary), c.detail)
		set.SetOutput(p.stdout)
		set.PrintDefaults()
		return succeeded
	case err != nil:
		return p.complain(misused, fmt.Errorf("doctor-service %s: %w", c.words, err))
	case set.NArg() > 0:
		return p.complain(misused, fmt.Errorf("doctor-service %s: unexpected %q", c.words, set.Arg(0)))
	}
	return c.run(p, ctx, values)
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// help shows the commands and every setting.
func (p program) help(all []command) {
	p.say("The doctor service: doctors' accounts and profiles.\n\nUsage: doctor-service [command] [flags]\n\nCommands:")
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, c := range all {
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", c.words, c.summary)
	}
	_ = table.Flush()
	p.say("\nSettings are environment variables; an empty one counts as unset. Those marked * may also be given as\nNAME_FILE=path.\n")
	for _, s := range config.Settings() {
		mark := ""
		if s.File {
			mark = " *"
		}
		if s.Default != "" {
			mark += " (default " + s.Default + ")"
		}
		_, _ = fmt.Fprintf(table, "  %s%s\n      %s\n", s.Name, mark, s.Help)
	}
	_ = table.Flush()
}
