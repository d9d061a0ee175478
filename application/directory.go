package application

import (
	"context"
	"errors"
	"strconv"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// LookUpDoctors finds doctors by id, for the other services.
func (c *Core) LookUpDoctors(ctx context.Context, cmd inbound.LookUpDoctorsCommand) (inbound.DoctorsResult, error) {
	if err := c.still(cmd.Caller, inbound.ReadDirectory); err != nil {
		return inbound.DoctorsResult{}, err
	}
	if len(cmd.IDs) == 0 {
		return inbound.DoctorsResult{}, nil
	}
	found, err := c.find(ctx, outbound.Query{IDs: cmd.IDs, Limit: len(cmd.IDs)})
	if err == nil && len(cmd.IDs) == 1 && len(found.Doctors) == 0 {
		_, err = c.Storage.Get(ctx, cmd.IDs[0]) // a damaged doctor is not one that nobody has
	}
	if errors.Is(err, doctor.ErrNotFound) {
		err = nil
	}
	return found, err
}

// ListDoctors finds doctors by what they are.
func (c *Core) ListDoctors(ctx context.Context, cmd inbound.ListDoctorsCommand) (inbound.DoctorsResult, error) {
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return inbound.DoctorsResult{}, err
	}
	f := cmd.Filter
	return c.find(ctx, outbound.Query{
		Keyword: f.Keyword, HospitalID: f.HospitalID, DepartmentID: f.DepartmentID, PositionRank: f.PositionRank,
		Status: f.Status, After: cmd.After, Limit: cmd.Limit,
	})
}

// find tells operators of doctors that could not be shown, and shows the others.
func (c *Core) find(ctx context.Context, q outbound.Query) (inbound.DoctorsResult, error) {
	page, err := c.Storage.Find(ctx, q)
	if err != nil {
		return inbound.DoctorsResult{}, err
	}
	for _, id := range page.Damaged {
		c.Reporter.Report(ctx, outbound.Failure, "a stored doctor is damaged and was left out of a list",
			outbound.Detail{Name: "doctor", Value: strconv.FormatInt(int64(id), 10)})
	}
	return inbound.DoctorsResult{Doctors: page.Doctors, Next: page.Next}, nil
}
