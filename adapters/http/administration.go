package httpapi

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// about serves an endpoint about the one doctor whom the path names. Whoever may not ask is not told whether there is one.
func (a *api) about(
	to inbound.Action, do func(*http.Request, inbound.Caller, doctor.ID) (answer, error),
) http.HandlerFunc {
	return a.bearer(to, func(r *http.Request, by inbound.Caller) (answer, error) {
		id, ok := parseNumber(chi.URLParam(r, "id"))
		if !ok {
			return answer{}, doctor.ErrNotFound
		}
		return do(r, by, doctor.ID(id))
	})
}

// managedProfile is a doctor as administrators see it.
type managedProfile struct {
	profile
	LastLoginAt *time.Time `json:"last_login_at"` // null: never
}

func managedProfileOf(d *doctor.Doctor) managedProfile {
	return managedProfile{profileOf(d), orNull(d.LastLoginAt().UTC())}
}

func (a *api) listDoctors(r *http.Request, by inbound.Caller) (answer, error) {
	q := readQuery(r, doctor.FieldKeyword, doctor.FieldHospitalID, doctor.FieldDepartmentID, doctor.FieldPositionRank,
		doctor.FieldStatus, parameterLimit, parameterCursor)
	filter := inbound.Filter{
		Keyword:      narrowed(q, doctor.FieldKeyword, doctor.ParseKeyword),
		HospitalID:   narrowed(q, doctor.FieldHospitalID, referenceTo(doctor.FieldHospitalID)),
		DepartmentID: narrowed(q, doctor.FieldDepartmentID, referenceTo(doctor.FieldDepartmentID)),
		PositionRank: narrowed(q, doctor.FieldPositionRank, doctor.ParsePositionRank),
		Status:       narrowed(q, doctor.FieldStatus, doctor.ParseStatus),
	}
	doctors := list{
		"doctors", filter.Keyword.String(), filter.HospitalID.String(), filter.DepartmentID.String(),
		filter.PositionRank.String(), filter.Status.String(),
	}
	after, limit := q.after(doctors), q.limit()
	if err := q.done(); err != nil {
		return answer{}, err
	}
	found, err := a.ListDoctors(r.Context(), inbound.ListDoctorsCommand{
		Caller: by, Filter: filter, After: doctor.ID(after), Limit: limit,
	})
	if err != nil {
		return answer{}, err
	}
	items := make([]managedProfile, len(found.Doctors))
	for i, d := range found.Doctors {
		items[i] = managedProfileOf(d)
	}
	return answer{data: page[managedProfile]{items, doctors.next(int64(found.Next))}}, nil
}

func (a *api) viewDoctor(r *http.Request, by inbound.Caller, id doctor.ID) (answer, error) {
	seen, err := a.ViewDoctor(r.Context(), inbound.ViewDoctorCommand{Caller: by, ID: id})
	if err != nil {
		return answer{}, err
	}
	return managed(seen.Doctor), nil
}

func managed(d *doctor.Doctor) answer { return answer{data: managedProfileOf(d), tag: tagOf(d)} }

// manageDoctor asks for the doctor first: that there is none is told before anything of the body is read.
func (a *api) manageDoctor(r *http.Request, by inbound.Caller, id doctor.ID) (answer, error) {
	if _, err := a.ViewDoctor(r.Context(), inbound.ViewDoctorCommand{Caller: by, ID: id}); err != nil {
		return answer{}, err
	}
	f, err := readForm(r, managedFields...)
	if err != nil {
		return answer{}, err
	}
	edit := a.profileEdit(f, kept(f, doctor.FieldPhone, doctor.ParsePhone), kept(f, doctor.FieldName, doctor.ParseName))
	role := kept(f, doctor.FieldRole, doctor.ParseRole)
	if err := f.done(); err != nil {
		return answer{}, err
	}
	changed, err := a.ManageDoctor(r.Context(), inbound.ManageDoctorCommand{
		Caller:  by,
		ID:      id,
		Edit:    edit,
		Role:    role,
		IfMatch: ifMatch(r.Header.Values("If-Match")),
		Origin:  originOf(r),
	})
	if err != nil {
		return answer{}, err
	}
	return managed(changed.Doctor), nil
}

// doctorCommand is what a request without a body asks to be done to a doctor as a whole.
func doctorCommand(r *http.Request, by inbound.Caller, id doctor.ID) inbound.DoctorCommand {
	return inbound.DoctorCommand{
		Caller: by, ID: id, IfMatch: ifMatch(r.Header.Values("If-Match")), Origin: originOf(r),
	}
}

func (a *api) disableDoctor(r *http.Request, by inbound.Caller, id doctor.ID) (answer, error) {
	return newVersion(a.DisableDoctor(r.Context(), doctorCommand(r, by, id)))
}

func (a *api) enableDoctor(r *http.Request, by inbound.Caller, id doctor.ID) (answer, error) {
	return newVersion(a.EnableDoctor(r.Context(), doctorCommand(r, by, id)))
}

// newVersion shows of a doctor that was changed no more than that.
func newVersion(result inbound.ProfileResult, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return answer{data: "", tag: tagOf(result.Doctor)}, nil
}

// newPassword is shown once, to the administrator who hands it on.
type newPassword struct {
	Password string `json:"password"`
}

func (a *api) resetPassword(r *http.Request, by inbound.Caller, id doctor.ID) (answer, error) {
	reset, err := a.ResetPassword(r.Context(), doctorCommand(r, by, id))
	if err != nil {
		return answer{}, err
	}
	return answer{data: newPassword{reset.Password.Reveal()}, tag: tagOf(reset.Doctor)}, nil
}

func (a *api) eraseDoctor(r *http.Request, by inbound.Caller, id doctor.ID) (answer, error) {
	_, err := a.EraseDoctor(r.Context(), doctorCommand(r, by, id))
	return answer{data: ""}, err
}
