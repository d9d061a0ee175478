package application

import (
	"context"
	"errors"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// A revocation outlives its token by more than the replicas' clocks may differ.
const revocationMargin = time.Minute

// Logout voids the token. It answers only after the revocation is stored; a token that no longer works needs none.
func (c *Core) Logout(ctx context.Context, cmd inbound.LogoutCommand) (inbound.Done, error) {
	claims, err := c.Tokens.Verify(cmd.Token)
	switch {
	case errors.Is(err, outbound.ErrTokenExpired):
		return inbound.Done{}, nil
	case errors.Is(err, outbound.ErrTokenInvalid) && cmd.Token != "":
		return inbound.Done{}, c.refuseToken(ctx, outbound.Warning, err.Error(), cmd.Origin)
	case errors.Is(err, outbound.ErrTokenInvalid):
		return inbound.Done{}, inbound.ErrUnauthenticated
	case err != nil:
		return inbound.Done{}, err
	}
	if c.Denylist.Voids(claims) {
		return inbound.Done{}, nil
	}
	expires := claims.Expires.Add(revocationMargin)
	event := doctor.Note(claims.Doctor, doctor.LoggedOut, c.occasion(doctor.By(claims.Doctor), cmd.Origin))
	if err := c.Storage.Revoke(ctx, claims.Session, expires, event); err != nil {
		return inbound.Done{}, err
	}
	c.Denylist.Add(outbound.Revocation{Session: claims.Session, Expires: expires})
	return inbound.Done{}, nil
}
