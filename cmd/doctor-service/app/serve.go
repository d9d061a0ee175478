package app

import (
	"context"
	"errors"
	"time"

	"go.uber.org/fx"
)

const (
	startTimeout = 15 * time.Second
	stopTimeout  = 20 * time.Second // beside the drain delay
)

// serve runs the service until a signal or a fault ends it.
func (p program) serve(ctx context.Context, _ any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
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
