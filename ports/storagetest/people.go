package storagetest

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// What people and occasions the cases invent.

// phone is the n-th number that nobody has yet.
func phone(n int) string { return fmt.Sprintf("138%08d", n) }

// newcomer registers the next doctor, with a phone of its own.
func (s *scene) newcomer(role doctor.Role) *doctor.Doctor {
	s.people++
	return register(s.TB, phone(s.people), role)
}

// ordinary adds an ordinary doctor.
func (s *scene) ordinary() doctor.ID { s.Helper(); return s.add(s.newcomer(doctor.Ordinary)) }

// administrator adds an administrator.
func (s *scene) administrator() doctor.ID { s.Helper(); return s.add(s.newcomer(doctor.Administrator)) }

func register(t testing.TB, phone string, role doctor.Role) *doctor.Doctor {
	return doctor.Register(doctor.Registration{
		Phone:      said(t, func(s *doctor.Snapshot) { s.Phone = phone }).Phone,
		Name:       said(t, func(s *doctor.Snapshot) { s.Name = "王小明" }).Name,
		Credential: doctor.CredentialOf("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$dGFn"),
		Role:       role,
	}, now())
}

// now is an occasion of this moment.
func now() doctor.Occasion { return occasion(time.Now()) }

func occasion(at time.Time) doctor.Occasion {
	on := doctor.Occasion{At: at, Actor: doctor.CommandLine, Source: "203.0.113.7", RequestID: "request-1"}
	_, _ = rand.Read(on.Salt[:]) // never fails
	return on
}

// session invents a session.
func session() (id doctor.SessionID) {
	_, _ = rand.Read(id[:])
	return id
}

// snapshot is a plain doctor's state, to be altered.
func snapshot(alter func(*doctor.Snapshot)) doctor.Snapshot {
	at := time.Date(2026, 11, 5, 8, 30, 0, 123456000, time.UTC)
	s := doctor.Snapshot{
		ID: 1, Phone: "13800000000", Name: "王小明", Role: "doctor", Status: "active", Version: 1, Generation: 1,
		CreatedAt: at, UpdatedAt: at,
	}
	alter(&s)
	return s
}

// restored makes a doctor of any state that a storage may have to keep: Restore asks less than the parsers do.
func restored(t testing.TB, alter func(*doctor.Snapshot)) *doctor.Doctor {
	t.Helper()
	d, err := doctor.Restore(snapshot(alter))
	if err != nil {
		t.Fatalf("the suite invented an impossible doctor: %v", err)
	}
	return d
}

// said is a profile whose values hold any text, also what no parser lets through.
func said(t testing.TB, alter func(*doctor.Snapshot)) doctor.Profile {
	t.Helper()
	return restored(t, alter).Profile()
}
