package httpapi

import (
	"net/http"

	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

const (
	fieldOldPassword = wording.FieldOldPassword
	fieldNewPassword = wording.FieldNewPassword
)

// changePassword asks the policy about the new password only to tell every fault at once: the use case asks again,
// knowing the doctor's phone and name.
func (a *api) changePassword(r *http.Request, by inbound.Caller) (answer, error) {
	f, err := readForm(r, fieldOldPassword, fieldNewPassword)
	if err != nil {
		return answer{}, err
	}
	old, _ := f.text(fieldOldPassword)
	chosen := required(f, fieldNewPassword, func(typed string) (doctor.ChosenPassword, error) {
		return a.PasswordPolicy.Choose(fieldNewPassword, doctor.TypedPassword(typed), doctor.Phone{}, doctor.Name{})
	})
	if err := f.done(); err != nil {
		return answer{}, err
	}
	_, err = a.ChangePassword(r.Context(), inbound.ChangePasswordCommand{
		Caller: by,
		Old:    doctor.TypedPassword(old),
		New:    chosen.Password(),
		Origin: originOf(r),
	})
	return answer{data: ""}, err
}
