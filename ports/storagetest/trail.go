package storagetest

import (
	"math"
	"slices"

	"hospital.example/doctor-service/domain/doctor"
)

// What happened, also without changing anything.
var trail = []clause{
	{"Note stores an event by itself, after those before it and beside the doctor as it was", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		before := s.get(id)
		for range 2 {
			event := doctor.Note(id, doctor.AccessRefused, now())
			s.must("Note", s.Storage.Note(s.ctx, event))
			events = append(events, event)
		}
		s.happened(id, events...)
		if after := s.get(id); after.Snapshot() != before.Snapshot() {
			s.Fatalf("the doctor is %+v, want %+v", after.Snapshot(), before.Snapshot())
		}
	}},

	{"that the doctor of a noted event vanished is no error", func(s *scene) {
		s.must("Note", s.Storage.Note(s.ctx, doctor.Note(1_000_000, doctor.AccessRefused, now())))
	}},

	{"Events loads a doctor's events, the newest first, at most limit, as soon as they are stored", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		want := s.history(id)
		for i := range 6 {
			note := doctor.Note(id, doctor.AccessRefused, now())
			s.must("Note", turns(i, s.Replica, b).Note(s.ctx, note))
			s.ordinary() // somebody else's event between
			got, err := turns(i/2, b, s.Replica).Events(s.ctx, id, 0, 100)
			s.must("Events", err)
			s.exactly(i+2, len(got), "events")
			if !sameEvent(got[0].Event, note) || got[0].Erased {
				s.Fatalf("the newest event is %+v, want %+v", got[0], note)
			}
			if !slices.EqualFunc(got[1:], want, sameEntry) {
				s.Fatalf("the events behind it are %+v, want %+v", got[1:], want)
			}
			want = got
			for limit := 1; limit <= len(want); limit++ {
				some, err := s.Storage.Events(s.ctx, id, 0, limit)
				s.must("Events", err)
				if !slices.EqualFunc(some, want[:limit], sameEntry) {
					s.Fatalf("the newest %d events are %+v, want %+v", limit, some, want[:limit])
				}
			}
		}
	}},

	{"the numbers of a doctor's events grow in the order in which they were stored, by whichever replica", func(s *scene) {
		id, b := s.ordinary(), s.peer()
		for i := range 20 {
			_, err := turns(i/3, s.Replica, b).Update(s.ctx, id, func(d *doctor.Doctor) error {
				d.ResetPassword(doctor.CredentialOf("$x"), now())
				d.ChangeProfile(s.fullProfile(), doctor.SessionID{}, now())
				return nil
			})
			s.must("Update", err)
		}
		last, version := int64(0), int64(0)
		for _, e := range s.history(id) {
			if e.Number <= last || e.Version < version {
				s.Fatalf("event %d of version %d comes after event %d of version %d", e.Number, e.Version, last, version)
			}
			last, version = e.Number, e.Version
		}
	}},

	{"Events before a number are those with a lower one: who goes back page by page meets each once", func(s *scene) {
		id := s.ordinary()
		for range 9 {
			s.must("Note", s.Storage.Note(s.ctx, doctor.Note(id, doctor.AccessRefused, now())))
			s.ordinary()
		}
		all := s.newest(id, 0, 100)
		s.exactly(10, len(all), "events")
		for i, e := range all {
			for limit := 1; limit <= len(all); limit++ {
				want := all[i+1 : min(i+1+limit, len(all))]
				if got := s.newest(id, e.Number, limit); !slices.EqualFunc(got, want, sameEntry) {
					s.Fatalf("%d events before number %d are %+v, want %+v", limit, e.Number, got, want)
				}
			}
		}
		var met []doctor.Entry
		for before := int64(0); ; before = met[len(met)-1].Number {
			page := s.newest(id, before, 3)
			if len(page) == 0 {
				break
			}
			met = append(met, page...)
			s.must("Note", s.Storage.Note(s.ctx, doctor.Note(id, doctor.AccessRefused, now()))) // is no page's business
		}
		if !slices.EqualFunc(met, all, sameEntry) {
			s.Fatalf("the pages hold %+v, want %+v", met, all)
		}
		s.exactly(0, len(s.newest(id, 1, 100)), "events before the first number")
		s.exactly(14, len(s.newest(id, math.MaxInt64, 100)), "events before the last number")
	}},

	{"a doctor that was never there has no events, and nobody has those of another", func(s *scene) {
		id := s.ordinary()
		other := s.ordinary()
		s.must("Note", s.Storage.Note(s.ctx, doctor.Note(other, doctor.AccessRefused, now())))
		s.exactly(1, len(s.history(id)), "events")
		s.exactly(2, len(s.history(other)), "events")
		for _, never := range []doctor.ID{other + 1_000_000, 0, -1} {
			s.exactly(0, len(s.history(never)), "events of nobody")
		}
	}},
}

// newest asks for one page of events.
func (s *scene) newest(id doctor.ID, before int64, limit int) []doctor.Entry {
	s.Helper()
	page, err := s.Storage.Events(s.ctx, id, before, limit)
	s.must("Events", err)
	if len(page) > limit {
		s.Fatalf("a page of %d events holds %d", limit, len(page))
	}
	return page
}

// history is all that happened to a doctor, the oldest first.
func (s *scene) history(id doctor.ID) (entries []doctor.Entry) {
	s.Helper()
	for before := int64(0); ; before = entries[0].Number {
		page := s.newest(id, before, 1000)
		slices.Reverse(page)
		entries = append(page, entries...)
		if len(page) < 1000 {
			return entries
		}
	}
}

// events are all events of a doctor that was not erased, in the order in which they were stored.
func (s *scene) events(id doctor.ID) (events []doctor.Event) {
	s.Helper()
	for _, e := range s.history(id) {
		if e.Erased {
			s.Fatalf("an event (%s) of doctor %d says that its Values are gone", e.Type, id)
		}
		events = append(events, e.Event)
	}
	return events
}

func sameEntry(a, b doctor.Entry) bool {
	return a.Number == b.Number && a.Erased == b.Erased && sameEvent(a.Event, b.Event)
}
