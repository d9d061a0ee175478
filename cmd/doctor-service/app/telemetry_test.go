package app

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"hospital.example/doctor-service/adapters/telemetry"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

func TestMetricsTellOfTheHasherTheDenylistAndReadiness(t *testing.T) {
	p, s := newProgram(t)
	var (
		metrics  *telemetry.Metrics
		denylist *application.Denylist
	)
	require.NoError(t, fx.New(graph(p, s), fx.Supply(&firstFault{}), fx.Populate(&metrics, &denylist)).Err())
	denylist.Add(
		outbound.Revocation{Session: doctor.SessionID{1}, Expires: time.Now().Add(time.Hour)},
		outbound.Revocation{Doctor: 1, Generation: 2, Expires: time.Now().Add(time.Hour)},
	)
	denylist.Complete(time.Now().Add(-time.Hour))
	answer := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		"doctor_denylist_entries 2", "doctor_denylist_age_seconds 3600.", "doctor_ready 0",
		"doctor_hash_running 0", "doctor_hash_waiting 0", "doctor_hash_refused_total 0",
	} {
		require.Contains(t, answer.Body.String(), "\n"+line)
	}
}

func TestTheLogIsJSONUnlessItIsForPeople(t *testing.T) {
	for format, isJSON := range map[string]bool{"": true, "json": true, "console": false} { // "": it is no terminal
		p, s := newProgram(t)
		s.LogFormat = format
		var log *zap.Logger
		require.NoError(t, fx.New(graph(p, s), fx.Supply(&firstFault{}), fx.Populate(&log)).Err())
		log.Info("for whom?")
		said := strings.TrimSpace(p.stderr.(*transcript).String())
		require.Contains(t, said, "for whom?")
		require.Equal(t, isJSON, json.Valid([]byte(said)), said)
	}
}
