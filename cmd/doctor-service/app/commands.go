package app

import (
	"context"
	"flag"
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
		{words: "admin create", summary: "add an administrator", run: program.adminCreate, flags: createFlags, detail: `
Asks for the password on a terminal, else reads it from the first line of standard input.
  doctor-service admin create --phone 13812345678 --name 王小明 < password.txt`},
		{words: "config check", summary: "check the settings and show them", run: program.configCheck, detail: `
Ends with code 2 and a line a fault when the service could not start with them.`},
		{words: "healthcheck", summary: "ask the service running here whether it is well", run: program.healthcheck, flags: healthFlags, detail: `
Asks /healthz, or /readyz with --ready, of the operations listener. Ends with code 0 or 1.`},
		{words: "version", summary: "print the version", run: program.version},
	}
}
