// Package stafflist reads and writes lists of doctors as spreadsheets keep them, in CSV.
//
//	file  →  encoding.go: UTF-8 or GB18030  →  records.go: cells  →  header.go: which column is which  →  inbound.StaffRow
//	doctors  →  columns  →  escape.go: what a spreadsheet would run  →  file
//
// What Write wrote, Open reads back unchanged, line breaks and quotation marks included.
package stafflist

import (
	"strconv"
	"strings"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// column is a column of the list.
type column struct {
	field   string
	chinese string
	also    []string // other names that it goes by
	read    reader   // nil: it is taken and never looked at, so that a list that was exported can be imported
	show    func(*doctor.Doctor) string
}

// reader takes a cell into an edit. today is when a date of birth is read.
type reader func(e *doctor.ProfileEdit, cell string, today time.Time) error

// columns in the order in which they are written.
var columns = []column{
	{"id", "医生ID", []string{"编号"}, nil, func(d *doctor.Doctor) string {
		return strconv.FormatInt(int64(d.ID()), 10)
	}},
	{
		doctor.FieldPhone, "手机号",
		[]string{"手机", "电话", "手机号码", "联系电话"},
		func(e *doctor.ProfileEdit, cell string, _ time.Time) (err error) {
			e.Phone, err = doctor.ParsePhone(cell)
			return err
		}, shown(func(p doctor.Profile) string { return p.Phone.String() }),
	},
	{
		doctor.FieldName, "姓名",
		[]string{"名字", "医生姓名"},
		func(e *doctor.ProfileEdit, cell string, _ time.Time) (err error) {
			e.Name, err = doctor.ParseName(strings.ReplaceAll(cell, wideBlank, " "))
			return err
		}, shown(func(p doctor.Profile) string { return p.Name.String() }),
	},
	{
		doctor.FieldGender, "性别", nil,
		optional(func(e *doctor.ProfileEdit) *doctor.Edit[doctor.Gender] { return &e.Gender }, doctor.ParseGender),
		shown(func(p doctor.Profile) string { return p.Gender.String() }),
	},
	{
		doctor.FieldBirthDate, "出生日期",
		[]string{"生日", "出生年月日"},
		func(e *doctor.ProfileEdit, cell string, today time.Time) error {
			parse := func(raw string) (doctor.BirthDate, error) { return doctor.ParseBirthDate(day(raw), today) }
			return set(&e.BirthDate, cell, parse)
		}, shown(func(p doctor.Profile) string { return p.BirthDate.String() }),
	},
	{
		doctor.FieldHospitalID, "所属医院",
		[]string{"医院id", "所属医院id", "所属医院的id"},
		optional(func(e *doctor.ProfileEdit) *doctor.Edit[doctor.Reference] { return &e.HospitalID }, reference(doctor.FieldHospitalID)),
		shown(func(p doctor.Profile) string { return p.HospitalID.String() }),
	},
	{
		doctor.FieldInternalID, "院内工号",
		[]string{"工号"},
		optional(func(e *doctor.ProfileEdit) *doctor.Edit[doctor.StaffNumber] { return &e.InternalID }, doctor.ParseStaffNumber),
		shown(func(p doctor.Profile) string { return p.InternalID.String() }),
	},
	{
		doctor.FieldDepartmentID, "所属科室",
		[]string{"科室id", "所属科室id", "所属科室的id"},
		optional(func(e *doctor.ProfileEdit) *doctor.Edit[doctor.Reference] { return &e.DepartmentID }, reference(doctor.FieldDepartmentID)),
		shown(func(p doctor.Profile) string { return p.DepartmentID.String() }),
	},
	{
		doctor.FieldPositionRank, "职称等级",
		[]string{"职称"},
		optional(func(e *doctor.ProfileEdit) *doctor.Edit[doctor.PositionRank] { return &e.PositionRank }, doctor.ParsePositionRank),
		shown(func(p doctor.Profile) string { return p.PositionRank.String() }),
	},
	{
		doctor.FieldSpeciality, "擅长方向",
		[]string{"擅长"},
		optional(func(e *doctor.ProfileEdit) *doctor.Edit[doctor.Speciality] { return &e.Speciality }, doctor.ParseSpeciality),
		shown(func(p doctor.Profile) string { return p.Speciality.String() }),
	},
	{
		doctor.FieldAvatarURL, "头像地址",
		[]string{"头像"},
		optional(func(e *doctor.ProfileEdit) *doctor.Edit[doctor.AvatarURL] { return &e.AvatarURL }, doctor.ParseAvatarURL),
		shown(func(p doctor.Profile) string { return p.AvatarURL.String() }),
	},
	{doctor.FieldRole, "角色", nil, nil, func(d *doctor.Doctor) string { return d.Role().String() }},
	{doctor.FieldStatus, "账号状态", []string{"状态"}, nil, func(d *doctor.Doctor) string { return d.Status().String() }},
	{"version", "版本", []string{"版本号"}, nil, func(d *doctor.Doctor) string { return strconv.FormatInt(d.Version(), 10) }},
	{"created_at", "创建时间", []string{"注册时间"}, nil, func(d *doctor.Doctor) string { return instant(d.CreatedAt()) }},
	{"updated_at", "更新时间", []string{"修改时间"}, nil, func(d *doctor.Doctor) string { return instant(d.UpdatedAt()) }},
	{"last_login_at", "最近登录时间", []string{"最后登录时间", "上次登录时间"}, nil, func(d *doctor.Doctor) string {
		return instant(d.LastLoginAt())
	}},
}

// optional reads a cell that may be empty: the field is not set.
func optional[T any](place func(*doctor.ProfileEdit) *doctor.Edit[T], parse func(string) (T, error)) reader {
	return func(e *doctor.ProfileEdit, cell string, _ time.Time) error { return set(place(e), cell, parse) }
}

func set[T any](place *doctor.Edit[T], cell string, parse func(string) (T, error)) (err error) {
	var value T
	if strings.TrimSpace(cell) != "" {
		value, err = parse(cell)
	}
	*place = doctor.SetTo(value)
	return err
}

// reference reads an id in plain digits; 0 is none, as in the form.
func reference(field string) func(string) (doctor.Reference, error) {
	return func(raw string) (doctor.Reference, error) {
		s := strings.TrimSpace(raw)
		if s == "0" {
			return doctor.Reference{}, nil
		}
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil || s[0] == '+' {
			id = -1
		}
		return doctor.ParseReference(field, id)
	}
}

// wideBlank is as wide as a Chinese character; lists have it between a surname and a name of one character.
const wideBlank = "\u3000"

// day is a date in the form of the field; spreadsheets in China save 1985-03-02 as 1985/3/2.
func day(raw string) string {
	if date, err := time.Parse("2006/1/2", strings.TrimSpace(raw)); err == nil {
		return date.Format(time.DateOnly)
	}
	return raw
}

func shown(text func(doctor.Profile) string) func(*doctor.Doctor) string {
	return func(d *doctor.Doctor) string { return text(d.Profile()) }
}

// instant is empty for a time that has not come.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
