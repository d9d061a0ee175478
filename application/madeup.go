package application

import (
	"crypto/rand"

	"hospital.example/doctor-service/domain/doctor"
)

// MadeUpPassword is 20 characters of 32 that nobody confuses: 100 bits. It asks no policy: no list holds it.
func MadeUpPassword() doctor.Password {
	const alphabet = "abcdefghjkmnpqrstuvwxyz23456789A"
	random := make([]byte, 20)
	_, _ = rand.Read(random) // never fails: the runtime ends the program instead
	for i, b := range random {
		random[i] = alphabet[b%32]
	}
	return doctor.TypedPassword(string(random))
}
