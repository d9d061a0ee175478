package app

import (
	"context"
	"flag"
	"fmt"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

func verbFlags(set *flag.FlagSet) any { return whomFlags(set) }

// adminDisable shuts a doctor out.
func (p program) adminDisable(ctx context.Context, flags any) int {
	return p.onDoctor(ctx, flags.(whom), func(core *application.Core, d *doctor.Doctor) error {
		stored, err := core.DisableDoctor(ctx, about(d))
		return p.sayStatus(stored, err)
	})
}

// adminEnable lets a doctor in again.
func (p program) adminEnable(ctx context.Context, flags any) int {
	return p.onDoctor(ctx, flags.(whom), func(core *application.Core, d *doctor.Doctor) error {
		stored, err := core.EnableDoctor(ctx, about(d))
		return p.sayStatus(stored, err)
	})
}

func (p program) sayStatus(stored inbound.ProfileResult, err error) error {
	if err == nil {
		p.say("doctor %d is %s", stored.Doctor.ID(), stored.Doctor.Status())
	}
	return err
}

// adminResetPassword prints the new password and nothing else: it may go through a pipe to whoever hands it over.
func (p program) adminResetPassword(ctx context.Context, flags any) int {
	return p.onDoctor(ctx, flags.(whom), func(core *application.Core, d *doctor.Doctor) error {
		reset, err := core.ResetPassword(ctx, about(d))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(p.stdout, reset.Password.Reveal()); err != nil {
			return fmt.Errorf("the password was reset and could not be shown, so reset it again: %w", err)
		}
		return nil
	})
}

func about(d *doctor.Doctor) inbound.DoctorCommand {
	return inbound.DoctorCommand{Caller: operator, ID: d.ID()}
}
