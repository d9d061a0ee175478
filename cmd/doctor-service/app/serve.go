package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/dig"
	"go.uber.org/fx"

	"hospital.example/doctor-service/config"
)

const (
	startTimeout = 15 * time.Second
	stopTimeout  = 20 * time.Second // beside the drain delay
)

// serve runs the service until a signal or a fault ends it.
func (p program) serve(ctx context.Context, _ any) int {
	s, err := p.settings()
	if err != nil {
		return p.complain(misused, err)
	}
	letGarbageLie()
	fault := &firstFault{}
	service := fx.New(graph(p, s), fx.Supply(fault))
	if err := service.Err(); err != nil {
		return p.refuse(err)
	}
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := service.Start(starting); err != nil {
		return p.refuse(err)
	}
	var ended fx.ShutdownSignal
	select {
	case ended = <-service.Wait():
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), service.StopTimeout())
	defer cancel()
	if err := errors.Join(fault.get(), service.Stop(stopping)); err != nil {
		return p.refuse(err)
	}
	return ended.ExitCode
}

// refuse says in one line why the service does not run; the chain of constructors that led there helps nobody.
func (p program) refuse(err error) int {
	var faults config.Faults
	if cause := dig.RootCause(err); errors.As(cause, &faults) {
		return p.complain(misused, faults)
	} else if cause != nil {
		err = cause
	}
	return p.complain(failed, fmt.Errorf("doctor-service: %w", err))
}
