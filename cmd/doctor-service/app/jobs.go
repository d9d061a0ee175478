package app

import (
	"context"
	"runtime/debug"
	"sync"

	"go.uber.org/fx"

	"hospital.example/doctor-service/adapters/jwt"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/ports/outbound"
)

// job is something that goes on in the background until the service stops. An error ends the service.
type job struct {
	name string
	run  func(context.Context) error
}

// Every job is in this one group: a value that nobody asks for is never built, and a job that is never built silently
// does not run.
var jobsModule = fx.Module("jobs",
	fx.Provide(
		fx.Annotate(startupJob, fx.ResultTags(`group:"jobs"`)),
		fx.Annotate(followerJob, fx.ResultTags(`group:"jobs"`)),
		fx.Annotate(upkeepJob, fx.ResultTags(`group:"jobs"`)),
		fx.Annotate(keysJob, fx.ResultTags(`group:"jobs"`)),
		fx.Annotate(indexingJob, fx.ResultTags(`group:"jobs"`)),
		fx.Annotate(newRunner, fx.ParamTags(``, ``, ``, `group:"jobs"`)),
	),
)

func startupJob(s *application.Startup) job { return job{"startup", s.Run} }

func followerJob(f *application.Follower, s *application.Startup) job {
	return job{"revocations", onceServing(s, f.Run)}
}

// indexingJob walks past everybody, who then lie in memory as garbage: a service that idles gives that back.
func indexingJob(store outbound.Storage, pinyin outbound.Pinyin, s *application.Startup, r outbound.Reporter) job {
	x := application.Indexing{Storage: store, Pinyin: pinyin, Reporter: r, Tidy: debug.FreeOSMemory}
	return job{"search keys", onceServing(s, x.Run)}
}

// onceServing lets a job begin when the storage was ready for the first time: before, there may be no table.
func onceServing(s *application.Startup, run func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-s.Done():
			return run(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

func keysJob(k *jwt.Keys) job { return job{"signing keys", k.Run} }

func upkeepJob(store outbound.Storage, denylist *application.Denylist, r outbound.Reporter) job {
	return job{"upkeep", application.Upkeep{Storage: store, Denylist: denylist, Reporter: r}.Run}
}

// runner runs the jobs.
type runner struct{ jobs []job }

func newRunner(life fx.Lifecycle, stop fx.Shutdowner, fault *firstFault, jobs []job) *runner {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	life.Append(fx.Hook{
		OnStart: func(context.Context) error {
			for _, j := range jobs {
				running.Go(func() {
					if err := j.run(ctx); err != nil && ctx.Err() == nil {
						fault.set(err)
						_ = stop.Shutdown(fx.ExitCode(failed)) // fails only when the service stops already
					}
				})
			}
			return nil
		},
		OnStop: func(context.Context) error {
			cancel()
			running.Wait()
			return nil
		},
	})
	return &runner{jobs: jobs}
}

// firstFault keeps what ended the service.
type firstFault struct {
	mu  sync.Mutex
	err error
}

func (f *firstFault) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

func (f *firstFault) get() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
