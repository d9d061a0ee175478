package application

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// Register adds a doctor.
func (c *Core) Register(ctx context.Context, cmd inbound.RegisterCommand) (inbound.RegisterResult, error) {
	if err := c.still(cmd.Caller, inbound.RegisterDoctor); err != nil {
		return inbound.RegisterResult{}, err
	}
	by := actor(cmd.Caller)
	if c.Settings.Registration == ByAnyone {
		by = doctor.Anonymous
		wait, err := c.Storage.Take(ctx, registrations(cmd.Origin))
		if err != nil {
			return inbound.RegisterResult{}, err
		}
		if wait > 0 {
			return inbound.RegisterResult{}, c.refuse(ctx, "registration", cmd.Phone, cmd.Origin, wait)
		}
	}
	hash, err := c.Passwords.Hash(ctx, cmd.Password.Password())
	if err != nil {
		return inbound.RegisterResult{}, err
	}
	id, err := c.add(ctx, doctor.Register(doctor.Registration{
		Phone: cmd.Phone, Name: cmd.Name, Credential: hash, Role: doctor.Ordinary,
	}, c.occasion(by, cmd.Origin)))
	return inbound.RegisterResult{ID: id}, err
}
