package application

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// What administrators do to doctors, over the network or as operators at the command line.

// ViewDoctor shows one doctor.
func (c *Core) ViewDoctor(ctx context.Context, cmd inbound.ViewDoctorCommand) (inbound.ProfileResult, error) {
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return inbound.ProfileResult{}, err
	}
	d, err := c.Storage.Get(ctx, cmd.ID)
	return inbound.ProfileResult{Doctor: d}, err
}

// ManageDoctor edits a doctor. Administrators who edit themselves keep their session where a doctor would.
func (c *Core) ManageDoctor(ctx context.Context, cmd inbound.ManageDoctorCommand) (inbound.ProfileResult, error) {
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return inbound.ProfileResult{}, err
	}
	on := c.occasion(actor(cmd.Caller), cmd.Origin)
	var keep doctor.SessionID
	if cmd.ID == cmd.Caller.ID {
		keep = cmd.Caller.Session
	}
	d, err := c.change(ctx, cmd.ID, func(d *doctor.Doctor) error {
		switch {
		case c.isTooOld(cmd.Caller, cmd.Edit, d, on.At):
			return doctor.ErrLoginTooOld
		case !cmd.IfMatch.Holds(d.Version()):
			return doctor.ErrVersionMismatch
		}
		d.ChangeProfile(cmd.Edit, keep, on)
		d.ChangeRole(cmd.Role, on)
		return nil
	})
	return inbound.ProfileResult{Doctor: d}, err
}

// DisableDoctor shuts a doctor out, with all its sessions.
func (c *Core) DisableDoctor(ctx context.Context, cmd inbound.DoctorCommand) (inbound.ProfileResult, error) {
	d, err := c.administer(ctx, cmd, (*doctor.Doctor).Disable)
	return inbound.ProfileResult{Doctor: d}, err
}

// EnableDoctor lets a doctor in again, also one who must wait for too many failures.
func (c *Core) EnableDoctor(ctx context.Context, cmd inbound.DoctorCommand) (inbound.ProfileResult, error) {
	d, err := c.administer(ctx, cmd, (*doctor.Doctor).Enable)
	if err != nil {
		return inbound.ProfileResult{}, err
	}
	err = c.Storage.Forget(ctx, accountOf(d.Profile().Phone.String()))
	return inbound.ProfileResult{Doctor: d}, err
}

// ResetPassword gives a doctor a password that is good for choosing another one, and no longer lets it wait.
func (c *Core) ResetPassword(ctx context.Context, cmd inbound.DoctorCommand) (inbound.ResetPasswordResult, error) {
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return inbound.ResetPasswordResult{}, err
	}
	before, err := c.Storage.Get(ctx, cmd.ID) // nothing is hashed for nobody, or to be refused
	switch {
	case err != nil:
		return inbound.ResetPasswordResult{}, err
	case !cmd.IfMatch.Holds(before.Version()):
		return inbound.ResetPasswordResult{}, doctor.ErrVersionMismatch
	}
	plain := MadeUpPassword()
	hash, err := c.Passwords.Hash(ctx, plain)
	if err != nil {
		return inbound.ResetPasswordResult{}, err
	}
	// Before the password is replaced: if this fails, nobody has one that was never told.
	if err := c.Storage.Forget(ctx, accountOf(before.Profile().Phone.String())); err != nil {
		return inbound.ResetPasswordResult{}, err
	}
	d, err := c.administer(ctx, cmd, func(d *doctor.Doctor, on doctor.Occasion) { d.ResetPassword(hash, on) })
	if err != nil {
		return inbound.ResetPasswordResult{}, err
	}
	return inbound.ResetPasswordResult{Password: plain, Doctor: d}, nil
}

// EraseDoctor forgets a doctor for good. The failures that its phone collected go too: their keys could be guessed.
func (c *Core) EraseDoctor(ctx context.Context, cmd inbound.DoctorCommand) (inbound.Done, error) {
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return inbound.Done{}, err
	}
	on := c.occasion(actor(cmd.Caller), cmd.Origin)
	var (
		phone doctor.Phone
		ended *doctor.SessionsEnded
	)
	err := c.Storage.Erase(ctx, cmd.ID, func(d *doctor.Doctor) error {
		switch {
		case cmd.IfMatch == nil:
			return inbound.ErrMatchNeeded
		case !cmd.IfMatch.Holds(d.Version()):
			return doctor.ErrVersionMismatch
		}
		phone = d.Profile().Phone
		d.Erase(on)
		ended = d.Ended()
		return nil
	})
	if err != nil {
		return inbound.Done{}, err
	}
	c.end(cmd.ID, ended)
	c.forgetFailures(ctx, phone)
	return inbound.Done{}, nil
}

// administer does one thing to a doctor as a whole.
func (c *Core) administer(
	ctx context.Context, cmd inbound.DoctorCommand, verb func(*doctor.Doctor, doctor.Occasion),
) (*doctor.Doctor, error) {
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return nil, err
	}
	on := c.occasion(actor(cmd.Caller), cmd.Origin)
	return c.change(ctx, cmd.ID, func(d *doctor.Doctor) error {
		if !cmd.IfMatch.Holds(d.Version()) {
			return doctor.ErrVersionMismatch
		}
		verb(d, on)
		return nil
	})
}

// ListEvents tells what happened to a doctor.
func (c *Core) ListEvents(ctx context.Context, cmd inbound.ListEventsCommand) (inbound.EventsResult, error) {
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return inbound.EventsResult{}, err
	}
	events, err := c.Storage.Events(ctx, cmd.ID, cmd.Before, cmd.Limit+1)
	switch {
	case err != nil:
		return inbound.EventsResult{}, err
	case len(events) == 0 && cmd.Before == 0:
		return inbound.EventsResult{}, doctor.ErrNotFound // whoever was ever there was registered
	case len(events) > cmd.Limit:
		events = events[:cmd.Limit]
		return inbound.EventsResult{Events: events, Next: events[cmd.Limit-1].Number}, nil
	}
	return inbound.EventsResult{Events: events}, nil
}
