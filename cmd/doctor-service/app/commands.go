package app

import (
	"context"
	"flag"
)

// command is one thing the program does. Its flags, if any, are added to the set before parsing; what is not a flag is the
// set's argument, if the command has an operand.
type command struct {
	words   string
	operand string // what --help calls it; in brackets: it may be left out; empty: there is none
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
		{words: "admin list", summary: "find doctors", run: program.adminList, flags: listFlags, detail: `
Prints those that fit every flag, ordered by id.
  doctor-service admin list --keyword wxm --status active`},
		{words: "admin show", summary: "show everything about a doctor", run: program.adminShow, flags: showFlags, detail: `
The password is shown to nobody; password_is says whether there is one and whether it must be changed.`},
		{words: "admin disable", summary: "shut a doctor out", run: program.adminDisable, flags: verbFlags, detail: `
Its sessions end within a second, also on services that run.`},
		{words: "admin enable", summary: "let a doctor in again", run: program.adminEnable, flags: verbFlags, detail: `
Also one that must wait for too many failed logins.`},
		{words: "admin reset-password", summary: "give a doctor a new password", run: program.adminResetPassword, flags: verbFlags, detail: `
Prints it, this once, and nothing else. It is good for choosing another one; until then nothing else works.`},
		{words: "admin erase", summary: "forget a doctor for good", run: program.adminErase, flags: eraseFlags, detail: `
Deletes all that identifies it; what is left is that something happened to its id, and when. Asks for the phone on a
terminal, else needs --yes.`},
		{words: "import", operand: "FILE|-", summary: "bring in a staff list", run: program.importList, flags: importFlags, detail: `
Reads CSV in UTF-8 or GB18030, from standard input with -. Its first line names the columns, in Chinese or English: phone
and name must be there, gender, birth_date, hospital_id, internal_id, department_id, position_rank, speciality and
avatar_url may. The phone says whose a line is. Good lines are imported and faulty ones told, with code 1; a line that
says what is stored is passed over, so that importing again goes on where it was stopped. Who is new cannot log in until
an administrator resets the password.
  doctor-service import doctors.csv --dry-run`},
		{words: "export", operand: "[FILE|-]", summary: "write the list of all doctors", run: program.exportList, flags: exportFlags, detail: `
Writes CSV that import reads back, to standard output unless a file is named. A text that a spreadsheet would take for a
formula gets an apostrophe before it. No password is written.
  doctor-service export doctors.csv --header zh`},
		{words: "config check", summary: "check the settings and show them", run: program.configCheck, detail: `
Ends with code 2 and a line a fault when the service could not start with them, and with 1 when a folder that they
name is not there or holds no keys.`},
		{words: "healthcheck", summary: "ask the service running here whether it is well", run: program.healthcheck, flags: healthFlags, detail: `
Asks /healthz, or /readyz with --ready, of the operations listener. Ends with code 0 or 1.`},
		{words: "version", summary: "print the version", run: program.version},
	}
}
