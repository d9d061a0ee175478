package storagetest

import (
	"testing"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Benchmarks measure what a service does all day, each on a store of a thousand doctors.
func Benchmarks(b *testing.B, h Harness) {
	for _, m := range []struct {
		name string
		run  func(s *scene, ids []doctor.ID) (step func(i int))
	}{
		{"Get", func(s *scene, ids []doctor.ID) func(int) {
			return func(i int) { s.get(ids[i%len(ids)]) }
		}},
		{"Update", func(s *scene, ids []doctor.ID) func(int) {
			return func(i int) {
				s.update(ids[i%len(ids)], func(d *doctor.Doctor) {
					d.ChangeProfile(doctor.ProfileEdit{Speciality: doctor.SetTo(speciality(s, phone(i)))}, doctor.SessionID{}, now())
				})
			}
		}},
		{"FindRare", func(s *scene, ids []doctor.ID) func(int) {
			return func(i int) { s.find(outbound.Query{Keyword: s.keyword(phone(i%len(ids) + 1)), Limit: 20}) }
		}},
		{"FindCommon", func(s *scene, _ []doctor.ID) func(int) { // the second half of all
			q := outbound.Query{Keyword: s.keyword("李"), Limit: 20}
			return func(int) { s.find(q) }
		}},
		{"AddErase", func(s *scene, ids []doctor.ID) func(int) {
			s.people = len(ids)
			return func(int) { s.erase(s.ordinary()) }
		}},
		{"LoginBegin", func(s *scene, ids []doctor.ID) func(int) {
			a := s.attempt(s.get(ids[0]))
			return func(int) { s.begin(a) }
		}},
		{"LoginRight", func(s *scene, ids []doctor.ID) func(int) {
			a := s.attempt(s.get(ids[0]))
			return func(i int) {
				id := ids[i%len(ids)]
				s.passes(a, outbound.Outcome{
					Doctor: id, LoginAt: time.Now(), Events: []doctor.Event{doctor.Note(id, doctor.LoggedIn, now())},
				})
			}
		}},
		{"LoginWrong", func(s *scene, ids []doctor.ID) func(int) {
			a := s.attempt(s.get(ids[0]))
			a.Account.Max, a.Source.Max, a.Everywhere.Max = 1<<30, 1<<30, 1<<30
			return func(i int) {
				id := ids[i%len(ids)]
				s.fails(a, outbound.Outcome{Doctor: id, Events: []doctor.Event{doctor.Note(id, doctor.LoginFailed, now())}})
			}
		}},
		{"Revoke", func(s *scene, ids []doctor.ID) func(int) {
			return func(i int) { s.logout(s.Replica, ids[i%len(ids)]) }
		}},
		{"FeedRound", func(s *scene, _ []doctor.ID) func(int) {
			feed := s.watch(s.Replica)
			return func(int) { feed.next() }
		}},
	} {
		b.Run(m.name, func(b *testing.B) {
			s := set(b, h, 10*time.Minute)
			step := m.run(s, s.fill(1000))
			for i := 0; b.Loop(); i++ {
				step(i)
			}
		})
	}
}
