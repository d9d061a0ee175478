package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// shown is one named fact; a nil value is not set.
type shown struct {
	name  string
	value any
}

// factsOf is everything about a doctor, under the names that clients know; of the password only what it is good for.
func factsOf(d *doctor.Doctor) []shown {
	p := d.Profile()
	return []shown{
		{"id", d.ID()},
		{doctor.FieldPhone, p.Phone.String()},
		{doctor.FieldName, p.Name.String()},
		{doctor.FieldGender, unlessZero(p.Gender.String())},
		{doctor.FieldBirthDate, unlessZero(p.BirthDate.String())},
		{doctor.FieldHospitalID, unlessZero(p.HospitalID.Int64())},
		{doctor.FieldInternalID, unlessZero(p.InternalID.String())},
		{doctor.FieldDepartmentID, unlessZero(p.DepartmentID.Int64())},
		{doctor.FieldPositionRank, unlessZero(p.PositionRank.String())},
		{doctor.FieldSpeciality, unlessZero(p.Speciality.String())},
		{doctor.FieldAvatarURL, unlessZero(p.AvatarURL.String())},
		{doctor.FieldRole, d.Role().String()},
		{doctor.FieldStatus, d.Status().String()},
		{"password_is", passwordOf(d)},
		{"version", d.Version()},
		{"created_at", d.CreatedAt()},
		{"updated_at", d.UpdatedAt()},
		{"last_login_at", unlessZero(d.LastLoginAt())},
	}
}

func passwordOf(d *doctor.Doctor) string {
	switch {
	case d.Credential().IsZero():
		return "missing" // nobody can log in until it is reset
	case d.MustChangePassword():
		return "to be changed"
	}
	return "chosen"
}

// factsOfEvent is what happened to a doctor, as clients see it. What identifies people is gone once the doctor was erased.
func factsOfEvent(e doctor.Entry) []shown {
	type change struct {
		Field  string `json:"field"`
		Before any    `json:"before"`
		After  any    `json:"after"`
	}
	var changes any
	if !e.Erased {
		list := make([]change, len(e.Values.Changes))
		for i, c := range e.Values.Changes {
			list[i] = change{c.Field, unlessZero(c.Before), unlessZero(c.After)}
		}
		changes = list
	}
	return []shown{
		{"id", e.Number},
		{"type", e.Type},
		{"version", unlessZero(e.Version)},
		{"at", e.At.UTC()},
		{"actor", e.Actor},
		{"fields", append([]string{}, e.Fields...)},
		{"changes", changes},
		{"source", unlessZero(e.Values.Source)},
		{"request_id", unlessZero(e.Values.RequestID)},
	}
}

func unlessZero[T comparable](v T) any {
	var unset T
	if v == unset {
		return nil
	}
	return v
}

// inWords is a fact's value for people.
func (f shown) inWords() string {
	switch value := f.value.(type) {
	case nil:
		return "-"
	case time.Time:
		return value.UTC().Format(time.RFC3339)
	default:
		return onALine(fmt.Sprint(value))
	}
}

// object writes facts as one line of JSON, in their order.
func object(facts []shown) (string, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	for i, f := range facts {
		line.WriteByte("{,"[min(i, 1)])
		if err := encoder.Encode(f.name); err != nil {
			return "", err
		}
		line.WriteByte(':')
		if err := encoder.Encode(f.value); err != nil {
			return "", err
		}
	}
	line.WriteByte('}')
	return string(bytes.ReplaceAll(line.Bytes(), []byte("\n"), nil)), nil
}
