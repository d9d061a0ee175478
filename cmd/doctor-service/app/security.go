package app

import (
	"go.uber.org/fx"

	"hospital.example/doctor-service/adapters/argon2"
	"hospital.example/doctor-service/ports/outbound"
)

var securityModule = fx.Module("security",
	fx.Provide(
		func(s settings) *argon2.Hasher { return argon2.New(s.argon2, argon2.Capacity{}) },
		func(h *argon2.Hasher) outbound.Passwords { return h },
		newKeys, newTokens, publicKeys,
	),
)
