// Package application holds the use cases: each says in a screen what happens, in which order, and leaves the rules of
// a doctor to the aggregate and keeping things to the ports.
//
//	inbound.UseCase  →  Core.Login, Core.Register, …  →  aggregate, Storage, Passwords, Tokens
//
// Beside them stand what they share: the Denylist that says in memory which tokens are void, the turns in which passwords
// are tried, and the jobs that keep list and storage in shape (Startup, Follower, Upkeep, Indexing).
package application

import (
	"context"
	"crypto/rand"
	"net/netip"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// Core is what the use cases stand on.
type Core struct {
	Storage   outbound.Storage
	Passwords outbound.Passwords
	Tokens    outbound.Tokens
	Denylist  *Denylist
	Clock     outbound.Clock
	Pinyin    outbound.Pinyin
	Reporter  outbound.Reporter
	Settings  Settings

	turns turns
}

// Settings are the rules that an operator chooses.
type Settings struct {
	Registration    Registration
	Policy          doctor.PasswordPolicy
	TokenTTL        time.Duration // how long a login lasts
	ReauthWindow    time.Duration // how fresh a login must be to change the phone
	LoginFailures   int           // of one account from one network, before waits begin
	SourceFailures  int           // of one network, before it must wait
	AccountFailures int           // of one account in a row, before all networks but those it knows must wait
}

// Registration says who may register a doctor.
type Registration string

// The registration modes.
const (
	ByAdministrator Registration = "admin"
	ByAnyone        Registration = "open"
	ByNobody        Registration = "closed"
)

// UseCases hands out everything that may be asked over the network, each timed and counted by the observer.
func (c *Core) UseCases(o outbound.Observer) inbound.UseCases {
	return inbound.UseCases{
		Authorize:      Observed("authorize", o, c.Authorize),
		Login:          Observed("login", o, c.Login),
		Logout:         Observed("logout", o, c.Logout),
		Register:       Observed("register", o, c.Register),
		ViewProfile:    Observed("view_profile", o, c.ViewProfile),
		ManageProfile:  Observed("manage_profile", o, c.ManageProfile),
		ChangePassword: Observed("change_password", o, c.ChangePassword),

		LookUpDoctors: Observed("look_up_doctors", o, c.LookUpDoctors),
		ListDoctors:   Observed("list_doctors", o, c.ListDoctors),
		ViewDoctor:    Observed("view_doctor", o, c.ViewDoctor),
		ManageDoctor:  Observed("manage_doctor", o, c.ManageDoctor),
		DisableDoctor: Observed("disable_doctor", o, c.DisableDoctor),
		EnableDoctor:  Observed("enable_doctor", o, c.EnableDoctor),
		ResetPassword: Observed("reset_password", o, c.ResetPassword),
		EraseDoctor:   Observed("erase_doctor", o, c.EraseDoctor),
		ListEvents:    Observed("list_events", o, c.ListEvents),
	}
}

// Observed times a use case and tells how it ended; the command stays unseen.
func Observed[C, R any](name string, o outbound.Observer, next inbound.UseCase[C, R]) inbound.UseCase[C, R] {
	return func(ctx context.Context, command C) (R, error) {
		began := time.Now()
		result, err := next(ctx, command)
		o.Observe(ctx, name, time.Since(began), err)
		return result, err
	}
}

// actor is who a caller is to the audit trail.
func actor(by inbound.Caller) doctor.Actor {
	if by.Operator {
		return doctor.CommandLine
	}
	return doctor.By(by.ID)
}

// occasion notes when, by whom and from where something happens, with a fresh salt.
func (c *Core) occasion(actor doctor.Actor, from inbound.Origin) doctor.Occasion {
	on := doctor.Occasion{At: c.Clock(), Actor: actor, RequestID: from.RequestID}
	if from.Address != (netip.Addr{}) {
		on.Source = from.Address.Unmap().String()
	}
	_, _ = rand.Read(on.Salt[:]) // never fails: the runtime ends the program instead
	return on
}
