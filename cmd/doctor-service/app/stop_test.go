package app

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/ports/outbound"
)

// witness is a storage that keeps a login waiting and notes in which order things end.
type witness struct {
	outbound.Storage
	begun, goOn chan struct{}
	mu          sync.Mutex
	ends        []string
}

func (w *witness) note(end string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ends = append(w.ends, end)
}

func (w *witness) Begin(ctx context.Context, a outbound.Attempt) (outbound.Candidate, error) {
	close(w.begun)
	<-w.goOn
	return w.Storage.Begin(ctx, a)
}

func (w *witness) Conclude(ctx context.Context, a outbound.Attempt, o outbound.Outcome) (time.Duration, error) {
	w.note("request")
	return w.Storage.Conclude(ctx, a, o)
}

func (w *witness) Watch(ctx context.Context) (outbound.Feed, error) {
	feed, err := w.Storage.Watch(ctx)
	return watched{feed, w}, err
}

func (w *witness) Close() error {
	w.note("storage")
	return w.Storage.Close()
}

type watched struct {
	outbound.Feed
	by *witness
}

func (f watched) Close() error {
	f.by.note("job")
	return f.Feed.Close()
}

func TestWhatIsUnderWayIsFinishedBeforeJobsEndAndStorageCloses(t *testing.T) {
	p, s := newProgram(t)
	w := &witness{Storage: memory.New(), begun: make(chan struct{}), goOn: make(chan struct{})}
	s.driver.Open = func(context.Context, outbound.StorageOptions) (outbound.Storage, error) { return w, nil }
	service := fx.New(graph(p, s), fx.Supply(&firstFault{}))
	require.NoError(t, service.Start(t.Context()))
	address, client := p.address(t, "clients"), http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	until(t, func() bool {
		answer, err := client.Get("http://" + address + "/readyz")
		return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	})

	status := make(chan int)
	go func() {
		answer, err := client.Post("http://"+address+"/doctor/login", "application/json",
			strings.NewReader(`{"phone":"13912345678","password":"wrong"}`))
		if err != nil {
			close(status)
			return
		}
		_ = answer.Body.Close()
		status <- answer.StatusCode
	}()
	<-w.begun
	stopped := make(chan error)
	go func() { stopped <- service.Stop(context.Background()) }()
	until(t, func() bool {
		conn, err := net.Dial("tcp", address)
		return err != nil || conn.Close() != nil
	})
	close(w.goOn)
	require.Equal(t, http.StatusBadRequest, <-status, "a request under way is answered")
	require.NoError(t, <-stopped)
	require.Equal(t, []string{"request", "job", "storage"}, w.ends)
}

// until polls until it is so.
func until(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !so(); <-time.After(10 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "not in time")
	}
}
