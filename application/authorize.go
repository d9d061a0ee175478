package application

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// Authorize says who bears a token and whether it may do what it is about to. Nothing is read from storage for it, as
// long as the denylist is fresh.
func (c *Core) Authorize(ctx context.Context, cmd inbound.AuthorizeCommand) (inbound.Caller, error) {
	if cmd.To == inbound.RegisterDoctor {
		switch c.Settings.Registration {
		case ByNobody:
			return inbound.Caller{}, inbound.ErrForbidden
		case ByAnyone:
			return inbound.Caller{}, nil // whoever it is, it registers as nobody
		}
	}
	claims, err := c.Tokens.Verify(cmd.Token)
	switch {
	case errors.Is(err, outbound.ErrTokenInvalid) && cmd.Token != "":
		return inbound.Caller{}, c.refuseToken(ctx, outbound.Warning, err.Error(), cmd.Origin)
	case errors.Is(err, outbound.ErrTokenInvalid), errors.Is(err, outbound.ErrTokenExpired):
		return inbound.Caller{}, inbound.ErrUnauthenticated
	case err != nil:
		return inbound.Caller{}, err
	}
	switch err := c.alive(ctx, claims); {
	case errors.Is(err, inbound.ErrUnauthenticated):
		return inbound.Caller{}, c.refuseToken(ctx, outbound.Info, fmt.Sprintf("a session of doctor %d that was ended", claims.Doctor), cmd.Origin)
	case err != nil:
		return inbound.Caller{}, err
	}
	caller := inbound.Caller{
		ID: claims.Doctor, Role: claims.Role, Session: claims.Session, Generation: claims.Generation,
		LoggedInAt: claims.LoggedInAt, Restricted: claims.Restricted,
	}
	err = c.may(caller, cmd.To)
	if errors.Is(err, inbound.ErrForbidden) {
		c.noteRefusal(ctx, caller, cmd.Origin)
	}
	return caller, err
}

// refuseToken tells operators why a token was not taken: they may be looking at an attack. Whoever bears it learns no
// reason, and the log never sees it. That a token has expired, or that there is none, is no news.
func (c *Core) refuseToken(ctx context.Context, l outbound.Level, why string, from inbound.Origin) error {
	c.Reporter.Report(ctx, l, "a token was refused",
		outbound.Detail{Name: "why", Value: why},
		outbound.Detail{Name: "network", Value: network(from.Address)},
		outbound.Detail{Name: "request_id", Value: from.RequestID})
	return inbound.ErrUnauthenticated
}

// noteRefusal keeps in the audit trail that somebody reached for what its role does not allow. The answer is the same
// whether or not that could be stored.
func (c *Core) noteRefusal(ctx context.Context, caller inbound.Caller, from inbound.Origin) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupTimeout) // hanging up hides nothing
	defer cancel()
	event := doctor.Note(caller.ID, doctor.AccessRefused, c.occasion(doctor.By(caller.ID), from))
	if err := c.Storage.Note(ctx, event); err != nil {
		c.Reporter.Report(ctx, outbound.Failure, "a refusal was not stored",
			outbound.Detail{Name: "request_id", Value: from.RequestID}, outbound.Detail{Name: "error", Value: err.Error()})
	}
}

// still asks again when a use case begins: since Authorize the client has sent a body, for which it may take seconds, and
// its session may have ended; and no other driver may go around the table of rights.
func (c *Core) still(caller inbound.Caller, to inbound.Action) error {
	if caller.Operator {
		return nil
	}
	claims := outbound.Claims{Doctor: caller.ID, Session: caller.Session, Generation: caller.Generation}
	if c.Denylist.Voids(claims) {
		return inbound.ErrUnauthenticated
	}
	return c.may(caller, to)
}

// may is the table of rights.
func (c *Core) may(caller inbound.Caller, to inbound.Action) error {
	switch {
	case to == inbound.RegisterDoctor && c.Settings.Registration == ByAnyone:
		return nil
	case to == inbound.RegisterDoctor && c.Settings.Registration == ByNobody:
		return inbound.ErrForbidden
	case caller.ID == 0:
		return inbound.ErrUnauthenticated
	case caller.Restricted && to != inbound.ChangeOwnPassword:
		return doctor.ErrPasswordChangeNeeded
	case (to == inbound.RegisterDoctor || to == inbound.Administer) && caller.Role != doctor.Administrator:
		return inbound.ErrForbidden
	}
	return nil
}

// How long storage is waited for when the denylist is late, and with what follows a request's own business.
const lookupTimeout = time.Second

// alive tells whether a genuine token is still good. What cannot be known is never "good": a late denylist asks storage,
// and storage that does not answer is an error.
func (c *Core) alive(ctx context.Context, claims outbound.Claims) error {
	fresh := c.Denylist.Fresh() // before looking: what a fresh list holds was added before it was marked fresh
	if c.Denylist.Voids(claims) {
		return inbound.ErrUnauthenticated
	}
	if fresh {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	found, err := c.Storage.Lookup(ctx, claims.Doctor, claims.Session)
	if err != nil {
		return fmt.Errorf("state of revocations unknown: %w: %w", outbound.ErrUnavailable, err)
	}
	c.Denylist.Add(found...)
	if c.Denylist.Voids(claims) {
		return inbound.ErrUnauthenticated
	}
	return nil
}
