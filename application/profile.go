package application

import (
	"context"
	"errors"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
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
		movesPhone := !cmd.Edit.Phone.IsZero() && cmd.Edit.Phone != d.Profile().Phone
		switch {
		case movesPhone && on.At.Sub(cmd.Caller.LoggedInAt) > c.Settings.ReauthWindow:
			return doctor.ErrLoginTooOld
		case !cmd.IfMatch.Holds(d.Version()):
			return doctor.ErrVersionMismatch
		}
		d.ChangeProfile(cmd.Edit, cmd.Caller.Session, on)
		return nil
	})
	return inbound.ProfileResult{Doctor: d}, err
}

// update changes the caller's own doctor. Sessions that it ended are void on this replica at once; the feed tells the
// others.
func (c *Core) update(
	ctx context.Context, caller inbound.Caller, change func(*doctor.Doctor) error,
) (*doctor.Doctor, error) {
	var ended *doctor.SessionsEnded
	d, err := c.Storage.Update(ctx, caller.ID, func(d *doctor.Doctor) error {
		err := change(d)
		ended = d.Ended()
		return err
	})
	if err != nil {
		return nil, gone(err)
	}
	if ended != nil {
		c.Denylist.Add(outbound.Revocation{
			Doctor: d.ID(), Generation: ended.Generation, Session: ended.Except,
			Expires: c.Clock().Add(outbound.GenerationKept),
		})
	}
	return d, nil
}

// gone reads the absence of the caller's own doctor as what it is: a token that outlived its doctor.
func gone(err error) error {
	if errors.Is(err, doctor.ErrNotFound) {
		return inbound.ErrUnauthenticated
	}
	return err
}
