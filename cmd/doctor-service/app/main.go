// Package app is the program: its commands, and the graph that wires the house for the one that serves. A team with its
// own storage imports it and hands its driver to Main; nothing is forked.
//
//	Main(args, environ, drivers…)  →  command  →  config.Load  →  interpret  →  serve: the fx graph
//	                                                                         →  admin …: the core on a storage, in an office
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"hospital.example/doctor-service/config"
	"hospital.example/doctor-service/ports/outbound"
)

// Main runs the command named by args and returns the exit code: 0 for success, 1 for a failure, 2 for settings or words
// that cannot be understood. The drivers are the storages to choose from by the scheme of DOCTOR_STORAGE.
func Main(args, environ []string, drivers ...outbound.StorageDriver) int {
	p := program{environ: environ, drivers: drivers, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	return p.run(context.Background(), args)
}

// program is what a command may touch of the world.
type program struct {
	environ []string
	drivers []outbound.StorageDriver
	stdin   *os.File
	stdout  io.Writer
	stderr  io.Writer
}

// The exit codes.
const (
	succeeded = 0
	failed    = 1
	misused   = 2
)

// say writes a result to standard output.
func (p program) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stdout, format+"\n", args...)
}

// settings reads and interprets the environment; its faults are told all at once, whoever finds them.
func (p program) settings() (settings, error) {
	c, err := config.Load(p.environ)
	var faults config.Faults
	if err != nil && !errors.As(err, &faults) {
		return settings{}, err
	}
	return interpret(c, faults, p.drivers, p.language())
}
