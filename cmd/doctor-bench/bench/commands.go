package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/term"

	"hospital.example/doctor-service/cmd/doctor-bench/bench/raw"
	"hospital.example/doctor-service/cmd/doctor-bench/bench/store"
)

// serveRaw is what we start ourselves to be measured beside a service: raw ADDRESS URL.
func serveRaw(ctx context.Context, args []string, _, _ io.Writer) error {
	if len(args) != 2 {
		return misuse{errors.New("raw is started by doctor-bench itself; use --vs raw")}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", args[0])
	if err != nil {
		return err
	}
	return raw.Serve(ctx, args[1], listener)
}

// fill puts doctors into a storage that stays.
func fill(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	set := flag.NewFlagSet("doctor-bench fill", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	var (
		location    = set.String("storage", "", "`URL` of the storage: sqlite:PATH or postgres://…")
		doctors     = set.Int64("doctors", 10_000, "`number` of doctors to add")
		sorted      = set.Bool("sorted", false, "add them in the order of their names, as from a sorted staff list")
		revocations = set.Int64("revocations", 0, "`number` of live revocations to add")
		password    = set.String("password", defaultPassword, "the `password` of all of them")
		parameters  = set.String("argon2", defaultArgon2, "the `parameters` of its hash")
	)
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		_, err := fmt.Fprint(stdout, "Usage: doctor-bench fill --storage URL [flags]\n\n"+
			"Adds invented doctors, and sessions that were logged out, past the service and as fast as the storage takes them.\n\n")
		set.SetOutput(stdout)
		set.PrintDefaults()
		return err
	case err != nil:
		return misuse{err}
	case set.NArg() > 0:
		return misuse{fmt.Errorf("unexpected %q", set.Arg(0))}
	case *location == "":
		return misuse{errors.New("--storage is required")}
	}
	credential, err := hash(ctx, *parameters, *password)
	if err != nil {
		return misuse{err}
	}
	s, err := store.Open(ctx, *location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Fill(ctx, store.Filling{
		Doctors: *doctors, Sorted: *sorted, Revocations: *revocations, Credential: credential, Progress: progressOn(stderr),
	}); err != nil {
		return err
	}
	highest, err := s.Count(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s doctors, %s revocations added; the highest id is now %s\n",
		grouped(number(*doctors), 0), grouped(number(*revocations), 0), grouped(number(highest), 0))
	return err
}

// progressOn tells a person at a terminal how far it is.
func progressOn(to io.Writer) func(what string, done, of int64) {
	file, ok := to.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(string, int64, int64) {}
	}
	return func(what string, done, of int64) {
		_, _ = fmt.Fprintf(file, "\r%s: %s of %s", what, grouped(number(done), 0), grouped(number(of), 0))
		if done == of {
			_, _ = fmt.Fprint(file, "\r\033[K")
		}
	}
}
