package postgres_test

import (
	"testing"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }
