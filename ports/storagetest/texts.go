package storagetest

import (
	"fmt"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// written is an edit that puts a text into every field that holds any; into the phone with a number, to be unique.
func (s *scene) written(text string) doctor.ProfileEdit {
	s.people++
	n := s.people
	return editOf(said(s.TB, func(d *doctor.Snapshot) {
		d.Phone = fmt.Sprintf("%d%s", n, text)
		d.Name, d.Gender, d.PositionRank, d.Speciality, d.AvatarURL = text, text, text, text, text
		d.HospitalID, d.InternalID = int64(n), text
	}))
}

// saying is an occasion whose every word is a text.
func (s *scene) saying(text string) doctor.Occasion {
	on := now()
	on.Actor, on.Source, on.RequestID = doctor.Actor(text), text, text
	return on
}

// unstorable are the ways in which a text that cannot be stored may come to a storage.
func (s *scene) unstorable(id doctor.ID, text string) map[string]func() error {
	edit := func(put func(d *doctor.Snapshot)) func() error {
		p := said(s.TB, func(d *doctor.Snapshot) { put(d) })
		e := doctor.ProfileEdit{Name: p.Name, Speciality: doctor.SetTo(p.Speciality), InternalID: doctor.SetTo(p.InternalID)}
		return func() error { return s.edit(id, e) }
	}
	update := func(change func(*doctor.Doctor)) func() error {
		return func() error {
			_, err := s.Storage.Update(s.ctx, id, func(d *doctor.Doctor) error { change(d); return nil })
			return err
		}
	}
	note := func(typ doctor.EventType) []doctor.Event { return []doctor.Event{doctor.Note(id, typ, s.saying(text))} }
	return map[string]func() error{
		"the phone of Add": func() error {
			_, err := s.Storage.Add(s.ctx, register(s.TB, text, doctor.Ordinary))
			return err
		},
		"the phone of AddFirstAdministrator": func() error {
			_, err := s.Storage.AddFirstAdministrator(s.ctx, register(s.TB, text, doctor.Administrator))
			return err
		},
		"the name":         edit(func(d *doctor.Snapshot) { d.Name = text }),
		"the speciality":   edit(func(d *doctor.Snapshot) { d.Speciality = text }),
		"the staff number": edit(func(d *doctor.Snapshot) { d.InternalID = text }),
		"the hash":         update(func(d *doctor.Doctor) { d.ResetPassword(doctor.CredentialOf(text), now()) }),
		"an event":         update(func(d *doctor.Doctor) { d.Disable(s.saying(text)) }),
		"the keys alone":   update(s.rekey("a", text)),
		"the keys of Add": func() error {
			_, err := s.Storage.Add(s.ctx, s.keyed("a", text))
			return err
		},
		"the event of an erasure": func() error {
			return s.Storage.Erase(s.ctx, id, func(d *doctor.Doctor) error { d.Erase(s.saying(text)); return nil })
		},
		"a login's event": func() error {
			_, err := s.Storage.Conclude(s.ctx, s.attempt(nil), outbound.Outcome{
				Right: true, Doctor: id, LoginAt: now().At, Events: note(doctor.LoggedIn),
			})
			return err
		},
		"a logout's event": func() error {
			return s.Storage.Revoke(s.ctx, session(), inAnHour(), note(doctor.LoggedOut)[0])
		},
	}
}
