package httpapi

import (
	"net/http"
	"slices"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// profile is a doctor as the doctor sees it: the fields of the form, null when not set, and what only the service sets.
type profile struct {
	ID           doctor.ID `json:"id"`
	Phone        string    `json:"phone"`
	Name         string    `json:"name"`
	Gender       *string   `json:"gender"`
	BirthDate    *string   `json:"birth_date"`
	HospitalID   *int64    `json:"hospital_id"`
	InternalID   *string   `json:"internal_id"`
	DepartmentID *int64    `json:"department_id"`
	PositionRank *string   `json:"position_rank"`
	Speciality   *string   `json:"speciality"`
	AvatarURL    *string   `json:"avatar_url"`
	Role         string    `json:"role"`
	Status       string    `json:"status"`
	Version      int64     `json:"version"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

func profileOf(d *doctor.Doctor) profile {
	p := d.Profile()
	return profile{
		ID:           d.ID(),
		Phone:        p.Phone.String(),
		Name:         p.Name.String(),
		Gender:       orNull(p.Gender.String()),
		BirthDate:    orNull(p.BirthDate.String()),
		HospitalID:   orNull(p.HospitalID.Int64()),
		InternalID:   orNull(p.InternalID.String()),
		DepartmentID: orNull(p.DepartmentID.Int64()),
		PositionRank: orNull(p.PositionRank.String()),
		Speciality:   orNull(p.Speciality.String()),
		AvatarURL:    orNull(p.AvatarURL.String()),
		Role:         d.Role().String(),
		Status:       d.Status().String(),
		Version:      d.Version(),
		CreatedAt:    d.CreatedAt().UTC(),
		UpdatedAt:    d.UpdatedAt().UTC(),
	}
}

func orNull[T comparable](v T) *T {
	var unset T
	if v == unset {
		return nil
	}
	return &v
}

func (a *api) viewProfile(r *http.Request, by inbound.Caller) (answer, error) {
	seen, err := a.ViewProfile(r.Context(), inbound.ViewProfileCommand{Caller: by})
	if err != nil {
		return answer{}, err
	}
	return answer{data: profileOf(seen.Doctor), tag: tagOf(seen.Doctor)}, nil
}

// profileFields are the members of the form in its order. The last six cannot be set: a form may send back all that it
// has read, so they are taken and never looked at.
var profileFields = []string{
	doctor.FieldPhone, doctor.FieldName, doctor.FieldGender, doctor.FieldBirthDate, doctor.FieldHospitalID,
	doctor.FieldInternalID, doctor.FieldDepartmentID, doctor.FieldPositionRank, doctor.FieldSpeciality,
	doctor.FieldAvatarURL,
	"id", doctor.FieldRole, doctor.FieldStatus, "version", "created_at", "updated_at",
}

// managedFields are those that administrators are shown; of these they set the role as well.
var managedFields = append(slices.Clip(profileFields), "last_login_at")

func (a *api) manageProfile(r *http.Request, by inbound.Caller) (answer, error) {
	f, err := readForm(r, profileFields...)
	if err != nil {
		return answer{}, err
	}
	edit := a.profileEdit(f,
		required(f, doctor.FieldPhone, doctor.ParsePhone), required(f, doctor.FieldName, doctor.ParseName))
	if err := f.done(); err != nil {
		return answer{}, err
	}
	changed, err := a.ManageProfile(r.Context(), inbound.ManageProfileCommand{
		Caller:  by,
		Edit:    edit,
		IfMatch: ifMatch(r.Header.Values("If-Match")),
		Origin:  originOf(r),
	})
	if err != nil {
		return answer{}, err
	}
	return answer{code: http.StatusOK, tag: tagOf(changed.Doctor)}, nil
}

// profileEdit is what a form wishes of a profile, whether or not phone and name had to be there.
func (a *api) profileEdit(f *form, phone doctor.Phone, name doctor.Name) doctor.ProfileEdit {
	return doctor.ProfileEdit{
		Phone:  phone,
		Name:   name,
		Gender: optional(f, doctor.FieldGender, doctor.ParseGender),
		BirthDate: optional(f, doctor.FieldBirthDate, func(typed string) (doctor.BirthDate, error) {
			return doctor.ParseBirthDate(typed, a.Now())
		}),
		HospitalID:   reference(f, doctor.FieldHospitalID),
		InternalID:   optional(f, doctor.FieldInternalID, doctor.ParseStaffNumber),
		DepartmentID: reference(f, doctor.FieldDepartmentID),
		PositionRank: optional(f, doctor.FieldPositionRank, doctor.ParsePositionRank),
		Speciality:   optional(f, doctor.FieldSpeciality, doctor.ParseSpeciality),
		AvatarURL:    optional(f, doctor.FieldAvatarURL, doctor.ParseAvatarURL),
	}
}
