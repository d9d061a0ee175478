package main_test

import (
	"testing"
	"time"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

func TestBehindAPgBouncerReplicasServeAsEver(t *testing.T) {
	t.Parallel()
	environ := storage(t, "postgres")
	direct := (&service{environ: environ}).setting("DOCTOR_STORAGE")
	bouncer := postgrestest.Bounce(t, direct)
	one, other := replicas(t, append(environ, "DOCTOR_STORAGE="+bouncer.URL(postgrestest.Empty(t))))
	around, there := one.traffic(), other.traffic()
	around.serves()
	there.serves()
	for range 3 {
		p := one.person()
		accepted(t, p.on(other).get())
		accepted(t, p.ask("POST", "/doctor/logout", ""))
		ended(t, p.on(other), time.Now())
	}
	for _, a := range []*traffic{around, there} {
		a.serves()
		a.end()
	}
}
