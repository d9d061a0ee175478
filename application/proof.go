package application

import (
	"context"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// provePassword is the one way to prove a password; every wrong one counts, wherever it was typed. A right one is noted as
// the event then; empty: not at all. It returns the doctor as it was before hashing.
//
//	a turn: no more at once than may fail  →  Begin: who, and must it wait?
//	  →  Verify: the slow hash  →  Conclude: count, or accept if the limit still allows
func (c *Core) provePassword(
	ctx context.Context, a outbound.Attempt, typed doctor.Password, from inbound.Origin, then doctor.EventType,
) (proved *doctor.Doctor, err error) {
	end, err := c.turns.take(ctx, a.Account.Key, a.Account.Max)
	if err != nil {
		return nil, err
	}
	defer func() { end(err) }()
	candidate, err := c.Storage.Begin(ctx, a)
	if err != nil {
		return nil, err
	}
	if candidate.Wait > 0 {
		return nil, c.refuse(ctx, "login", a.Phone, from, candidate.Wait)
	}
	d := candidate.Doctor
	var stored doctor.Credential // fits nothing, at the cost of any other
	if d != nil {
		stored = d.Credential()
	}
	verdict, err := c.Passwords.Verify(ctx, typed, stored)
	if err != nil {
		return nil, err
	}
	wait, err := c.Storage.Conclude(ctx, a, c.outcome(ctx, candidate, verdict, typed, from, then))
	switch {
	case err != nil:
		return nil, err
	case wait > 0:
		return nil, c.refuse(ctx, "login", a.Phone, from, wait)
	case d == nil:
		c.Reporter.Report(ctx, outbound.Info, "login failed for an unknown phone",
			outbound.Detail{Name: "phone", Value: a.Phone.Masked()},
			outbound.Detail{Name: "request_id", Value: from.RequestID})
		return nil, doctor.ErrWrongCredentials
	case !verdict.Match:
		return nil, doctor.ErrWrongCredentials
	case d.Status() == doctor.Disabled:
		return nil, doctor.ErrDisabled
	}
	return d, nil
}

// outcome is what the storage must write for a verdict.
func (c *Core) outcome(
	ctx context.Context, seen outbound.Candidate, v outbound.Verdict, typed doctor.Password, from inbound.Origin, then doctor.EventType,
) outbound.Outcome {
	d := seen.Doctor
	if d == nil {
		return outbound.Outcome{}
	}
	o := outbound.Outcome{Right: v.Match, Spared: seen.Known > 0, Doctor: d.ID()}
	switch {
	case !v.Match:
		on := c.occasion(doctor.Anonymous, from)
		throttled := doctor.Note(d.ID(), doctor.LoginThrottled, on)
		o.Events = []doctor.Event{doctor.Note(d.ID(), doctor.LoginFailed, on)}
		o.Throttled = &throttled
		return o
	case d.Status() == doctor.Disabled:
		then = doctor.LoginRefused
	}
	on := c.occasion(doctor.By(d.ID()), from)
	if then != "" {
		o.Events = []doctor.Event{doctor.Note(d.ID(), then, on)}
	}
	if then == doctor.LoggedIn {
		o.LoginAt, o.Remember = on.At, remember(seen.Known)
		o.Rehash = c.rehash(ctx, d, v, typed)
	}
	return o
}

// rehash brings a hash up to today's parameters while the password is at hand. If the hasher is busy, the next login
// will do.
func (c *Core) rehash(ctx context.Context, d *doctor.Doctor, v outbound.Verdict, typed doctor.Password) *outbound.Rehash {
	if !v.Outdated {
		return nil
	}
	hash, err := c.Passwords.Hash(ctx, typed)
	if err != nil {
		return nil
	}
	return &outbound.Rehash{Old: d.Credential(), New: hash}
}
