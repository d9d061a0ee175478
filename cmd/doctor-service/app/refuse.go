package app

import (
	"errors"
	"fmt"

	"go.uber.org/dig"

	"hospital.example/doctor-service/config"
)

// complain writes one line a fault and nothing else.
func (p program) complain(code int, err error) int {
	_, _ = fmt.Fprintln(p.stderr, err)
	return code
}

// misuse says what is wrong with the settings, or with the words of a command.
func (p program) misuse(err error) int {
	var faults config.Faults
	if errors.As(err, &faults) {
		return p.complain(misused, faults)
	}
	return p.complain(misused, p.told(err))
}

// refuse says in one line why something was not done; the chain of constructors that led there helps nobody.
func (p program) refuse(err error) int {
	var faults config.Faults
	if cause := dig.RootCause(err); errors.As(cause, &faults) {
		return p.complain(misused, faults)
	} else if cause != nil {
		err = cause
	}
	return p.complain(failed, p.told(err))
}

func (p program) told(err error) error {
	return errors.New("doctor-service: " + p.inWords(err))
}
