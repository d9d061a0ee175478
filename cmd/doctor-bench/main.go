// The load tool of the doctor service: how fast, at what cost, beside what else.
package main

import (
	"os"

	"hospital.example/doctor-service/cmd/doctor-bench/bench"
)

func main() {
	os.Exit(bench.Main(os.Args[1:], os.Stdout, os.Stderr))
}
