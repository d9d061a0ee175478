package doctor

// Profile is what a doctor tells of itself. Zero values are not set; phone and name always are.
type Profile struct {
	Phone        Phone
	Name         Name
	Gender       Gender
	BirthDate    BirthDate
	HospitalID   Reference
	InternalID   StaffNumber
	DepartmentID Reference
	PositionRank PositionRank
	Speciality   Speciality
	AvatarURL    AvatarURL
}

// The names of a doctor's fields, as clients and events know them.
const (
	FieldPhone        = "phone"
	FieldPassword     = "password"
	FieldName         = "name"
	FieldGender       = "gender"
	FieldBirthDate    = "birth_date"
	FieldHospitalID   = "hospital_id"
	FieldInternalID   = "internal_id"
	FieldDepartmentID = "department_id"
	FieldPositionRank = "position_rank"
	FieldSpeciality   = "speciality"
	FieldAvatarURL    = "avatar_url"
	FieldRole         = "role"
	FieldStatus       = "status"
	FieldKeyword      = "keyword" // of a search
)

// Edit is one wished change: the zero Edit leaves the field alone, SetTo with a zero value clears it.
type Edit[T any] struct {
	to  T
	set bool
}

// SetTo wishes the field to hold v.
func SetTo[T any](v T) Edit[T] { return Edit[T]{to: v, set: true} }

func (e Edit[T]) or(old T) T {
	if e.set {
		return e.to
	}
	return old
}

// ProfileEdit is a form's worth of wished changes. Phone and name cannot be cleared: a zero value there changes nothing.
type ProfileEdit struct {
	Phone        Phone
	Name         Name
	Gender       Edit[Gender]
	BirthDate    Edit[BirthDate]
	HospitalID   Edit[Reference]
	InternalID   Edit[StaffNumber]
	DepartmentID Edit[Reference]
	PositionRank Edit[PositionRank]
	Speciality   Edit[Speciality]
	AvatarURL    Edit[AvatarURL]
}

func (p Profile) with(e ProfileEdit) Profile {
	if !e.Phone.IsZero() {
		p.Phone = e.Phone
	}
	if !e.Name.IsZero() {
		p.Name = e.Name
	}
	p.Gender = e.Gender.or(p.Gender)
	p.BirthDate = e.BirthDate.or(p.BirthDate)
	p.HospitalID = e.HospitalID.or(p.HospitalID)
	p.InternalID = e.InternalID.or(p.InternalID)
	p.DepartmentID = e.DepartmentID.or(p.DepartmentID)
	p.PositionRank = e.PositionRank.or(p.PositionRank)
	p.Speciality = e.Speciality.or(p.Speciality)
	p.AvatarURL = e.AvatarURL.or(p.AvatarURL)
	return p
}

// diff lists the fields in which p differs from the profile before, in the order of the form.
func (p Profile) diff(before Profile) []Change {
	var out []Change
	for _, c := range []Change{
		{FieldPhone, before.Phone.String(), p.Phone.String()},
		{FieldName, before.Name.String(), p.Name.String()},
		{FieldGender, before.Gender.String(), p.Gender.String()},
		{FieldBirthDate, before.BirthDate.String(), p.BirthDate.String()},
		{FieldHospitalID, before.HospitalID.String(), p.HospitalID.String()},
		{FieldInternalID, before.InternalID.String(), p.InternalID.String()},
		{FieldDepartmentID, before.DepartmentID.String(), p.DepartmentID.String()},
		{FieldPositionRank, before.PositionRank.String(), p.PositionRank.String()},
		{FieldSpeciality, before.Speciality.String(), p.Speciality.String()},
		{FieldAvatarURL, before.AvatarURL.String(), p.AvatarURL.String()},
	} {
		if c.Before != c.After {
			out = append(out, c)
		}
	}
	return out
}
