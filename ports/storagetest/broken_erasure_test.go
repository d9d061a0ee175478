package storagetest

import (
	"context"
	"errors"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// erases breaks Erase: something else becomes of what it ends with.
func (b *broken) erases(ended func(ctx context.Context, before *doctor.Doctor, change change, err error) error) {
	b.erasing = func(ctx context.Context, id doctor.ID, change change) error {
		before, _ := b.Storage.Get(ctx, id)
		err := b.Storage.Erase(ctx, id, change)
		if err == nil {
			b.first([2]any{"erased", id})
		}
		return ended(ctx, before, change, err)
	}
}

func (b *broken) hasErased(id doctor.ID) bool { return b.knows([2]any{"erased", id}) }

// keeps leaves what Erase ends with.
func keeps(_ context.Context, _ *doctor.Doctor, _ change, err error) error { return err }

// isThere tells whether a doctor is.
func (b *broken) isThere(id doctor.ID) bool {
	_, err := b.Storage.Get(context.Background(), id)
	return !errors.Is(err, doctor.ErrNotFound)
}

var brokenErasure = []fault{
	{store: "an erased doctor is only disabled", caught: []string{"Erase removes the doctor"}, breaks: func(b *broken) {
		b.erasing = func(ctx context.Context, id doctor.ID, _ change) error {
			_, err := b.Storage.Update(ctx, id, func(d *doctor.Doctor) error { d.Disable(now()); return nil })
			return err
		}
	}},
	{store: "an erased doctor is still found by its keys", caught: []string{"Erase removes the doctor"}, breaks: func(b *broken) {
		var ghosts []*doctor.Doctor
		b.erases(func(_ context.Context, before *doctor.Doctor, _ change, err error) error {
			ghosts = append(ghosts, before)
			return err
		})
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			return func(p *outbound.Page) {
				for _, d := range ghosts {
					if !q.Keyword.IsZero() && d.SearchKeys().Match(q.Keyword) {
						p.Doctors = append(p.Doctors, d)
					}
				}
			}
		})
	}},
	{store: "a change that records nothing erases nobody", caught: []string{"a change that records nothing erases"}, breaks: func(b *broken) {
		b.erasing = func(ctx context.Context, id doctor.ID, change change) error {
			if before, after := b.dry(id, change); before != nil && before.Version() == after.Version() {
				return nil
			}
			return b.Storage.Erase(ctx, id, change)
		}
	}},
	{store: "erasing begins with what this replica saw first", caught: []string{"Erase hands the change"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			first, _ := b.Storage.Get(ctx, id)
			b.known.Store(id, first)
			return id, err
		}
		b.erasing = func(ctx context.Context, id doctor.ID, change change) error {
			return b.Storage.Erase(ctx, id, func(d *doctor.Doctor) error {
				first, _ := b.known.Load(id)
				*d = *first.(*doctor.Doctor)
				return change(d)
			})
		}
	}},
	{store: "the phone of an erased doctor stays taken", caught: []string{"the phone and the staff number"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			if !b.first(d.Profile().Phone) {
				return 0, doctor.ErrPhoneTaken
			}
			return b.Storage.Add(ctx, d)
		}
	}},
	{store: "an erased doctor keeps its staff number", caught: []string{"the phone and the staff number"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			if !b.first(numberOf(d)) {
				return 0, doctor.ErrStaffNumberTaken
			}
			return b.Storage.Add(ctx, d)
		}
	}},
	{store: "the greatest identity is given again", caught: []string{"the identity of an erased doctor"}, breaks: func(b *broken) {
		b.erases(keeps)
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			id, err := b.Storage.Add(ctx, d)
			if b.hasErased(id - 1) {
				id--
			}
			return id, err
		}
	}},
	{store: "erasing ends no session", caught: []string{"the sessions that the change ended"}, breaks: func(b *broken) {
		b.erases(keeps)
		b.rounds(func(r *outbound.Round, _ bool) {
			r.Revocations = drop(func(r outbound.Revocation) bool { return b.hasErased(r.Doctor) })(r.Revocations)
		})
	}},
	{store: "Lookup knows nothing of who is gone", caught: []string{"the sessions that the change ended"}, breaks: func(b *broken) {
		b.lookups(drop(func(r outbound.Revocation) bool { return r.Generation != 0 && !b.isThere(r.Doctor) }))
	}},
	{store: "an error of an erasing change is wrapped", caught: []string{"an error of an erasing change"}, breaks: func(b *broken) {
		b.erases(func(_ context.Context, _ *doctor.Doctor, _ change, err error) error {
			if err != nil {
				err = errors.Join(err)
			}
			return err
		})
	}},
	{store: "an error of change comes too late to keep networks", caught: []string{"an error of an erasing change"}, breaks: func(b *broken) {
		b.erases(func(_ context.Context, _ *doctor.Doctor, _ change, err error) error {
			b.first("erased")
			return err
		})
		b.begins(func(*outbound.Attempt) func(*outbound.Candidate) {
			return func(c *outbound.Candidate) {
				if b.knows("erased") {
					c.Known = 0
				}
			}
		})
	}},
	{store: "erasing nobody is fine", caught: []string{"Erase of an identity", "of twenty that erase one"}, breaks: func(b *broken) {
		b.erases(func(_ context.Context, _ *doctor.Doctor, _ change, err error) error {
			if errors.Is(err, doctor.ErrNotFound) {
				return nil
			}
			return err
		})
	}},
	{store: "who cannot be restored is nobody to erase", caught: []string{"Erase of a doctor that cannot"}, breaks: func(b *broken) {
		b.erases(func(_ context.Context, _ *doctor.Doctor, _ change, err error) error {
			if errors.Is(err, doctor.ErrDamaged) {
				return doctor.ErrNotFound
			}
			return err
		})
	}},
	{store: "a cancelled Erase leaves its event", caught: []string{"a doctor whose Erase is cancelled"}, breaks: func(b *broken) {
		b.erases(func(_ context.Context, before *doctor.Doctor, _ change, err error) error {
			if gaveUp(err) && before != nil {
				b.note(doctor.Note(before.ID(), doctor.DoctorErased, now()))
			}
			return err
		})
	}},
}

var brokenErasedTrail = []fault{
	{store: "erasing takes the events along", caught: []string{"the events of an erased doctor"}, breaks: func(b *broken) {
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			return slices.DeleteFunc(page, func(e doctor.Entry) bool { return !b.isThere(e.Doctor) })
		})
	}},
	{store: "the event of the end keeps its Values", caught: []string{"the events of an erased doctor"}, breaks: func(b *broken) {
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			for i, e := range page {
				if e.Type == doctor.DoctorErased {
					page[i].Values.Source, page[i].Erased = "203.0.113.7", false
				}
			}
			return page
		})
	}},
	{store: "the salt of erased Values stays", caught: []string{"the events of an erased doctor"}, breaks: func(b *broken) {
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			for i := range page {
				page[i].Values.Salt[0] = 1
			}
			return page
		})
	}},
	{store: "an erased event looks like one that had no Values", caught: []string{"the events of an erased doctor"}, breaks: func(b *broken) {
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			for i := range page {
				page[i].Erased = false
			}
			return page
		})
	}},
	{store: "erasing empties all that was stored before", caught: []string{"the Values of other doctors"}, breaks: func(b *broken) {
		b.erases(keeps)
		b.entries(func(page []doctor.Entry) []doctor.Entry {
			for i, e := range page {
				if b.hasErased(e.Doctor - 1) {
					page[i].Values, page[i].Erased = doctor.Values{}, true
				}
			}
			return page
		})
	}},
	{store: "nothing is stored about the erased", caught: []string{"what is still stored about"}, breaks: func(b *broken) {
		b.noting = func(ctx context.Context, e doctor.Event) error {
			if !b.isThere(e.Doctor) {
				return nil
			}
			return b.Storage.Note(ctx, e)
		}
	}},
	{
		store: "Values that came after the end stay", caught: []string{"what is still stored about", "what is stored while"},
		breaks: func(b *broken) {
			b.sweep = func(context.Context) error { return nil }
			b.noting = func(ctx context.Context, e doctor.Event) error {
				meet()
				return b.Storage.Note(ctx, e)
			}
		},
	},
}

// erasesFirst breaks Erase: a rule is looked at before, so that a race slips through.
func (b *broken) erasesFirst(refusal error, holds func(id doctor.ID) bool) {
	b.erasing = func(ctx context.Context, id doctor.ID, change change) error {
		fine := holds(id)
		meet()
		err := b.Storage.Erase(ctx, id, change)
		if errors.Is(err, refusal) && fine {
			return nil
		}
		return err
	}
}

var brokenErasedAtOnce = []fault{
	{store: "the last administrator may be erased", caught: []string{"Erase that would leave"}, breaks: func(b *broken) {
		b.erases(func(_ context.Context, _ *doctor.Doctor, _ change, err error) error {
			if errors.Is(err, doctor.ErrLastAdministrator) {
				return nil
			}
			return err
		})
	}},
	{store: "no administrator is ever erased", caught: []string{"others may be erased"}, breaks: func(b *broken) {
		b.erasing = func(ctx context.Context, id doctor.ID, change change) error {
			if d, err := b.Storage.Get(ctx, id); err == nil && d.Role() == doctor.Administrator {
				return doctor.ErrLastAdministrator
			}
			return b.Storage.Erase(ctx, id, change)
		}
	}},
	{store: "who was ever an administrator is one for ever", caught: []string{"an erased administrator is none"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			if d.Role() == doctor.Administrator {
				b.first("administrator")
			}
			return b.Storage.Add(ctx, d)
		}
		b.addFirst = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			if b.knows("administrator") {
				return 0, doctor.ErrAdministratorExists
			}
			return b.Storage.AddFirstAdministrator(ctx, d)
		}
	}},
	{store: "Erase looks whether the doctor is there, then erases", caught: []string{"of twenty that erase one"}, breaks: func(b *broken) {
		b.erasesFirst(doctor.ErrNotFound, b.isThere)
	}},
	{
		store:  "Erase looks whether an administrator remains, then erases",
		caught: []string{"two administrators that erase", "twenty administrators that are erased"},
		breaks: func(b *broken) {
			b.erasesFirst(doctor.ErrLastAdministrator, func(doctor.ID) bool { return b.activeOnes() > 1 })
		},
	},
	{
		store:  "an update of a doctor that was erased meanwhile seems to work",
		caught: []string{"an update whose doctor is erased", "a doctor that is erased amid"},
		breaks: func(b *broken) {
			b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
				before, _ := b.Storage.Get(ctx, id)
				meet()
				d, err := b.Storage.Update(ctx, id, change)
				if errors.Is(err, doctor.ErrNotFound) && before != nil {
					return before, nil
				}
				return d, err
			}
		},
	},
	{store: "an erasing change is not made again", caught: []string{"a doctor that is updated while"}, breaks: func(b *broken) {
		b.erasing = func(ctx context.Context, id doctor.ID, change change) error {
			runs := 0
			return b.Storage.Erase(ctx, id, func(d *doctor.Doctor) error {
				if runs++; runs > 1 {
					return errors.New("could not serialize access")
				}
				return change(d)
			})
		}
	}},
	{store: "a phone is anybody's while its doctor is erased", caught: []string{"a phone is given to one"}, breaks: func(b *broken) {
		b.erasing = func(ctx context.Context, id doctor.ID, change change) error {
			d, _ := b.Storage.Get(ctx, id)
			b.first(d.Profile().Phone)
			meet()
			return b.Storage.Erase(ctx, id, change)
		}
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			phone := d.Profile().Phone
			meet()
			id, err := b.Storage.Add(ctx, d)
			if errors.Is(err, doctor.ErrPhoneTaken) && b.knows(phone) {
				return 1_000_000, nil
			}
			return id, err
		}
	}},
}

// activeOnes counts active administrators, however many doctors there are.
func (b *broken) activeOnes() (n int) {
	for _, d := range b.everybody() {
		if d.IsActiveAdministrator() {
			n++
		}
	}
	return n
}
