package storagetest

import "hospital.example/doctor-service/domain/doctor"

// What happened without changing anything.
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
}
