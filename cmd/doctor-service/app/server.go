package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	httpapi "hospital.example/doctor-service/adapters/http"
	"hospital.example/doctor-service/adapters/telemetry"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

var serverModule = fx.Module("server",
	fx.Provide(newAPI),
	fx.Invoke(serveHTTP),
)

func newAPI(
	s settings, useCases inbound.UseCases, keys inbound.PublicKeys, ready *application.Readiness, m *telemetry.Metrics,
	access httpapi.AccessLog, reporter outbound.Reporter, clock outbound.Clock,
) httpapi.Options {
	proxies := make([]netip.Prefix, len(s.TrustedProxies))
	for i, n := range s.TrustedProxies {
		proxies[i] = n.Prefix
	}
	origins := make([]string, len(s.CORSOrigins))
	for i, o := range s.CORSOrigins {
		origins[i] = string(o)
	}
	return httpapi.Options{
		UseCases: useCases, PasswordPolicy: s.rules.Policy, PublicKeys: keys,
		Ready: ready.Missing, Serving: ready.Serving, Draining: ready.Draining,
		Metrics: m.Handler(), TrustedProxies: proxies, CORSOrigins: origins,
		Log: access, Report: reporter, Now: clock,
	}
}

// serveHTTP opens both listeners once the jobs run. Hooks stop in reverse order, which makes the contract's: unready at
// once, serve for the drain delay, close the listeners and finish what is under way, then the jobs, then the storage.
func serveHTTP(
	life fx.Lifecycle, stop fx.Shutdowner, s settings, o httpapi.Options, ready *application.Readiness,
	log *zap.Logger, fault *firstFault, _ *runner,
) {
	listen := func(name, address string, handler http.Handler) {
		server := httpapi.Server(handler, o.Report)
		life.Append(fx.Hook{
			OnStart: func(ctx context.Context) error {
				listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
				if err != nil {
					return err
				}
				log.Info("listening", zap.String("for", name), zap.Stringer("address", listener.Addr()))
				go func() {
					if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
						fault.set(err)
						_ = stop.Shutdown(fx.ExitCode(failed)) // fails only when the service stops already
					}
				}()
				return nil
			},
			OnStop: server.Shutdown,
		})
	}
	listen("operations", string(s.MetricsAddr), httpapi.Operations(o))
	listen("clients", string(s.HTTPAddr), httpapi.New(o))
	life.Append(fx.StopHook(func(ctx context.Context) {
		ready.Drain()
		log.Info("stopping", zap.Duration("drain", s.DrainDelay))
		select {
		case <-time.After(s.DrainDelay):
		case <-ctx.Done():
		}
	}))
}
