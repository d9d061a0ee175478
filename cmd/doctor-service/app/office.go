package app

import (
	"context"
	"errors"
	"time"

	"hospital.example/doctor-service/adapters/argon2"
	"hospital.example/doctor-service/adapters/telemetry"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/config"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// operator is whoever runs a command: who knows the storage's URL may do everything.
var operator = inbound.Caller{Operator: true}

// inOffice gives a command what a serving program has, but for the network: the core, on the storage that the settings
// name. A running service learns of what is done here as it does of another replica's doings.
func (p program) inOffice(ctx context.Context, s settings, work func(*application.Core) error) int {
	if s.driver.Embedded && s.driver.Path == nil {
		return p.refuse(config.Faults{{
			Variable: "DOCTOR_STORAGE",
			Reason:   s.Storage.Scheme() + ": lives inside one process: no command reaches that of a service, and its own ends with it",
		}})
	}
	log, err := newLog(p, s)
	if err != nil {
		return p.refuse(err)
	}
	store, err := s.driver.Open(ctx, s.storage)
	if err != nil {
		return p.refuse(err)
	}
	defer func() { _ = store.Close() }() // what counts was committed
	if err := s.fit(ctx, store); err != nil {
		return p.refuse(err)
	}
	err = work(&application.Core{
		Storage: store, Passwords: argon2.New(s.argon2, argon2.Capacity{}), Denylist: application.NewDenylist(time.Now),
		Clock: time.Now, Pinyin: newPinyin(), Reporter: telemetry.Reporter{Log: log}, Settings: s.rules,
	})
	if err != nil {
		return p.refuse(err)
	}
	return succeeded
}

// fit migrates a storage in which something is pending, as a start does, and refuses one that does not fit.
func (s settings) fit(ctx context.Context, store outbound.Storage) error {
	probe, err := store.Probe(ctx)
	if migrate := s.migration(); err == nil && migrate != nil && probe.Schema.Version < probe.Schema.Program {
		if err := migrate(ctx); err != nil {
			return err
		}
		probe, err = store.Probe(ctx)
	}
	if err == nil && !probe.Schema.Fits() {
		return errors.New("the storage's schema does not fit this program: migrate status compares them")
	}
	return err
}
