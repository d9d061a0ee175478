// The doctor service: doctors' accounts and profiles of a hospital platform.
package main

import (
	"os"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/adapters/sqlite"
	"hospital.example/doctor-service/cmd/doctor-service/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Environ(), sqlite.Driver(), postgres.Driver(), memory.Driver()))
}
