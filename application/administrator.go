package application

import (
	"context"
	"errors"
	"fmt"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// NewAdministrator is what an administrator is made of who has nobody above: from the command line, or at first start.
type NewAdministrator struct {
	Phone    doctor.Phone
	Name     doctor.Name
	Password doctor.ChosenPassword
}

// CreateAdministrator adds an administrator on an operator's word.
func (c *Core) CreateAdministrator(ctx context.Context, a NewAdministrator) (doctor.ID, error) {
	d, err := c.administrator(ctx, a, doctor.CommandLine)
	if err != nil {
		return 0, err
	}
	return c.add(ctx, d)
}

// ErrBootstrapPhone says that the bootstrap can never work as configured.
var ErrBootstrapPhone = errors.New("the bootstrap administrator's phone belongs to a doctor who is no administrator")

// Bootstrap adds the configured administrator if there is none. exists saves the hash where there is one already.
func (c *Core) Bootstrap(ctx context.Context, a NewAdministrator, exists bool) error {
	switch d, err := c.Storage.ByPhone(ctx, a.Phone); {
	case err == nil && d.Role() != doctor.Administrator:
		return fmt.Errorf("%w (doctor %d)", ErrBootstrapPhone, d.ID())
	case err != nil && !errors.Is(err, doctor.ErrNotFound):
		return err
	}
	if exists {
		return nil
	}
	_, err := c.CreateFirstAdministrator(ctx, a)
	return err
}

// CreateFirstAdministrator adds an administrator only where there is none, and tells whether it did: of several replicas
// that start together one does, and for the others that is no fault.
func (c *Core) CreateFirstAdministrator(ctx context.Context, a NewAdministrator) (added bool, err error) {
	d, err := c.administrator(ctx, a, doctor.Bootstrap)
	if err != nil {
		return false, err
	}
	d.Index(c.Pinyin)
	_, err = c.Storage.AddFirstAdministrator(ctx, d)
	if errors.Is(err, doctor.ErrAdministratorExists) {
		return false, nil
	}
	return err == nil, err
}

func (c *Core) administrator(ctx context.Context, a NewAdministrator, by doctor.Actor) (*doctor.Doctor, error) {
	hash, err := c.Passwords.Hash(ctx, a.Password.Password())
	if err != nil {
		return nil, err
	}
	return doctor.Register(doctor.Registration{
		Phone: a.Phone, Name: a.Name, Credential: hash, Role: doctor.Administrator,
	}, c.occasion(by, inbound.Origin{})), nil
}
