package app

import (
	"context"

	"go.uber.org/fx"

	"hospital.example/doctor-service/adapters/pinyin"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

var coreModule = fx.Module("core",
	fx.Provide(application.NewDenylist, newPinyin, newCore, newUseCases, newStartup, newFollower, newReadiness),
	fx.Invoke(warnOfOpenRegistration),
)

// warnOfOpenRegistration: what was set for a trial should not go unnoticed in a hospital.
func warnOfOpenRegistration(s settings, r outbound.Reporter) {
	if s.rules.Registration == application.ByAnyone {
		r.Report(context.Background(), outbound.Warning, "registration is open: anyone may register as a doctor")
	}
}

func newCore(
	s settings, store outbound.Storage, passwords outbound.Passwords, tokens outbound.Tokens,
	denylist *application.Denylist, clock outbound.Clock, pinyin outbound.Pinyin, reporter outbound.Reporter,
) *application.Core {
	return &application.Core{
		Storage: store, Passwords: passwords, Tokens: tokens, Denylist: denylist, Clock: clock, Pinyin: pinyin, Reporter: reporter,
		Settings: s.rules,
	}
}

func newPinyin() outbound.Pinyin { return pinyin.Syllables }

func newUseCases(core *application.Core, o outbound.Observer) inbound.UseCases {
	return core.UseCases(o)
}

func newStartup(p program, s settings, core *application.Core, r outbound.Reporter) *application.Startup {
	return application.NewStartup(core.Storage, s.migration(), p.administer(s, core), r)
}

func newFollower(
	store outbound.Storage, denylist *application.Denylist, clock outbound.Clock, r outbound.Reporter,
) *application.Follower {
	return &application.Follower{Revocations: store, Denylist: denylist, Clock: clock, Reporter: r}
}

func newReadiness(
	start *application.Startup, denylist *application.Denylist, follower *application.Follower,
) *application.Readiness {
	return &application.Readiness{Startup: start, Denylist: denylist, Follower: follower}
}
