package httpapi

import (
	"net/http"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// loggedIn is what a front end learns from a login.
type loggedIn struct {
	ID    doctor.ID `json:"id"`
	Name  string    `json:"name"`
	Role  string    `json:"role"`
	Token string    `json:"token"`
}

// login asks of phone and password only that they are there: whatever else is wrong with them makes them wrong, and
// that must look the same from outside. An Authorization header means nothing here.
func (a *api) login(r *http.Request) (answer, error) {
	f, err := readForm(r, doctor.FieldPhone, doctor.FieldPassword)
	if err != nil {
		return answer{}, err
	}
	phone, _ := f.text(doctor.FieldPhone)
	password, _ := f.text(doctor.FieldPassword)
	if err := f.done(); err != nil {
		return answer{}, err
	}
	who, err := a.Login(r.Context(), inbound.LoginCommand{
		Phone:    phone,
		Password: doctor.TypedPassword(password),
		Origin:   originOf(r),
	})
	if err != nil {
		return answer{}, err
	}
	visitOf(r).doctor = who.ID
	return answer{data: loggedIn{who.ID, who.Name.String(), who.Role.String(), who.Token}}, nil
}

// logout reads no body, and lets the use case judge the token: one that is over is good enough to log out with.
func (a *api) logout(r *http.Request) (answer, error) {
	_, err := a.Logout(r.Context(), inbound.LogoutCommand{Token: tokenOf(r.Header), Origin: originOf(r)})
	return answer{data: ""}, err
}
