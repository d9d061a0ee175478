package application

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// ChangePassword replaces the caller's password. A wrong old one counts as a failed login: a stolen token must not help
// to guess the password behind it.
func (c *Core) ChangePassword(ctx context.Context, cmd inbound.ChangePasswordCommand) (inbound.Done, error) {
	if err := c.still(cmd.Caller, inbound.ChangeOwnPassword); err != nil {
		return inbound.Done{}, err
	}
	d, err := c.Storage.Get(ctx, cmd.Caller.ID)
	if err != nil {
		return inbound.Done{}, gone(err)
	}
	chosen, err := c.Settings.Policy.Choose("new_password", cmd.New, d.Profile().Phone, d.Profile().Name)
	if err != nil {
		return inbound.Done{}, err
	}
	if cmd.Caller.Restricted && cmd.New.Reveal() == cmd.Old.Reveal() {
		return inbound.Done{}, doctor.Invalid{Field: "new_password", Rule: doctor.RulePasswordSame}
	}
	attempt := c.attempt(d.Profile().Phone.String(), cmd.Origin)
	proved, err := c.provePassword(ctx, attempt, cmd.Old, cmd.Origin, "")
	if err != nil {
		return inbound.Done{}, err
	}
	if proved.ID() != cmd.Caller.ID {
		return inbound.Done{}, inbound.ErrUnauthenticated // the phone has another owner since
	}
	hash, err := c.Passwords.Hash(ctx, chosen.Password())
	if err != nil {
		return inbound.Done{}, err
	}
	on := c.occasion(doctor.By(cmd.Caller.ID), cmd.Origin)
	_, err = c.update(ctx, cmd.Caller, func(d *doctor.Doctor) error {
		if d.Generation() != proved.Generation() {
			return doctor.ErrWrongCredentials // another change came first: what was proved is no longer the password
		}
		d.ChangePassword(hash, cmd.Caller.Session, on)
		return nil
	})
	return inbound.Done{}, err
}
