package storagetest

import (
	"reflect"
	"time"

	"hospital.example/doctor-service/domain/doctor"
)

// same stops the case unless a doctor came back exactly as it was stored.
func (s *scene) same(what string, got, want doctor.Snapshot) {
	s.Helper()
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if a, b := g.Field(i).Interface(), w.Field(i).Interface(); !equal(a, b) {
			s.Errorf("%s: %s is %#v, want %#v", what, g.Type().Field(i).Name, a, b)
		}
	}
	if s.Failed() {
		s.FailNow()
	}
}

// equal compares values, times as instants.
func equal(a, b any) bool {
	if at, ok := a.(time.Time); ok {
		return at.Equal(b.(time.Time))
	}
	return a == b
}

// happened stops the case unless the stored events of a doctor are just these, in this order.
func (s *scene) happened(id doctor.ID, want ...doctor.Event) {
	s.Helper()
	got := s.events(id)
	if len(got) != len(want) {
		s.Fatalf("doctor %d has %d events %v, want %d %v", id, len(got), types(got), len(want), types(want))
	}
	for i, w := range want {
		w.Doctor = id
		g := got[i]
		if g.Commitment != g.Commit() {
			s.Fatalf("event %d (%s) of doctor %d: the commitment does not prove the values", i, g.Type, id)
		}
		if !sameEvent(g, w) {
			s.Fatalf("event %d of doctor %d:\n got %+v\nwant %+v", i, id, g, w)
		}
	}
}

// sameEvent takes no list for an empty one: events say neither.
func sameEvent(a, b doctor.Event) bool {
	if !a.At.Equal(b.At) || len(a.Fields) != len(b.Fields) || len(a.Values.Changes) != len(b.Values.Changes) {
		return false
	}
	for _, e := range []*doctor.Event{&a, &b} {
		e.At = time.Time{}
		e.Fields = append([]string{}, e.Fields...)
		e.Values.Changes = append([]doctor.Change{}, e.Values.Changes...)
	}
	return reflect.DeepEqual(a, b)
}

func types(events []doctor.Event) []doctor.EventType {
	out := make([]doctor.EventType, len(events))
	for i, e := range events {
		out[i] = e.Type
	}
	return out
}

// recorded tells what a doctor's verbs left behind, without taking it away.
func recorded(d *doctor.Doctor) []doctor.Event {
	look := *d
	return look.Drain().Events
}
