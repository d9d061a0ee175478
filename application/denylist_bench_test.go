package application_test

import (
	"crypto/rand"
	"fmt"
	"runtime"
	"testing"
	"time"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// A check must cost the same among a million void sessions as among none; each takes some tens of bytes.
func BenchmarkDenylist(b *testing.B) {
	for _, entries := range []int{0, 1_000_000} {
		b.Run(fmt.Sprintf("Voids among %d", entries), func(b *testing.B) {
			before := heap()
			list := application.NewDenylist(time.Now)
			expires := time.Now().Add(time.Hour)
			for range entries {
				var session doctor.SessionID
				_, _ = rand.Read(session[:])
				list.Add(outbound.Revocation{Session: session, Expires: expires})
			}
			if entries > 0 {
				defer b.ReportMetric(float64(heap()-before)/float64(entries), "bytes/entry")
			}
			claims := outbound.Claims{Doctor: 7, Generation: 1, Session: doctor.SessionID{1}}
			for b.Loop() {
				if list.Voids(claims) {
					b.Fatal("nobody ended this session")
				}
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
