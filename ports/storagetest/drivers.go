package storagetest

import (
	"errors"
	"slices"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What the driver promises, from a place where nothing is yet.
var drivers = []clause{
	{"a driver answers to the scheme of its URLs, and names the file of an embedded database", func(s *scene) {
		driver := s.harness.Driver
		url, err := s.harness.Empty(s.TB).URL()
		s.must("URL", err)
		scheme, _, _ := strings.Cut(url, ":")
		if !slices.Contains(driver.Schemes, scheme) {
			s.Fatalf("the driver answers to %q, not to %q", driver.Schemes, scheme)
		}
		if driver.Path == nil {
			return
		}
		path, err := driver.Path(url)
		s.must("Path", err)
		if path == "" || !strings.Contains(url, path) {
			s.Fatalf("the driver says that %q lies at %q", url, path)
		}
	}},

	{"what can never work fails in Open", func(s *scene) {
		nowhere := errors.New("no such setting")
		for _, url := range []func() (string, error){
			func() (string, error) { return "", nowhere },
			func() (string, error) { return "no-such-scheme:\x7f//%zz", nil },
		} {
			opened, err := s.harness.Driver.Open(s.ctx, outbound.StorageOptions{URL: url, SchemaURL: url})
			if err == nil {
				s.Errorf("Open succeeded: %v", opened.Close())
			}
		}
	}},

	{"without a schema Probe tells so and is no error, and every other call is ErrUnavailable", func(s *scene) {
		at := s.harness.Empty(s.TB)
		storage := s.opened(at)
		probe, err := storage.Probe(s.ctx)
		s.must("Probe", err)
		if s.harness.Driver.Migrate == nil {
			if !probe.Schema.Fits() {
				s.Fatalf("nothing is to be migrated, and the schema does not fit: %+v", probe.Schema)
			}
			return
		}
		if probe.Schema.Fits() || probe.Schema.Version != 0 || probe.Schema.Program < 1 {
			s.Fatalf("there is no schema yet, and Probe tells of %+v", probe.Schema)
		}
		calls := s.calls(s.ctx, storage, 1)
		delete(calls, "Probe")
		delete(calls, "Watch") // may wait with looking until Next
		for name, call := range calls {
			s.refused(name, call(), outbound.ErrUnavailable)
		}
		feed, err := storage.Watch(s.ctx)
		if err == nil {
			_, err = feed.Next(s.ctx)
			s.must("closing the feed", feed.Close())
		}
		s.refused("Watch or Next", err, outbound.ErrUnavailable)
	}},

	{"several replicas may migrate at once, and nothing pending is nothing done", func(s *scene) {
		at := s.harness.Empty(s.TB)
		early := s.opened(at)
		s.migrated(at)
		probe, err := early.Probe(s.ctx)
		s.must("Probe", err)
		if !probe.Schema.Fits() {
			s.Fatalf("after Migrate the schema does not fit: %+v", probe.Schema)
		}
		s.Storage = early // what was opened before the schema came serves as well
		d := s.newcomer(doctor.Ordinary)
		want := d.Snapshot()
		want.ID = s.add(d)
		s.migrated(at)
		s.same("Get", s.get(want.ID).Snapshot(), want)
	}},
}

// opened opens a place through the driver.
func (s *scene) opened(at outbound.StorageOptions) outbound.Storage {
	s.Helper()
	storage, err := s.harness.Driver.Open(s.ctx, at)
	s.must("Open", err)
	return s.closing(Replica{Storage: storage}).Storage
}

// migrated brings the schema of a place up to date, as four replicas that start together do.
func (s *scene) migrated(at outbound.StorageOptions) {
	s.Helper()
	if migrate := s.harness.Driver.Migrate; migrate != nil {
		s.succeeded(atOnce(4, func(int) error { return migrate(s.ctx, at) }), nil)
	}
}
