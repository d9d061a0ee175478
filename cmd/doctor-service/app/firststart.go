package app

import (
	"context"
	"crypto/rand"

	"hospital.example/doctor-service/application"
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
		case exists || !s.driver.Embedded:
			return nil
		}
		plain := madeUpPassword()
		first, err := newAdministrator(firstPhone, plain, s.rules.Policy)
		if err != nil {
			return err
		}
		added, err := core.CreateFirstAdministrator(ctx, first)
		if added {
			p.say("An administrator was created, shown this once:\n  phone     %s\n  password  %s", first.Phone, plain)
		}
		return err
	}
}

// madeUpPassword is 20 characters of 32 that nobody confuses: 100 bits.
func madeUpPassword() string {
	const alphabet = "abcdefghjkmnpqrstuvwxyz23456789A"
	random := make([]byte, 20)
	_, _ = rand.Read(random) // never fails: the runtime ends the program instead
	for i, b := range random {
		random[i] = alphabet[b%32]
	}
	return string(random)
}
