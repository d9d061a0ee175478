package app

import (
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"
	"go.uber.org/zap"
)

// graph is the service's table of contents. What stands further down is built of what stands above, and stops before it.
func graph(p program, s settings) fx.Option {
	return fx.Options(
		fx.WithLogger(func(log *zap.Logger) fxevent.Logger {
			quiet := &fxevent.ZapLogger{Logger: log.Named("fx")}
			quiet.UseLogLevel(zap.DebugLevel)
			quiet.UseErrorLevel(zap.DebugLevel) // serve prints what ended it, in one line
			return quiet
		}),
		fx.StopTimeout(s.DrainDelay+stopTimeout),
		fx.Supply(p, s),
		logModule,
		metricsModule,
		storageModule,
		securityModule,
		coreModule,
		jobsModule,
		serverModule,
	)
}
