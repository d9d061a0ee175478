package memory

import (
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// What tests may see and do beyond the port.

// Peer is another replica on the same data.
func (s *Store) Peer() *Store { return &Store{data: s.data} }

// History is all that was stored about a doctor, in order.
func (s *Store) History(id doctor.ID) (events []doctor.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Doctor == id {
			events = append(events, e.Event)
		}
	}
	return events
}

// Damage makes a stored doctor one that cannot be restored.
func (s *Store) Damage(id doctor.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.doctors[id]
	d.Role = "damaged"
	s.doctors[id] = d
}

// Slip adds a revocation as if another replica had stored it just now.
func (s *Store) Slip(r outbound.Revocation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoke(r)
}
