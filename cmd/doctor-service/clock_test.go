package main_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// Replicas whose clocks differ much take each other's tokens for early or late ones. Whose clock is wrong nobody knows;
// this one says that it does not fit, and goes on with what needs no agreement.
func TestAReplicaWhoseClockIsOffSaysSoAndIsBackWhenItIsNot(t *testing.T) {
	t.Parallel()
	cluster, set := postgrestest.StartOwnTime(t)
	s := start(t, onCluster(t, cluster)...)
	around := s.traffic()
	out := s.person()
	for _, off := range []time.Duration{45 * time.Second, -45 * time.Second} {
		set(off)
		around.unready("clock")
		require.Contains(t, s.call("GET", "/readyz", "").Body, "45s")
		around.serves()
		set(0)
		around.ready()
	}
	accepted(t, out.ask("POST", "/doctor/logout", ""))
	refused(t, 40100, out.get())
	around.end()
}

// All replicas share one clock for that, whatever their own say.
func TestWaitsOfTheThrottleGoByTheClockOfTheStorage(t *testing.T) {
	t.Parallel()
	cluster, set := postgrestest.StartOwnTime(t)
	s := start(t, onCluster(t, cluster)...)
	phone, _ := s.doctor()
	for range 5 {
		refused(t, 40010, s.login(phone, "wrong"))
	}
	throttled(t, s.login(phone, doctorPassword), time.Minute)
	set(45 * time.Second)
	throttled(t, s.login(phone, doctorPassword), 15*time.Second)
	set(61 * time.Second)
	accepted(t, s.login(phone, doctorPassword))
}
