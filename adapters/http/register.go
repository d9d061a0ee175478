package httpapi

import (
	"net/http"
	"strconv"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

func (a *api) register(r *http.Request, by inbound.Caller) (answer, error) {
	f, err := readForm(r, doctor.FieldPhone, doctor.FieldPassword, doctor.FieldName)
	if err != nil {
		return answer{}, err
	}
	phone := required(f, doctor.FieldPhone, doctor.ParsePhone)
	name := required(f, doctor.FieldName, doctor.ParseName)
	password := required(f, doctor.FieldPassword, func(typed string) (doctor.ChosenPassword, error) {
		return a.PasswordPolicy.Choose(doctor.FieldPassword, doctor.TypedPassword(typed), phone, name)
	})
	if err := f.done(); err != nil {
		return answer{}, err
	}
	added, err := a.Register(r.Context(), inbound.RegisterCommand{
		Caller:   by,
		Phone:    phone,
		Name:     name,
		Password: password,
		Origin:   originOf(r),
	})
	return answer{data: strconv.FormatInt(int64(added.ID), 10)}, err
}
