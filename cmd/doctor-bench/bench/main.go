// Package bench is the load tool: it starts what it measures, on a storage that it fills, drives it over loopback HTTP,
// and lays what it costs beside something else.
//
//	doctor-bench read update --vs raw
//
//	ground (folder, keys, database server)  →  target: storage, filled; process; doctors who are logged in
//	  →  rounds A B A B …  →  crew: a closed loop over keep-alive connections  →  figures  →  table
package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"text/tabwriter"
)

// The exit codes.
const (
	succeeded = 0
	failed    = 1 // also: something was answered with an error
	misused   = 2
)

// Main runs a command and returns the exit code.
func Main(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command := measure
	if len(args) > 0 {
		switch args[0] {
		case rawProgram:
			command, args = serveRaw, args[1:]
		case "fill":
			command, args = fill, args[1:]
		case "find":
			command, args = find, args[1:]
		}
	}
	err := command(ctx, args, stdout, stderr)
	var misuse misuse
	switch {
	case err == nil:
		return succeeded
	case errors.As(err, &misuse):
		_, _ = fmt.Fprintln(stderr, "doctor-bench:", err)
		return misused
	case ctx.Err() != nil:
		_, _ = fmt.Fprintln(stderr, "doctor-bench: interrupted")
		return failed
	}
	_, _ = fmt.Fprintln(stderr, "doctor-bench:", err)
	return failed
}

// misuse is an error of whoever typed the command.
type misuse struct{ error }

var errFaults = errors.New("not every request was answered as it should be")

func measure(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return help(stdout, &o)
	case err != nil:
		return misuse{err}
	}
	debug.SetGCPercent(400) // what the client takes is missing in the figures
	g, err := newGround(stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.clear()) }()
	var r report = table{stdout}
	if o.json {
		r = document{stdout}
	}
	return run(ctx, g, &o, r)
}

func help(to io.Writer, o *options) error {
	if _, err := fmt.Fprint(to, `Usage: doctor-bench [scenario …] [flags]
       doctor-bench fill --storage URL [flags]
       doctor-bench find --storage URL [flags] [keyword …]

Starts the doctor service on a storage of its own, sends it requests over loopback, and tells how many it answers, how
fast, and what they cost in processor time. Beside something else (--vs…) it alternates A B A B; then look at the ratios:
a machine's pace drifts, that of two targets at once does not. Ends with code 1 if any request was answered with an error.

  doctor-bench                                     read, update, logout and login on SQLite
  doctor-bench --storage postgres --vs raw         the same on Postgres, beside the bare statements
  doctor-bench storm
  doctor-bench read --vs /path/to/another/doctor-service
  doctor-bench read update login --vs-doctors 5000000
  doctor-bench read --vs-revocations 1000000

Scenarios:
`); err != nil {
		return err
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, s := range all {
		_, _ = fmt.Fprintf(w, "  %s\t%s\n", s.name, s.summary) // Flush tells what went wrong
	}
	_, _ = fmt.Fprintln(w, "\nFlags:")
	if err := w.Flush(); err != nil {
		return err
	}
	set := o.flags()
	set.SetOutput(to)
	set.PrintDefaults()
	return nil
}
