package app

import (
	"go.uber.org/fx"

	"hospital.example/doctor-service/adapters/argon2"
	"hospital.example/doctor-service/adapters/jwt"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

var securityModule = fx.Module("security",
	fx.Provide(
		newHasher,
		func(h *argon2.Hasher) outbound.Passwords { return h },
		newKeys,
		newTokens,
		func(k *jwt.Keys) inbound.PublicKeys { return k.PublicKeys },
	),
)

// newHasher hashes as many passwords at once as there are processors, or as a container is allowed.
func newHasher(s settings) *argon2.Hasher {
	room := newElbowRoom()
	return argon2.New(s.argon2, argon2.Capacity{Slots: room.processors, Busy: room.hashing})
}

// newKeys opens the folder of signing keys. The one beside an embedded database is made when it is not there; one that an
// operator named must be.
func newKeys(s settings, r outbound.Reporter) (*jwt.Keys, error) {
	folder, err := s.keyFolder()
	if err != nil {
		return nil, err
	}
	if folder == "" {
		return jwt.MemoryKeys(), nil
	}
	if s.SigningKeyDir == "" {
		if err := jwt.CreateFolder(folder); err != nil {
			return nil, err
		}
	}
	return jwt.OpenKeys(folder, r)
}

func newTokens(s settings, keys *jwt.Keys, now outbound.Clock) (outbound.Tokens, error) {
	return jwt.New(keys, s.TokenIssuer, s.TokenAudience, now)
}
