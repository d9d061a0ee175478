package application

import (
	"context"
	"crypto/rand"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// Login proves a password and gives a token. An unknown phone walks the same way as a wrong password, hash included, so
// that neither text nor time tells them apart.
func (c *Core) Login(ctx context.Context, cmd inbound.LoginCommand) (inbound.LoginResult, error) {
	d, err := c.provePassword(ctx, c.attempt(cmd.Phone, cmd.Origin), cmd.Password, cmd.Origin, doctor.LoggedIn)
	if err != nil {
		return inbound.LoginResult{}, err
	}
	var session doctor.SessionID
	_, _ = rand.Read(session[:])
	now := c.Clock()
	token, err := c.Tokens.Issue(outbound.Claims{
		Doctor:     d.ID(),
		Session:    session,
		Role:       d.Role(),
		Generation: d.Generation(), // as it was before hashing: a change of password meanwhile voids this token
		LoggedInAt: now,
		IssuedAt:   now,
		Expires:    now.Add(c.Settings.TokenTTL),
		Restricted: d.MustChangePassword(),
	})
	if err != nil {
		return inbound.LoginResult{}, err
	}
	return inbound.LoginResult{ID: d.ID(), Name: d.Profile().Name, Role: d.Role(), Token: token}, nil
}
