package application_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// found lists the ids of those that a keyword finds.
func (w *world) found(keyword string) []doctor.ID {
	w.t.Helper()
	return w.listed(inbound.Filter{Keyword: must(doctor.ParseKeyword(keyword))})
}

func (w *world) listed(f inbound.Filter) (ids []doctor.ID) {
	w.t.Helper()
	page, err := w.ListDoctors(context.Background(), inbound.ListDoctorsCommand{Caller: operator, Filter: f, Limit: 100})
	require.NoError(w.t, err)
	return idsOf(page)
}

func idsOf(page inbound.DoctorsResult) (ids []doctor.ID) {
	for _, d := range page.Doctors {
		ids = append(ids, d.ID())
	}
	return ids
}

func TestWhoeverTheCoreStoresIsFoundByNamePinyinPhoneAndStaffNumber(t *testing.T) {
	ctx := context.Background()
	newcomer := application.NewAdministrator{Phone: must(doctor.ParsePhone(phone)), Name: must(doctor.ParseName("单雄信"))}
	change := edit(phone)
	change.Name = newcomer.Name
	for name, store := range map[string]func(w *world) doctor.ID{
		"registered": func(w *world) doctor.ID {
			return must(w.Register(ctx, inbound.RegisterCommand{
				Caller: operator, Phone: newcomer.Phone, Name: newcomer.Name, Password: w.chosen(rightPassword), Origin: ward,
			})).ID
		},
		"an administrator of the command line": func(w *world) doctor.ID {
			newcomer.Password = w.chosen(rightPassword)
			return must(w.CreateAdministrator(ctx, newcomer))
		},
		"the first administrator": func(w *world) doctor.ID {
			newcomer.Password = w.chosen(rightPassword)
			require.NoError(w.t, w.Bootstrap(ctx, newcomer, false))
			return must(w.store.ByPhone(ctx, newcomer.Phone)).ID()
		},
		"after an own edit": func(w *world) doctor.ID {
			w.doctor("13700000001", doctor.Ordinary)
			_, caller := w.session("13700000001", rightPassword)
			return must(w.manage(caller, change, nil)).ID()
		},
		"after an administrator's edit": func(w *world) doctor.ID {
			id := w.doctor("13700000001", doctor.Ordinary).ID()
			must(w.ManageDoctor(ctx, inbound.ManageDoctorCommand{Caller: operator, ID: id, Edit: change, Origin: ward}))
			return id
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := store(w)
			for _, keyword := range []string{"单", "雄", "雄信", "单雄信", "shanxiong", "xiongxin", "shan", "sxx", "xx", "1391", phone, "+86 139-1234-5678"} {
				require.Equal(t, []doctor.ID{id}, w.found(keyword), keyword)
			}
			for _, nobody := range []string{"dan", "王", "xiaoming", "1370", "3912"} {
				require.Empty(t, w.found(nobody), nobody)
			}
			number := doctor.ProfileEdit{InternalID: doctor.SetTo(must(doctor.ParseStaffNumber("DOC-7")))}
			must(w.ManageDoctor(ctx, inbound.ManageDoctorCommand{Caller: operator, ID: id, Edit: number, Origin: ward}))
			for _, keyword := range []string{"doc", "DOC-7", "doc7", "单"} {
				require.Equal(t, []doctor.ID{id}, w.found(keyword), keyword)
			}
			require.Empty(t, w.found("oc7"))
		})
	}
}

func TestAListHoldsThoseThatFitItsFilterPageByPage(t *testing.T) {
	w := newWorld(t)
	var ids []doctor.ID
	for i := range 5 {
		d := w.doctor(fmt.Sprintf("1370000000%d", i), doctor.Ordinary)
		place := doctor.ProfileEdit{
			HospitalID:   doctor.SetTo(must(doctor.ParseReference("", 3))),
			DepartmentID: doctor.SetTo(must(doctor.ParseReference("", int64(5+i%2)))),
			PositionRank: doctor.SetTo(must(doctor.ParsePositionRank([]string{"主任医师", "医师"}[i%2]))),
		}
		must(w.ManageDoctor(context.Background(), inbound.ManageDoctorCommand{Caller: operator, ID: d.ID(), Edit: place, Origin: ward}))
		ids = append(ids, d.ID())
	}
	must(w.DisableDoctor(context.Background(), to(ids[0], operator)))
	require.Equal(t, ids, w.listed(inbound.Filter{}))
	require.Equal(t, ids, w.listed(inbound.Filter{HospitalID: must(doctor.ParseReference("", 3))}))
	require.Empty(t, w.listed(inbound.Filter{HospitalID: must(doctor.ParseReference("", 4))}))
	require.Equal(t, []doctor.ID{ids[1], ids[3]}, w.listed(inbound.Filter{DepartmentID: must(doctor.ParseReference("", 6))}))
	require.Equal(t, []doctor.ID{ids[1], ids[3]}, w.listed(inbound.Filter{PositionRank: must(doctor.ParsePositionRank("医师"))}))
	require.Equal(t, ids[:1], w.listed(inbound.Filter{Status: doctor.Disabled}))
	require.Equal(t, ids[2:3], w.listed(inbound.Filter{Status: doctor.Active, Keyword: must(doctor.ParseKeyword("13700000002"))}))

	cmd := inbound.ListDoctorsCommand{Caller: operator, Limit: 2}
	first := must(w.ListDoctors(context.Background(), cmd))
	require.Equal(t, ids[:2], idsOf(first))
	cmd.After, cmd.Limit = first.Next, 3
	last := must(w.ListDoctors(context.Background(), cmd))
	require.Equal(t, ids[2:], idsOf(last))
	require.Zero(t, last.Next)
}

func TestOtherServicesLookUpThoseWhoAreThere(t *testing.T) {
	w := newWorld(t)
	d, other := w.doctor(phone, doctor.Ordinary), w.doctor("13700000001", doctor.Ordinary)
	_, caller := w.session(phone, rightPassword)
	erased := w.doctor("13700000002", doctor.Ordinary)
	cmd := to(erased.ID(), operator)
	cmd.IfMatch = version(erased.Version())
	must(w.EraseDoctor(context.Background(), cmd))
	lookUp := func(by inbound.Caller, ids ...doctor.ID) ([]doctor.ID, error) {
		page, err := w.LookUpDoctors(context.Background(), inbound.LookUpDoctorsCommand{Caller: by, IDs: ids})
		return idsOf(page), err
	}
	found, err := lookUp(caller, other.ID(), 999, erased.ID(), d.ID(), other.ID(), 0)
	require.NoError(t, err)
	require.Equal(t, []doctor.ID{d.ID(), other.ID()}, found)
	found, err = lookUp(caller)
	require.NoError(t, err)
	require.Empty(t, found, "whoever asks for nobody is told of nobody")
	found, err = lookUp(caller, erased.ID())
	require.NoError(t, err)
	require.Empty(t, found)

	_, err = lookUp(inbound.Caller{}, d.ID())
	require.ErrorIs(t, err, inbound.ErrUnauthenticated)
	caller.Restricted = true
	_, err = lookUp(caller, d.ID())
	require.ErrorIs(t, err, doctor.ErrPasswordChangeNeeded)
}

func TestADamagedDoctorIsLeftOutOfListsAndTold(t *testing.T) {
	w, reports := newWorld(t), &told{}
	w.Reporter = reports
	d, damaged := w.doctor(phone, doctor.Ordinary), w.doctor("13700000001", doctor.Ordinary)
	w.store.Damage(damaged.ID())
	require.Equal(t, []doctor.ID{d.ID()}, w.listed(inbound.Filter{}))
	_, caller := w.session(phone, rightPassword)
	page, err := w.LookUpDoctors(context.Background(), inbound.LookUpDoctorsCommand{Caller: caller, IDs: []doctor.ID{damaged.ID(), d.ID()}})
	require.NoError(t, err)
	require.Equal(t, []doctor.ID{d.ID()}, idsOf(page))
	const left = "a stored doctor is damaged and was left out of a list"
	require.Equal(t, []string{left, left}, reports.all())
	require.Equal(t, strconv.FormatInt(int64(damaged.ID()), 10), reports.details[0])
	require.ErrorIs(t, may("view")(w, to(damaged.ID(), operator)), doctor.ErrDamaged)
	_, err = w.LookUpDoctors(context.Background(), inbound.LookUpDoctorsCommand{Caller: caller, IDs: []doctor.ID{damaged.ID()}})
	require.ErrorIs(t, err, doctor.ErrDamaged, "asked for alone it is not one that nobody has")
}
