package app

import (
	"context"
	"flag"
	"strconv"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// whom names one doctor, by id or by phone.
type whom struct{ id, phone *string }

func whomFlags(set *flag.FlagSet) whom {
	return whom{id: set.String("id", "", "the doctor whose id is `N`"), phone: set.String("phone", "", "the doctor who logs in with `PHONE`")}
}

// finder looks a doctor up.
type finder func(context.Context, *application.Core) (*doctor.Doctor, error)

var errWhom = said{"请用 --id 或 --phone 指明医生", "say which doctor, with --id or with --phone"}

func (w whom) finder() (finder, error) {
	switch {
	case (*w.id == "") == (*w.phone == ""):
		return nil, errWhom
	case *w.id != "":
		id, ok := parseID(*w.id)
		if !ok {
			return nil, said{"--id 应为正整数", "--id must be a whole number from 1 on"}
		}
		return func(ctx context.Context, core *application.Core) (*doctor.Doctor, error) {
			seen, err := core.ViewDoctor(ctx, inbound.ViewDoctorCommand{Caller: operator, ID: id})
			return seen.Doctor, err
		}, nil
	}
	phone, err := doctor.ParsePhone(*w.phone)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, core *application.Core) (*doctor.Doctor, error) {
		return core.Storage.ByPhone(ctx, phone)
	}, nil
}

func parseID(word string) (doctor.ID, bool) {
	n, err := strconv.ParseInt(word, 10, 64)
	return doctor.ID(n), err == nil && n > 0
}

// onDoctor gives a command the doctor that its flags name.
func (p program) onDoctor(ctx context.Context, w whom, do func(*application.Core, *doctor.Doctor) error) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	find, err := w.finder()
	if err != nil {
		return p.misuse(err)
	}
	return p.inOffice(ctx, s, func(core *application.Core) error {
		d, err := find(ctx, core)
		if err != nil {
			return err
		}
		return do(core, d)
	})
}
