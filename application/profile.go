package application

import (
	"context"
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// ViewProfile shows the caller's own profile.
func (c *Core) ViewProfile(ctx context.Context, cmd inbound.ViewProfileCommand) (inbound.ProfileResult, error) {
	if err := c.still(cmd.Caller, inbound.ManageOwnProfile); err != nil {
		return inbound.ProfileResult{}, err
	}
	d, err := c.Storage.Get(ctx, cmd.Caller.ID)
	return inbound.ProfileResult{Doctor: d}, gone(err)
}

// ManageProfile edits the caller's own profile.
func (c *Core) ManageProfile(ctx context.Context, cmd inbound.ManageProfileCommand) (inbound.ProfileResult, error) {
	if err := c.still(cmd.Caller, inbound.ManageOwnProfile); err != nil {
		return inbound.ProfileResult{}, err
	}
	on := c.occasion(doctor.By(cmd.Caller.ID), cmd.Origin)
	d, err := c.update(ctx, cmd.Caller, func(d *doctor.Doctor) error {
		switch {
		case c.isTooOld(cmd.Caller, cmd.Edit, d, on.At):
			return doctor.ErrLoginTooOld
		case !cmd.IfMatch.Holds(d.Version()):
			return doctor.ErrVersionMismatch
		}
		d.ChangeProfile(cmd.Edit, cmd.Caller.Session, on)
		return nil
	})
	return inbound.ProfileResult{Doctor: d}, err
}

// isTooOld tells whether a caller who moves its own phone logged in too long ago: a session left open must not become
// somebody else's account.
func (c *Core) isTooOld(caller inbound.Caller, edit doctor.ProfileEdit, d *doctor.Doctor, now time.Time) bool {
	movesPhone := !edit.Phone.IsZero() && edit.Phone != d.Profile().Phone
	return movesPhone && d.ID() == caller.ID && now.Sub(caller.LoggedInAt) > c.Settings.ReauthWindow
}

// update changes the caller's own doctor.
func (c *Core) update(
	ctx context.Context, caller inbound.Caller, change func(*doctor.Doctor) error,
) (*doctor.Doctor, error) {
	d, err := c.change(ctx, caller.ID, change)
	return d, gone(err)
}

// gone reads the absence of the caller's own doctor as what it is: a token that outlived its doctor.
func gone(err error) error {
	if errors.Is(err, doctor.ErrNotFound) {
		return inbound.ErrUnauthenticated
	}
	return err
}
