package application

import (
	"context"
	"errors"
	"fmt"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// importRow is a row on its way through the import.
type importRow struct {
	inbound.StaffRow

	// What look found.
	stored  *doctor.Doctor // who has the phone, changed as the row says; nil: nobody
	fresh   *doctor.Doctor // who would be added
	changes []string       // the fields in which the row differs from the stored doctor
	before  staffPlace     // of the stored doctor
	after   staffPlace     // as the row says
	taken   bool           // another stored doctor has that place

	// What judge said.
	done   inbound.RowVerb
	faults []inbound.RowFault
	late   bool // another row leaves the place that this one takes

	err error
}

// faulty notes one more thing that is wrong with a row.
func (r *importRow) faulty(field string, rule doctor.Rule, earlier int) {
	r.done = inbound.RowFaulty
	r.faults = append(r.faults, inbound.RowFault{Invalid: doctor.Invalid{Field: field, Rule: rule}, Earlier: earlier})
}

// failed is why the import ends at this row: not for what the row says.
func (r *importRow) failed() error { return fmt.Errorf("at line %d: %w", r.Line, r.err) }

// staffPlace is a staff number in its hospital, which only one doctor may have; zero where either is not set.
type staffPlace struct {
	hospital doctor.Reference
	number   doctor.StaffNumber
}

func placeOf(p doctor.Profile) staffPlace {
	if p.HospitalID == (doctor.Reference{}) || p.InternalID == (doctor.StaffNumber{}) {
		return staffPlace{}
	}
	return staffPlace{p.HospitalID, p.InternalID}
}

// look sees what is stored of whom a row speaks of. An error ends the import.
func (c *Core) look(ctx context.Context, cmd inbound.ImportCommand, r *importRow) error {
	if len(r.Faults) > 0 {
		r.after = placeOf(c.registered(cmd, r).Profile())
		return nil
	}
	d, err := c.Storage.ByPhone(ctx, r.Edit.Phone)
	switch {
	case errors.Is(err, doctor.ErrNotFound):
		r.fresh = c.registered(cmd, r)
		r.after = placeOf(r.fresh.Profile())
	case errors.Is(err, doctor.ErrDamaged):
		r.faulty(doctor.FieldPhone, inbound.RuleRowDamaged, 0)
		return nil
	case err != nil:
		return err
	default:
		r.before = placeOf(d.Profile())
		d.ChangeProfile(r.Edit, doctor.SessionID{}, doctor.Occasion{})
		for _, e := range d.Drain().Events {
			r.changes = append(r.changes, e.Fields...)
		}
		r.stored, r.after = d, placeOf(d.Profile())
	}
	if r.after == r.before || r.after == (staffPlace{}) {
		return nil
	}
	_, err = c.Storage.ByStaffNumber(ctx, r.after.hospital, r.after.number)
	switch {
	case err == nil, errors.Is(err, doctor.ErrDamaged):
		r.taken = true
	case !errors.Is(err, doctor.ErrNotFound):
		return err
	}
	return nil
}

// registered is the doctor that a row describes. There is no password, so nobody can log in with it.
func (c *Core) registered(cmd inbound.ImportCommand, r *importRow) *doctor.Doctor {
	return doctor.Register(doctor.Registration{
		Phone: r.Edit.Phone, Name: r.Edit.Name, Rest: r.Edit,
	}, c.occasion(actor(cmd.Caller), cmd.Origin))
}

// store does what was judged. If somebody else was faster, that is told as a fault of the row: the next import sees it.
func (c *Core) store(ctx context.Context, cmd inbound.ImportCommand, r *importRow) error {
	var err error
	switch r.done {
	case inbound.RowAdded:
		r.fresh.Index(c.Pinyin)
		_, err = c.Storage.Add(ctx, r.fresh) // failures on the phone are forgotten when it first gets a password
	case inbound.RowUpdated:
		on := c.occasion(actor(cmd.Caller), cmd.Origin)
		_, err = c.change(ctx, r.stored.ID(), func(d *doctor.Doctor) error {
			if d.Profile().Phone != r.Edit.Phone {
				return doctor.ErrNotFound // the phone was changed meanwhile: this is no longer whom the row speaks of
			}
			d.ChangeProfile(r.Edit, doctor.SessionID{}, on)
			return nil
		})
	case inbound.RowEqual, inbound.RowFaulty:
	}
	switch {
	case errors.Is(err, doctor.ErrPhoneTaken), errors.Is(err, doctor.ErrNotFound):
		r.faulty(doctor.FieldPhone, inbound.RuleRowMeanwhile, 0)
	case errors.Is(err, doctor.ErrStaffNumberTaken):
		r.faulty(doctor.FieldInternalID, inbound.RuleRowMeanwhile, 0)
	default:
		return err
	}
	return nil
}
