package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"hospital.example/doctor-service/adapters/telemetry"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

func TestAReportIsOneJSONLineWhateverItsDetailsHold(t *testing.T) {
	var out bytes.Buffer
	log, err := telemetry.NewLog(&out, "info", false)
	require.NoError(t, err)
	telemetry.Reporter{Log: log}.Report(context.Background(), outbound.Warning, "login throttled",
		outbound.Detail{Name: "phone", Value: "1\n{\"level\":\"info\"}"})
	require.Equal(t, 1, strings.Count(out.String(), "\n"))
	var line map[string]string
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, "warn", line["level"])
	require.Equal(t, "login throttled", line["msg"])
	require.Equal(t, "1\n{\"level\":\"info\"}", line["phone"])
	at, err := time.Parse(time.RFC3339Nano, line["time"])
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(line["time"], "Z"), "times are UTC")
	require.WithinDuration(t, time.Now(), at, time.Minute)
}

func TestTheLevelIsKept(t *testing.T) {
	var out bytes.Buffer
	log, err := telemetry.NewLog(&out, "error", false)
	require.NoError(t, err)
	r := telemetry.Reporter{Log: log}
	r.Report(context.Background(), outbound.Info, "quiet")
	r.Report(context.Background(), outbound.Warning, "quiet")
	require.Empty(t, out.String())
	r.Report(context.Background(), outbound.Failure, "loud")
	require.Contains(t, out.String(), "loud")
	_, err = telemetry.NewLog(&out, "shouting", false)
	require.Error(t, err)
}

func TestALogShowsNoSecretThatReachesIt(t *testing.T) {
	for _, console := range []bool{false, true} {
		var out bytes.Buffer
		log, err := telemetry.NewLog(&out, "info", console)
		require.NoError(t, err)
		log.Info("x", zap.Any("password", doctor.TypedPassword("hush-hush")), zap.Any("hash", doctor.CredentialOf("$argon2id$hush")))
		require.NotContains(t, out.String(), "hush")
		require.Contains(t, out.String(), "[redacted]")
	}
}

func TestMetricsTellRequestsUseCasesGaugesAndTheRuntime(t *testing.T) {
	m := telemetry.NewMetrics()
	m.Request("/doctor/login", "POST", 200, 30*time.Millisecond)
	m.Request("/doctor/login", "POST", 400, 30*time.Millisecond)
	m.Observe(context.Background(), "login", time.Millisecond, nil)
	m.Observe(context.Background(), "login", time.Millisecond, errors.New("no"))
	m.Gauge("doctor_denylist_entries", "Entries.", func() float64 { return 42 })
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`doctor_http_request_duration_seconds_count{method="POST",route="/doctor/login",status="200"} 1`,
		`doctor_http_request_duration_seconds_count{method="POST",route="/doctor/login",status="400"} 1`,
		`doctor_use_case_duration_seconds_count{outcome="ok",use_case="login"} 1`,
		`doctor_use_case_duration_seconds_count{outcome="error",use_case="login"} 1`,
		"doctor_denylist_entries 42", "go_goroutines ", "process_resident_memory_bytes ",
	} {
		require.Contains(t, answer.Body.String(), line)
	}
}

// strokes counts how often something is written.
type strokes struct {
	bytes.Buffer
	count atomic.Int32
}

// Sync fails as that of a pipe does.
func (*strokes) Sync() error { return syscall.EINVAL }

func (s *strokes) Write(p []byte) (int, error) {
	s.count.Add(1)
	return s.Buffer.Write(p)
}

func TestLinesOfTheRequestLogAreWrittenTogetherAfterAMomentAndAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strokes
		log, stop, err := telemetry.NewRequestLog(&out, "info", false)
		require.NoError(t, err)
		for range 10 {
			log.Info("request")
		}
		require.Zero(t, out.count.Load(), "no request waits for a disk")
		time.Sleep(time.Second)
		synctest.Wait()
		require.EqualValues(t, 1, out.count.Load())
		require.Equal(t, 10, strings.Count(out.String(), "\n"))

		log.Info("the last request")
		require.NoError(t, stop())
		require.Contains(t, out.String(), "the last request")
	})
}

func TestPeopleSeeEveryRequestAtOnce(t *testing.T) {
	var out strokes
	log, stop, err := telemetry.NewRequestLog(&out, "info", true)
	require.NoError(t, err)
	log.Info("request")
	require.EqualValues(t, 1, out.count.Load())
	require.NoError(t, stop())
	_, _, err = telemetry.NewRequestLog(&out, "shouting", true)
	require.Error(t, err)
}

// broken cannot write for a while.
type broken struct {
	strokes
	fault error
}

func (b *broken) Write(p []byte) (int, error) {
	if b.fault != nil {
		return 0, b.fault
	}
	return b.strokes.Write(p)
}

func TestARequestLogThatCouldNotBeWrittenGoesOnAfterwards(t *testing.T) {
	out := &broken{fault: syscall.ENOSPC}
	log, stop, err := telemetry.NewRequestLog(out, "info", false)
	require.NoError(t, err)
	log.Info("lost")
	require.NoError(t, log.Sync())
	out.fault = nil
	log.Info("kept")
	require.NoError(t, stop())
	require.Equal(t, 1, strings.Count(out.String(), "\n"))
	require.Contains(t, out.String(), "kept")
}

func TestWhoMakesOneFaultHappenAllTheTimeDoesNotFillTheLogUnlessItIsOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log, err := telemetry.NewLog(&out, "info", false)
		require.NoError(t, err)
		for range 1000 {
			log.Warn("a token was refused")
			log.Error("a request failed")
		}
		require.Equal(t, 109, strings.Count(out.String(), "a token was refused"), "a hundred, then every hundredth")
		require.Equal(t, 1000, strings.Count(out.String(), "a request failed"))
		time.Sleep(2 * time.Second)
		log.Warn("a token was refused")
		require.Equal(t, 110, strings.Count(out.String(), "a token was refused"))
	})
}
