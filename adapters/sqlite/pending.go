package sqlite

import (
	"context"
	"errors"

	"hospital.example/doctor-service/domain/doctor"
)

// What the port asks for since it knows administration, and this storage cannot do yet.

func (s *Store) Erase(context.Context, doctor.ID, func(*doctor.Doctor) error) error {
	return errors.ErrUnsupported
}
