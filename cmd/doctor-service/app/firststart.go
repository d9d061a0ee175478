package app

import (
	"context"
	"fmt"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/ports/outbound"
)

// The phone of the administrator that a newcomer's first start makes up.
const firstPhone = "13800000000"

// administer sees to the first administrator: the configured one, or on an embedded database a made-up one, whose
// password is printed this once, so that the first command leads to a usable service.
func (p program) administer(s settings, core *application.Core) func(context.Context, bool) error {
	return func(ctx context.Context, exists bool) error {
		switch {
		case s.bootstrap != nil:
			return core.Bootstrap(ctx, *s.bootstrap, exists)
		case exists:
			return nil
		case !s.driver.Embedded:
			core.Reporter.Report(ctx, outbound.Warning, "there is no administrator yet: doctor-service admin create makes one")
			return nil
		}
		// Whoever cannot be shown the password gets no administrator.
		if _, err := fmt.Fprintln(p.stdout, "The first administrator, shown this once:"); err != nil {
			return fmt.Errorf("the first administrator's password cannot be shown on standard output: %w", err)
		}
		plain := application.MadeUpPassword().Reveal()
		first, err := newAdministrator(firstPhone, plain, s.rules.Policy)
		if err != nil {
			return err
		}
		added, err := core.CreateFirstAdministrator(ctx, first)
		if added {
			p.say("  phone     %s\n  password  %s", first.Phone, plain)
		}
		return err
	}
}
