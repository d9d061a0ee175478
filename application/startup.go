package application

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// Startup brings a storage to where it can serve: reachable, its schema fitting, an administrator there. It waits for a
// storage that does not answer yet, while the listeners are up and say what is missing; afterwards it keeps looking, so
// that a storage that went away, or a schema that moved on, is told as well.
type Startup struct {
	storage    outbound.Maintenance
	migrate    func(context.Context) error
	administer func(ctx context.Context, exists bool) error
	reporter   outbound.Reporter
	warned     []string // risks that were told

	mu      sync.Mutex
	missing []inbound.Missing
	done    chan struct{}
	once    sync.Once
}

// NewStartup makes a Startup to Run. Without migrate the schema is only compared; administer sees to the first
// administrator.
func NewStartup(
	storage outbound.Maintenance, migrate func(context.Context) error,
	administer func(ctx context.Context, exists bool) error, reporter outbound.Reporter,
) *Startup {
	return &Startup{
		storage: storage, migrate: migrate, administer: administer, reporter: reporter,
		missing: []inbound.Missing{{What: "storage", Reason: "starting"}},
		done:    make(chan struct{}),
	}
}

const (
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
	lookEvery    = 5 * time.Second
	probeTimeout = 3 * time.Second
)

// Run works until ctx ends. An error means that it can never work as configured.
func (s *Startup) Run(ctx context.Context) error {
	pause := firstPause
	for {
		missing, cause := s.attempt(ctx)
		if cause != nil && missing == nil {
			return cause
		}
		s.tell(ctx, missing, cause)
		if len(missing) == 0 {
			s.once.Do(func() { close(s.done) })
			pause = lookEvery
		} else {
			pause = min(2*pause, longestPause)
		}
		if !wait(ctx, pause) {
			return nil
		}
	}
}

// Done is closed when everything was there for the first time.
func (s *Startup) Done() <-chan struct{} { return s.done }

func (s *Startup) isDone() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// Missing lists what is not there now.
func (s *Startup) Missing() []inbound.Missing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.missing
}

// tell keeps what is missing for those who ask, and reports it when it changed. The cause is for the log only.
func (s *Startup) tell(ctx context.Context, missing []inbound.Missing, cause error) {
	s.mu.Lock()
	before := s.missing
	s.missing = missing
	s.mu.Unlock()
	switch {
	case ctx.Err() != nil: // we stop, and that is all that was wrong
	case len(missing) == 0 && len(before) > 0:
		s.reporter.Report(ctx, outbound.Info, "storage is ready")
	case len(missing) > 0 && (len(before) == 0 || before[0] != missing[0]):
		details := []outbound.Detail{{Name: "missing", Value: missing[0].What}, {Name: "reason", Value: missing[0].Reason}}
		if cause != nil {
			details = append(details, outbound.Detail{Name: "error", Value: cause.Error()})
		}
		s.reporter.Report(ctx, outbound.Warning, "storage is not ready", details...)
	}
}

// attempt does what is left to do. With nothing missing an error is final.
func (s *Startup) attempt(ctx context.Context) ([]inbound.Missing, error) {
	probe, err := s.probe(ctx)
	if err == nil && s.migrate != nil && probe.Schema.Version < probe.Schema.Program {
		if err := s.migrate(ctx); err != nil {
			return []inbound.Missing{{What: "schema", Reason: "could not be migrated"}}, err // storage answers: that is not it
		}
		probe, err = s.probe(ctx)
	}
	switch {
	case err != nil && passes(err):
		return []inbound.Missing{{What: "storage", Reason: "does not answer"}}, err
	case err != nil:
		return []inbound.Missing{{What: "schema", Reason: "could not be read"}}, err
	case !probe.Schema.Fits():
		return []inbound.Missing{{What: "schema", Reason: misfit(probe.Schema)}}, nil
	}
	s.warn(ctx, probe.Risks)
	if s.isDone() {
		return nil, nil
	}
	if err := s.administer(ctx, probe.Administered); err != nil && passes(err) {
		return []inbound.Missing{{What: "administrator", Reason: "could not be created yet"}}, err
	} else if err != nil {
		return nil, err
	}
	return nil, nil
}

// warn tells each risk once.
func (s *Startup) warn(ctx context.Context, risks []string) {
	for _, risk := range risks {
		if !slices.Contains(s.warned, risk) {
			s.warned = append(s.warned, risk)
			s.reporter.Report(ctx, outbound.Warning, "the storage is used at a risk", outbound.Detail{Name: "risk", Value: risk})
		}
	}
}

func (s *Startup) probe(ctx context.Context) (outbound.Probe, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return s.storage.Probe(ctx)
}

// passes tells faults that may pass by themselves from those that cannot.
func passes(err error) bool {
	for _, passing := range []error{outbound.ErrUnavailable, outbound.ErrBusy, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

func misfit(s outbound.Schema) string {
	if s.Version == 0 {
		return "there is none yet; run migrate"
	}
	return fmt.Sprintf("the schema is version %d and serves programs from version %d on, this program is version %d",
		s.Version, s.ServesFrom, s.Program)
}
