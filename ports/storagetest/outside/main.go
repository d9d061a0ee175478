// The doctor service over a storage of our own.
package main

import (
	"os"

	"example.org/doctors-on-bolt/bolt"
	"hospital.example/doctor-service/cmd/doctor-service/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Environ(), bolt.Driver()))
}
