package storagetest

import (
	"math"
	"strings"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Text, times and numbers come back exactly as they were stored.
var exactness = []clause{
	{"text comes back exactly as it was stored, in a doctor and in its events", func(s *scene) {
		for _, text := range texts {
			d := s.newcomer(doctor.Ordinary)
			edit := s.written(text)
			d.ChangeProfile(edit, doctor.SessionID{}, s.saying(text))
			want, events := d.Snapshot(), recorded(d)
			want.ID = s.add(d)
			s.same("Add of "+text, s.get(want.ID).Snapshot(), want)
			s.happened(want.ID, events...)
			found, err := s.Storage.ByPhone(s.ctx, d.Profile().Phone)
			s.must("ByPhone of "+text, err)
			s.same("ByPhone of "+text, found.Snapshot(), want)

			s.must("clearing", s.edit(want.ID, s.written("-")))
			s.update(want.ID, func(d *doctor.Doctor) {
				d.ChangeProfile(edit, doctor.SessionID{}, s.saying(text))
				d.ResetPassword(doctor.CredentialOf(text), s.saying(text))
				want, events = d.Snapshot(), recorded(d)
			})
			s.same("Update to "+text, s.get(want.ID).Snapshot(), want)
			stored := s.events(want.ID)
			for i, e := range events {
				if g := stored[len(stored)-len(events)+i]; !sameEvent(g, e) {
					s.Fatalf("an event about %q:\n got %+v\nwant %+v", text, g, e)
				}
			}
		}
	}},

	{"texts that differ only in letter case, form or blanks are different, as phones and as staff numbers", func(s *scene) {
		for _, pair := range alike {
			for _, text := range pair {
				d := register(s.TB, text, doctor.Ordinary)
				d.ChangeProfile(s.staff(7, text), doctor.SessionID{}, now())
				want := d.Snapshot()
				want.ID = s.add(d)
				found, err := s.Storage.ByPhone(s.ctx, d.Profile().Phone)
				s.must("ByPhone", err)
				s.same("ByPhone of "+text, found.Snapshot(), want)
				_, err = s.Storage.Add(s.ctx, register(s.TB, text, doctor.Ordinary))
				s.refused("the same text again", err, doctor.ErrPhoneTaken)
			}
		}
	}},

	{"text with a NUL, or that is no UTF-8, is refused, nothing is stored, and the store is as usable as before", func(s *scene) {
		d := s.newcomer(doctor.Ordinary)
		events := recorded(d)
		id := s.add(d)
		before, feed := s.get(id).Snapshot(), s.watch(s.Replica)
		for _, text := range []string{"a\x00b", "\x00", "a\xffb", "\xed\xa0\x80"} {
			for where, attempt := range s.unstorable(id, text) {
				if err := attempt(); err == nil || gaveUp(err) {
					s.Fatalf("%q in %s: got error %v, want a refusal", text, where, err)
				}
				s.untouched(id, before, events, feed)
			}
		}
		s.ordinary()
	}},

	{"times come back as the same instants, to the microsecond, whatever their zone", func(s *scene) {
		shanghai := time.FixedZone("Shanghai", 8*3600)
		for _, at := range []time.Time{
			time.Date(2026, 11, 5, 8, 30, 0, 123456000, time.UTC),
			time.Date(2026, 11, 5, 16, 30, 0, 999999000, shanghai),
			time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC),
			time.Unix(0, 0).UTC(),
			time.Date(1900, 1, 1, 0, 5, 43, 1000, time.FixedZone("old Shanghai", 8*3600+5*60+43)),
			time.Date(2500, 2, 28, 0, 0, 0, 1000, shanghai),
		} {
			id := s.add(restored(s.TB, func(d *doctor.Snapshot) {
				s.people++
				d.Phone, d.CreatedAt, d.UpdatedAt, d.LastLoginAt = phone(s.people), at, at.Add(time.Microsecond), at
			}))
			got := s.get(id)
			s.instant("created", got.CreatedAt(), at)
			s.instant("updated", got.UpdatedAt(), at.Add(time.Microsecond))
			s.instant("last login", got.LastLoginAt(), at)

			s.update(id, func(d *doctor.Doctor) { d.Disable(occasion(at)) })
			s.passes(s.attempt(got), outbound.Outcome{Doctor: id, LoginAt: at.Add(time.Microsecond)})
			got = s.get(id)
			s.instant("updated", got.UpdatedAt(), at)
			s.instant("last login", got.LastLoginAt(), at.Add(time.Microsecond))
			s.instant("the event", s.events(id)[0].At, at)
		}
		feed, id := s.watch(s.Replica), s.ordinary()
		void := outbound.Revocation{Session: session(), Expires: inAnHour().In(shanghai)}
		s.must("Revoke", s.Storage.Revoke(s.ctx, void.Session, void.Expires, doctor.Note(id, doctor.LoggedOut, now())))
		feed.brings(void)
	}},

	{"a date has no zone: it comes back as the day it was", func(s *scene) {
		for _, day := range []string{"1900-01-01", "1970-01-01", "1988-02-29", "1991-04-14", "2026-11-05"} {
			id := s.add(restored(s.TB, func(d *doctor.Snapshot) { s.people++; d.Phone, d.BirthDate = phone(s.people), day }))
			if got := s.get(id).Profile().BirthDate.String(); got != day {
				s.Fatalf("born on %s, want %s", got, day)
			}
		}
	}},

	{"numbers come back exactly, also those that a floating point number would round", func(s *scene) {
		for _, n := range []int64{1, 1<<31 + 1, 1<<53 - 1, 1<<53 + 1, math.MaxInt64 - 1} {
			d := restored(s.TB, func(d *doctor.Snapshot) {
				s.people++
				d.Phone = phone(s.people)
				d.HospitalID, d.DepartmentID, d.Version, d.Generation = n, n, n, n
			})
			want := d.Snapshot()
			want.ID = s.add(d)
			s.same("Get", s.get(want.ID).Snapshot(), want)
			after := s.update(want.ID, func(d *doctor.Doctor) { d.ResetPassword(doctor.CredentialOf("$x"), now()) })
			if after.Version() != n+1 || after.Generation() != n+1 {
				s.Fatalf("version %d, generation %d follow %d", after.Version(), after.Generation(), n)
			}
			s.same("Update", s.get(want.ID).Snapshot(), after.Snapshot())
		}
	}},

	{"what is not set comes back not set, and what was cleared as well", func(s *scene) {
		unset := restored(s.TB, func(d *doctor.Snapshot) { d.Phone = "unset" })
		want := unset.Snapshot()
		want.ID = s.add(unset)
		s.same("Get", s.get(want.ID).Snapshot(), want)
		s.must("filling", s.edit(want.ID, s.fullProfile()))
		s.must("clearing", s.edit(want.ID, editOf(unset.Profile())))
		want.UpdatedAt, want.Version, want.Generation = s.get(want.ID).UpdatedAt(), 3, 3
		s.same("Get after clearing", s.get(want.ID).Snapshot(), want)
		if !s.get(want.ID).LastLoginAt().IsZero() {
			s.Fatal("a doctor that never logged in has a last login")
		}
	}},

	{"sessions and salts are bytes: every value of them comes back", func(s *scene) {
		feed, id := s.watch(s.Replica), s.ordinary()
		for i := range 256 {
			void := outbound.Revocation{Session: doctor.SessionID{byte(i), 15: byte(255 - i)}, Expires: inAnHour()}
			event := doctor.Note(id, doctor.LoggedOut, now())
			s.must("Revoke", s.Storage.Revoke(s.ctx, void.Session, void.Expires, event))
			feed.brings(void)
		}
	}},
}

// instant stops the case unless two times are one.
func (s *scene) instant(what string, got, want time.Time) {
	s.Helper()
	if !got.Equal(want) {
		s.Fatalf("%s at %s, want %s", what, got, want)
	}
}

// texts are those that storages have garbled.
var texts = []string{
	"DOC1", "doc1", "ÄÖÜ", "e\u0301", "\u00e9", "𠮷野", "\U0003134A", "王小明", "👩🏽\u200d⚕️", "İıŞş", "ﬁ", "K",
	`'`, `"`, "`", `\`, `\n`, `\'`, "%", "_", "%s", "$1", "?", ":name", "--", ";", "/*", "{}", `{"a":1}`, "[1,2]", "NULL", "null",
	"a ", " a", " ", "  ", "a\t", "\ta", "a\n", "a\r\nb", "\n", "\u00a0", "\u3000", "\ufeff", "\u202e", "\u2028",
	"\x01", "\x1f", "\x7f", "\ufffd", "\uffff", "0", "007", "1e3", "-1", "true", "<b>&amp;", "2026-11-05",
	strings.Repeat("𠮷", 500),
}

// alike are texts that collations, blank-padded columns and normal forms take for one.
var alike = [][]string{
	{"DOC1", "doc1", "Doc1", "ＤＯＣ1"},
	{"a", "a ", " a", "a  ", "a\t", "a\n"},
	{"e\u0301", "\u00e9", "e"},
	{"ss", "ß", "SS"},
	{"i", "İ", "ı", "I"},
	{"\u212b", "\u00c5", "A\u030a"},
	{"7", "07", "7.0", "７", "٧"},
	{"𠮷", "吉"},
	{"\ufeffb", "b", "\u200bb", "b\u00ad"},
	{"x-y", "xy", "x y"},
}
