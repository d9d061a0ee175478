package application

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What the core stores of a doctor goes through here, so that nobody is stored who cannot be found, and no session is
// ended that this replica still takes for good.

// add stores a new doctor. What was tried on its phone while nobody had it is forgotten: it may have been locked.
func (c *Core) add(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	d.Index(c.Pinyin)
	id, err := c.Storage.Add(ctx, d)
	if err != nil {
		return 0, err
	}
	c.forgetFailures(ctx, d.Profile().Phone)
	return id, nil
}

// change changes a doctor.
func (c *Core) change(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	var (
		before doctor.Phone
		ended  *doctor.SessionsEnded
	)
	d, err := c.Storage.Update(ctx, id, func(d *doctor.Doctor) error {
		before = d.Profile().Phone
		if err := change(d); err != nil {
			return err
		}
		d.Index(c.Pinyin)
		ended = d.Ended()
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.end(id, ended)
	if after := d.Profile().Phone; after != before {
		c.forgetFailures(ctx, before) // or a trace of it would outlive the erased doctor
		c.forgetFailures(ctx, after)
	}
	return d, nil
}

// end voids sessions on this replica at once; the feed tells the others.
func (c *Core) end(id doctor.ID, ended *doctor.SessionsEnded) {
	if ended == nil {
		return
	}
	c.Denylist.Add(outbound.Revocation{
		Doctor: id, Generation: ended.Generation, Session: ended.Except,
		Expires: c.Clock().Add(outbound.GenerationKept),
	})
}

// forgetFailures forgets the failures collected on a phone that has a new owner, or none any more. What was stored is
// stored: that these could not be is told to operators alone.
func (c *Core) forgetFailures(ctx context.Context, phone doctor.Phone) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupTimeout) // whoever hangs up leaves none behind
	defer cancel()
	if err := c.Storage.Forget(ctx, accountOf(phone.String())); err != nil {
		c.Reporter.Report(ctx, outbound.Warning, "failed logins of a phone were not forgotten",
			outbound.Detail{Name: "phone", Value: phone.Masked()}, outbound.Detail{Name: "error", Value: err.Error()})
	}
}
