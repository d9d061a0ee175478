package memory

import (
	"context"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// claim is what only one doctor may have; refusal is what the second one hears.
type claim struct {
	refusal  error
	hospital int64
	text     string
}

func claimsOf(s doctor.Snapshot) []claim {
	claims := []claim{{doctor.ErrPhoneTaken, 0, s.Phone}}
	if s.HospitalID != 0 && s.InternalID != "" {
		claims = append(claims, claim{doctor.ErrStaffNumberTaken, s.HospitalID, s.InternalID})
	}
	return claims
}

// Add stores a new doctor.
func (s *Store) Add(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	return s.add(d)
}

// AddFirstAdministrator stores the doctor if there is no administrator yet.
func (s *Store) AddFirstAdministrator(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	for _, other := range s.doctors {
		if other.Role == doctor.Administrator.String() {
			return 0, doctor.ErrAdministratorExists
		}
	}
	return s.add(d)
}

func (s *Store) add(d *doctor.Doctor) (doctor.ID, error) {
	after, left := d.Snapshot(), d.Drain()
	after.ID = s.lastID + 1
	if err := s.write(doctor.Snapshot{}, after, left); err != nil {
		return 0, err
	}
	s.lastID = after.ID
	return after.ID, nil
}

// Get loads a doctor.
func (s *Store) Get(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
	found, err := s.load(ctx, id)
	if err != nil {
		return nil, err
	}
	return doctor.Restore(found)
}

func (s *Store) load(ctx context.Context, id doctor.ID) (doctor.Snapshot, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return doctor.Snapshot{}, err
	}
	defer leave()
	found, ok := s.doctors[id]
	if !ok {
		return doctor.Snapshot{}, doctor.ErrNotFound
	}
	return found, nil
}

// ByPhone loads the doctor that has the phone.
func (s *Store) ByPhone(ctx context.Context, phone doctor.Phone) (*doctor.Doctor, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return s.byPhone(phone)
}

func (s *Store) byPhone(phone doctor.Phone) (*doctor.Doctor, error) {
	id, ok := s.claims[claim{doctor.ErrPhoneTaken, 0, phone.String()}]
	if !ok {
		return nil, doctor.ErrNotFound
	}
	return doctor.Restore(s.doctors[id])
}

// Update changes a doctor. The change runs without the lock, so that it can hold up nobody; if anything was stored
// meanwhile, all is done again on what is there now.
func (s *Store) Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	for {
		before, err := s.load(ctx, id)
		if err != nil {
			return nil, err
		}
		d, err := doctor.Restore(before)
		if err != nil {
			return nil, err
		}
		if err := change(d); err != nil {
			return nil, err
		}
		after, left := d.Snapshot(), d.Drain()
		if after.Version == before.Version && len(left.Events) == 0 {
			keys := after.SearchKeys
			if after = before; keys == before.SearchKeys {
				return doctor.Restore(before)
			}
			after.SearchKeys = keys
		}
		switch stored, err := s.swap(ctx, before, after, left); {
		case err != nil:
			return nil, err
		case stored:
			return doctor.Restore(after)
		}
	}
}

// swap stores what became of a doctor, unless it is no longer as it was before.
func (s *Store) swap(ctx context.Context, before, after doctor.Snapshot, left doctor.Drained) (stored bool, err error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if s.doctors[before.ID] != before {
		return false, nil
	}
	return true, s.write(before, after, left)
}

// write checks the rules that span doctors and stores state, events and ended sessions. Everything that can fail comes
// first, so that a failure leaves nothing.
func (s *Store) write(before, after doctor.Snapshot, left doctor.Drained) error {
	if err := storable(after, after.Credential, left.Events); err != nil {
		return err
	}
	for _, c := range claimsOf(after) {
		if owner, taken := s.claims[c]; taken && owner != after.ID {
			return c.refusal
		}
	}
	if administers(before) && !administers(after) && !s.administered(after.ID) {
		return doctor.ErrLastAdministrator
	}

	if before.ID != 0 {
		for _, c := range claimsOf(before) {
			delete(s.claims, c)
		}
	}
	for _, c := range claimsOf(after) {
		s.claims[c] = after.ID
	}
	s.doctors[after.ID] = after
	s.storeDrained(after.ID, left)
	return nil
}

// storeDrained stores what a doctor's verbs left behind.
func (s *Store) storeDrained(id doctor.ID, left doctor.Drained) {
	for _, e := range left.Events {
		e.Doctor = id
		s.record(e)
	}
	if ended := left.Ended; ended != nil {
		s.revoke(outbound.Revocation{
			Doctor:     id,
			Generation: ended.Generation,
			Session:    ended.Except,
			Expires:    time.Now().Add(outbound.GenerationKept),
		})
	}
}

func administers(s doctor.Snapshot) bool {
	return s.Role == doctor.Administrator.String() && s.Status == doctor.Active.String()
}

// administered tells whether there is an active administrator other than one.
func (s *Store) administered(other doctor.ID) bool {
	for id, d := range s.doctors {
		if id != other && administers(d) {
			return true
		}
	}
	return false
}
