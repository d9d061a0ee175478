package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// migrated makes a database with a schema on a cluster of its own.
func migrated(t *testing.T, c *postgrestest.Cluster) string {
	t.Helper()
	storage := c.Database(t)
	if err := postgres.Driver().Migrate(context.Background(), postgrestest.Options(storage)); err != nil {
		t.Fatal(err)
	}
	return storage
}

func newDoctor(t testing.TB, n int, role doctor.Role) *doctor.Doctor {
	t.Helper()
	phone, err := doctor.ParsePhone(fmt.Sprintf("139%08d", n))
	if err != nil {
		t.Fatal(err)
	}
	name, err := doctor.ParseName("王小明")
	if err != nil {
		t.Fatal(err)
	}
	return doctor.Register(doctor.Registration{
		Phone: phone, Name: name, Credential: doctor.CredentialOf("$x$" + phone.String()), Role: role,
	}, occasion())
}

func occasion() doctor.Occasion {
	return doctor.Occasion{At: time.Now(), Actor: doctor.CommandLine, Source: "203.0.113.7", RequestID: "r"}
}

func add(t testing.TB, s outbound.Storage, n int) doctor.ID {
	t.Helper()
	id, err := s.Add(context.Background(), newDoctor(t, n, doctor.Ordinary))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// busy makes a store whose connections were all in use a moment ago.
func busy(t *testing.T, storage string) (outbound.Storage, doctor.ID) {
	t.Helper()
	s := open(t, storage)
	id := add(t, s, 1)
	var running sync.WaitGroup
	for range 16 {
		running.Go(func() {
			if _, err := s.Update(context.Background(), id, reset); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	return s, id
}

func reset(d *doctor.Doctor) error {
	d.ResetPassword(doctor.CredentialOf("$y"), occasion())
	return nil
}

func TestAFrozenServerCostsSecondsAndIsTakenUpAgain(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Fleeting)
	s, id := busy(t, migrated(t, c))
	feed, err := s.Watch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = feed.Close() }()
	c.Freeze(t)

	var running sync.WaitGroup
	for _, call := range []struct {
		name   string
		within time.Duration
		does   func(ctx context.Context) error
		errs   []error
	}{
		{"a read", 3500 * time.Millisecond, func(ctx context.Context) error {
			_, err := s.Get(ctx, id)
			return err
		}, []error{outbound.ErrUnavailable}},
		{"a write", 3500 * time.Millisecond, func(ctx context.Context) error {
			return s.Revoke(ctx, doctor.SessionID{1}, time.Now().Add(time.Hour), logout(t, id))
		}, []error{outbound.ErrUnavailable}},
		{"a new connection", 3500 * time.Millisecond, func(ctx context.Context) error {
			_, err := open(t, c.URL()).Probe(ctx)
			return err
		}, []error{outbound.ErrUnavailable}},
		{"a round of the feed", 1500 * time.Millisecond, func(ctx context.Context) error {
			_, err := feed.Next(ctx)
			return err
		}, []error{outbound.ErrUnavailable}},
		{"a context that ends", 1500 * time.Millisecond, func(ctx context.Context) error {
			ctx, stop := context.WithTimeout(ctx, 200*time.Millisecond)
			defer stop()
			_, err := s.Get(ctx, id)
			return err
		}, []error{context.DeadlineExceeded, outbound.ErrUnavailable}},
		{"a context that ends while connecting", 1500 * time.Millisecond, func(ctx context.Context) error {
			ctx, stop := context.WithTimeout(ctx, 200*time.Millisecond)
			defer stop()
			_, err := open(t, c.URL()).Probe(ctx)
			return err
		}, []error{context.DeadlineExceeded}},
	} {
		running.Go(func() {
			began := time.Now()
			err := call.does(context.Background())
			if took := time.Since(began); took > call.within {
				t.Errorf("%s took %s: %v", call.name, took, err)
			}
			if !isOneOf(err, call.errs) {
				t.Errorf("%s: got error %v", call.name, err)
			}
		})
	}
	running.Wait()

	c.Thaw(t)
	for range 40 { // more than there are connections
		if _, err := s.Update(context.Background(), id, reset); err != nil {
			t.Fatalf("after the thaw: %v", err)
		}
	}
}

// logout is an event of a doctor.
func logout(t testing.TB, id doctor.ID) doctor.Event {
	t.Helper()
	e := newDoctor(t, 1, doctor.Ordinary).Drain().Events[0]
	e.Doctor = id
	return e
}

func isOneOf(err error, allowed []error) bool {
	for _, a := range allowed {
		if errors.Is(err, a) {
			return true
		}
	}
	return false
}

func TestARestartedServerGoesUnnoticed(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Fleeting)
	s, id := busy(t, migrated(t, c))
	for _, end := range []func(testing.TB){c.Stop, c.Kill} {
		end(t)
		if _, err := s.Get(context.Background(), id); !errors.Is(err, outbound.ErrUnavailable) {
			t.Fatalf("while the server is down: %v", err)
		}
		c.Restart(t)
		for range 40 { // more than there are connections
			if _, err := s.Update(context.Background(), id, reset); err != nil {
				t.Fatalf("after the restart: %v", err)
			}
		}
	}
}

func TestEncryptedConnectionsAreWatchedJustSo(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Fleeting)
	certificate := c.Secure(t)
	storage := migrated(t, c)
	s, id := busy(t, postgrestest.With(storage, "sslmode", "verify-full", "sslrootcert", certificate))
	var encrypted bool
	err := postgrestest.Open(t, storage).QueryRow(`SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
		WHERE application_name = 'doctor-service'`).Scan(&encrypted)
	if err != nil || !encrypted {
		t.Fatalf("connections are not encrypted: %v", err)
	}
	elsewhere := strings.Replace(storage, "127.0.0.1", "localhost", 1) // which its certificate does not name
	for url, root := range map[string]string{storage: "system", elsewhere: certificate} {
		_, err := open(t, postgrestest.With(url, "sslmode", "verify-full", "sslrootcert", root)).Probe(context.Background())
		if !errors.Is(err, outbound.ErrUnavailable) || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s was taken for our server: %v", url, err)
		}
	}
	for _, end := range []func(testing.TB){c.Stop, c.Kill} {
		end(t)
		c.Restart(t)
		for range 40 {
			if _, err := s.Update(context.Background(), id, reset); err != nil {
				t.Fatalf("after the restart: %v", err)
			}
		}
	}
	c.Freeze(t)
	began := time.Now()
	if _, err := s.Get(context.Background(), id); !errors.Is(err, outbound.ErrUnavailable) || time.Since(began) > 3500*time.Millisecond {
		t.Errorf("a frozen server after %s: %v", time.Since(began), err)
	}
}

// Each write that was answered is there after every process of the server was killed.
func TestWhatWasAcknowledgedOutlivesTheServer(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Durable)
	storage := migrated(t, c)
	s := open(t, storage)
	var (
		mu           sync.Mutex
		acknowledged []doctor.ID
		running      sync.WaitGroup
		enough       = make(chan struct{})
	)
	for w := range 4 {
		running.Go(func() {
			for n := range 1_000_000 {
				id, err := s.Add(context.Background(), newDoctor(t, w*1_000_000+n, doctor.Ordinary))
				if err != nil {
					return
				}
				mu.Lock()
				if acknowledged = append(acknowledged, id); len(acknowledged) == 200 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	c.Kill(t)
	running.Wait()
	c.Restart(t)
	for _, id := range acknowledged {
		if _, err := s.Get(context.Background(), id); err != nil {
			t.Fatalf("doctor %d of %d: %v", id, len(acknowledged), err)
		}
		if n := len(events(t, storage, id)); n != 1 {
			t.Fatalf("doctor %d has %d events", id, n)
		}
	}
}

func TestTerminatedConnectionsAreReplacedUnnoticed(t *testing.T) {
	storage := postgrestest.Database(t)
	s, id := busy(t, storage)
	postgrestest.Cut(t, storage, "")
	for range 40 {
		if _, err := s.Update(context.Background(), id, reset); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	const nowhere = "postgres://127.0.0.1:1/doctors"
	s := open(t, nowhere)
	if _, err := s.Probe(context.Background()); !errors.Is(err, outbound.ErrUnavailable) {
		t.Errorf("Probe: %v", err)
	}
	if _, err := s.Watch(context.Background()); !errors.Is(err, outbound.ErrUnavailable) {
		t.Errorf("Watch: %v", err)
	}
	err := postgres.Driver().Migrate(context.Background(), postgrestest.Options(nowhere))
	if !errors.Is(err, outbound.ErrUnavailable) {
		t.Errorf("Migrate: %v", err)
	}
}

func TestWhatIsNotMigratedYetIsUnavailable(t *testing.T) {
	s := open(t, postgrestest.Empty(t))
	if _, err := s.Get(context.Background(), 1); !errors.Is(err, outbound.ErrUnavailable) {
		t.Errorf("Get: %v", err)
	}
	p, err := s.Probe(context.Background())
	if err != nil || p.Schema.Version != 0 || p.Schema.Fits() || p.Now.IsZero() {
		t.Errorf("Probe: %+v, %v", p, err)
	}
}

func TestACrowdedPoolSaysSoWithinASecond(t *testing.T) {
	storage := postgrestest.Database(t)
	s := open(t, postgrestest.With(storage, "pool", "1"))
	id := add(t, s, 1)
	tx, err := postgrestest.Open(t, storage).Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec(`SELECT FROM doctors FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error, 1)
	go func() {
		_, err := s.Update(context.Background(), id, reset)
		waiting <- err
	}()
	for refused := false; !refused; {
		began := time.Now()
		_, err := s.Get(context.Background(), id)
		if took := time.Since(began); took > time.Second {
			t.Fatalf("after %s: %v", took, err)
		}
		if refused = err != nil; refused && !errors.Is(err, outbound.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	// The one that has the connection is not held for ever either.
	if err := <-waiting; !errors.Is(err, outbound.ErrUnavailable) {
		t.Fatalf("an update that waits for a lock: %v", err)
	}
}

func TestARotatedPasswordIsTakenUpForNewConnections(t *testing.T) {
	storage := postgrestest.Database(t)
	role, url := postgrestest.Role(t, storage, "first")
	postgrestest.AskPassword(t, storage, role)
	var mu sync.Mutex
	options := outbound.StorageOptions{
		URL: func() (string, error) {
			mu.Lock()
			defer mu.Unlock()
			return url, nil
		},
		SchemaURL: func() (string, error) { return storage, nil },
	}
	if err := postgres.Driver().Migrate(context.Background(), options); err != nil {
		t.Fatal(err)
	}
	s, err := postgres.Driver().Open(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	add(t, s, 1)

	if _, err := postgrestest.Open(t, storage).Exec("ALTER ROLE " + role + " PASSWORD 'second'"); err != nil {
		t.Fatal(err)
	}
	postgrestest.Cut(t, storage, "doctor-service")
	if _, err := s.Get(context.Background(), 1); !errors.Is(err, outbound.ErrUnavailable) {
		t.Fatalf("with the old password: %v", err)
	}
	mu.Lock()
	url = postgrestest.As(url, role, "second")
	mu.Unlock()
	if _, err := s.Get(context.Background(), 1); err != nil {
		t.Fatalf("with the new password: %v", err)
	}
}

func TestAClosedStoreLeavesNothingRunning(t *testing.T) {
	storage := postgrestest.Database(t)
	before := goleak.IgnoreCurrent()
	s := open(t, storage)
	add(t, s, 1)
	feed, err := s.Watch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := feed.Next(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := feed.Next(context.Background()); !errors.Is(err, outbound.ErrUnavailable) {
		t.Errorf("a feed of a closed store: %v", err)
	}
	if err := feed.Close(); err != nil {
		t.Fatal(err)
	}
	goleak.VerifyNone(t, before)
}
