package storagetest

import (
	"context"
	"errors"

	"hospital.example/doctor-service/domain/doctor"
)

type change = func(*doctor.Doctor) error

// forgives breaks Update: some refusals are taken for success.
func (b *broken) forgives(refusal error, when func(before, after *doctor.Doctor) bool) {
	b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
		before, after := b.dry(id, change)
		d, err := b.Storage.Update(ctx, id, change)
		if errors.Is(err, refusal) && when(before, after) {
			return before, nil
		}
		return d, err
	}
}

// refuses breaks Update: some changes are refused that should not be.
func (b *broken) refuses(refusal error, when func(before, after *doctor.Doctor) bool) {
	b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
		if before, after := b.dry(id, change); before != nil && when(before, after) {
			return nil, refusal
		}
		return b.Storage.Update(ctx, id, change)
	}
}

// looksFirst breaks Update: a rule is checked before the change instead of with it, so that a race slips through.
func (b *broken) looksFirst(refusal error, holds func(after *doctor.Doctor) bool) {
	b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
		before, after := b.dry(id, change)
		fine := holds(after)
		meet()
		d, err := b.Storage.Update(ctx, id, change)
		if errors.Is(err, refusal) && fine {
			return before, nil
		}
		return d, err
	}
}

func numberOf(d *doctor.Doctor) number {
	return number{d.Profile().HospitalID.Int64(), d.Profile().InternalID.String()}
}

var brokenUniqueness = []fault{
	{store: "a change to a taken phone seems to work", caught: []string{"no two doctors have the same phone"}, breaks: func(b *broken) {
		b.forgives(doctor.ErrPhoneTaken, func(_, _ *doctor.Doctor) bool { return true })
	}},
	{store: "a failed Add leaves its event with whoever has the phone", caught: []string{"a failed Add leaves"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			if err != nil {
				owner, _ := b.Storage.ByPhone(ctx, d.Profile().Phone)
				b.note(doctor.Note(owner.ID(), doctor.Registered, now()))
			}
			return id, err
		}
	}},
	{store: "Add looks whether the phone is free, then adds", caught: []string{"of twenty that register"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			_, look := b.Storage.ByPhone(ctx, d.Profile().Phone)
			meet()
			id, err := b.Storage.Add(ctx, d)
			if errors.Is(err, doctor.ErrPhoneTaken) && errors.Is(look, doctor.ErrNotFound) {
				return 1_000_000, nil
			}
			return id, err
		}
	}},
	{store: "Update looks whether the phone is free, then changes", caught: []string{"of twenty that change"}, breaks: func(b *broken) {
		b.looksFirst(doctor.ErrPhoneTaken, func(after *doctor.Doctor) bool {
			_, err := b.Storage.ByPhone(context.Background(), after.Profile().Phone)
			return err != nil
		})
	}},
	{store: "Update looks whether the staff number is free, then changes", caught: []string{"of twenty that take one staff"}, breaks: func(b *broken) {
		b.looksFirst(doctor.ErrStaffNumberTaken, func(after *doctor.Doctor) bool { return b.count.Add(1) <= 20 })
	}},
	{store: "a phone that was ever used stays taken", caught: []string{"a phone that was given up"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			if !b.first(d.Profile().Phone) {
				return 0, doctor.ErrPhoneTaken
			}
			return b.Storage.Add(ctx, d)
		}
	}},
	{store: "staff numbers are compared only when they change", caught: []string{"no two doctors have the same staff"}, breaks: func(b *broken) {
		b.forgives(doctor.ErrStaffNumberTaken, func(before, after *doctor.Doctor) bool {
			return before.Profile().InternalID == after.Profile().InternalID
		})
	}},
	{store: "no hospital is taken for one hospital", caught: []string{"without a hospital or without"}, breaks: func(b *broken) {
		b.refuses(doctor.ErrStaffNumberTaken, func(_, after *doctor.Doctor) bool {
			return numberOf(after) == number{0, "D1"} && !b.first(numberOf(after))
		})
	}},
	{store: "no staff number is taken for one staff number", caught: []string{"without a hospital or without"}, breaks: func(b *broken) {
		b.refuses(doctor.ErrStaffNumberTaken, func(_, after *doctor.Doctor) bool {
			return numberOf(after) == number{7, ""} && !b.first(numberOf(after))
		})
	}},
	{store: "a staff number that was ever used stays taken", caught: []string{"a staff number that was given up"}, breaks: func(b *broken) {
		b.refuses(doctor.ErrStaffNumberTaken, func(_, after *doctor.Doctor) bool {
			return numberOf(after) == number{7, "D1"} && !b.first(numberOf(after))
		})
	}},
	{store: "disabled doctors hold no phone", caught: []string{"a disabled doctor keeps"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			if owner, _ := b.Storage.ByPhone(ctx, d.Profile().Phone); err != nil && owner.Status() == doctor.Disabled {
				return owner.ID(), nil
			}
			return id, err
		}
	}},
}

var brokenAdministrators = []fault{
	{store: "the last administrator may go", caught: []string{"Update that would leave"}, breaks: func(b *broken) {
		b.forgives(doctor.ErrLastAdministrator, func(_, _ *doctor.Doctor) bool { return true })
	}},
	{store: "the last administrator may go unless disabled", caught: []string{"Update that would leave"}, breaks: func(b *broken) {
		b.forgives(doctor.ErrLastAdministrator, func(_, after *doctor.Doctor) bool { return after.Role() == doctor.Ordinary })
	}},
	{store: "disabled administrators count", caught: []string{"a disabled administrator is none"}, breaks: func(b *broken) {
		b.forgives(doctor.ErrLastAdministrator, func(_, _ *doctor.Doctor) bool { return b.administrators(true) > 1 })
	}},
	{store: "only those added as administrators count", caught: []string{"whoever becomes an administrator"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			if d.IsActiveAdministrator() {
				b.count.Add(1)
			}
			return b.Storage.Add(ctx, d)
		}
		b.refuses(doctor.ErrLastAdministrator, func(before, after *doctor.Doctor) bool {
			return before.IsActiveAdministrator() && !after.IsActiveAdministrator() && b.count.Load() < 2
		})
	}},
	{store: "the last administrator may change nothing", caught: []string{"the last administrator may"}, breaks: func(b *broken) {
		b.refuses(doctor.ErrLastAdministrator, func(before, _ *doctor.Doctor) bool {
			return before.IsActiveAdministrator() && b.administrators(false) == 1
		})
	}},
	{store: "without an administrator nobody may change", caught: []string{"where there never was"}, breaks: func(b *broken) {
		b.refuses(doctor.ErrLastAdministrator, func(_, _ *doctor.Doctor) bool { return b.administrators(false) == 0 })
	}},
	{
		store:  "Update looks whether an administrator remains, then changes",
		caught: []string{"two administrators that disable", "twenty administrators that resign"},
		breaks: func(b *broken) {
			b.looksFirst(doctor.ErrLastAdministrator, func(*doctor.Doctor) bool { return b.administrators(false) > 1 })
		},
	},
	{store: "AddFirstAdministrator adds nobody", caught: []string{"AddFirstAdministrator adds"}, breaks: func(b *broken) {
		b.addFirst = func(context.Context, *doctor.Doctor) (doctor.ID, error) { return 0, doctor.ErrAdministratorExists }
	}},
	{store: "AddFirstAdministrator has one word for every refusal", caught: []string{"AddFirstAdministrator is refused"}, breaks: func(b *broken) {
		b.addFirst = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.AddFirstAdministrator(ctx, d)
			if err != nil {
				err = doctor.ErrAdministratorExists
			}
			return id, err
		}
	}},
	{store: "AddFirstAdministrator overlooks a disabled one", caught: []string{"AddFirstAdministrator beside"}, breaks: func(b *broken) {
		b.addFirst = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			if b.administrators(false) == 0 {
				return b.Storage.Add(ctx, d)
			}
			return b.Storage.AddFirstAdministrator(ctx, d)
		}
	}},
	{store: "AddFirstAdministrator asks for the phone first", caught: []string{"AddFirstAdministrator beside"}, breaks: func(b *broken) {
		b.addFirst = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			if _, err := b.Storage.ByPhone(ctx, d.Profile().Phone); err == nil {
				return 0, doctor.ErrPhoneTaken
			}
			return b.Storage.AddFirstAdministrator(ctx, d)
		}
	}},
	{store: "AddFirstAdministrator looks, then adds", caught: []string{"of twenty AddFirstAdministrator"}, breaks: func(b *broken) {
		b.addFirst = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			none := b.administrators(true) == 0
			meet()
			if none {
				return b.Storage.Add(ctx, d)
			}
			return b.Storage.AddFirstAdministrator(ctx, d)
		}
	}},
}
