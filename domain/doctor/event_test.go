package doctor_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"hospital.example/doctor-service/domain/doctor"
)

func TestEventTellsWhoDidWhatWhenAndFromWhere(t *testing.T) {
	d := restored(t)
	d.ChangeRole(doctor.Administrator, later())
	want := doctor.Event{
		Doctor: 7, Type: doctor.RoleChanged, Version: 5, At: day(9), Actor: "7", Fields: []string{"role"},
		Values: doctor.Values{
			Salt: [32]byte{1, 2, 3}, Source: "192.0.2.1", RequestID: "req-1",
			Changes: []doctor.Change{{Field: "role", Before: "doctor", After: "admin"}},
		},
	}
	want.Commitment = want.Commit()
	assert.Equal(t, []doctor.Event{want}, d.Drain().Events)
}

func TestNoteIsAnEventThatChangedNothing(t *testing.T) {
	e := doctor.Note(7, doctor.LoggedIn, later())
	want := doctor.Event{
		Doctor: 7, Type: doctor.LoggedIn, At: day(9), Actor: "7",
		Values: doctor.Values{Salt: [32]byte{1, 2, 3}, Source: "192.0.2.1", RequestID: "req-1"},
	}
	want.Commitment = want.Commit()
	assert.Equal(t, want, e)
}

func TestEventsOfPasswordsHoldNoPassword(t *testing.T) {
	d := restored(t)
	d.ChangePassword(hash, ownLogin, later())
	d.ResetPassword(hash, later())
	events := d.Drain().Events
	for _, e := range events {
		assert.Equal(t, []doctor.Change{{Field: "password"}}, e.Values.Changes)
		assert.Equal(t, []string{"password"}, e.Fields)
	}
	assert.NotContains(t, fmt.Sprintf("%+v", events), "argon2id")
}

func sample() doctor.Event {
	return doctor.Event{
		Type: doctor.ProfileChanged,
		Values: doctor.Values{
			Salt: [32]byte{1}, Source: "192.0.2.1", RequestID: "req-1",
			Changes: []doctor.Change{{"name", "王", "李"}, {"gender", "", "女"}},
		},
	}
}

func TestCommitmentTellsEveryChangedValue(t *testing.T) {
	assert.Equal(t, sample().Commit(), sample().Commit(), "the same values give the same commitment")
	for name, change := range map[string]func(*doctor.Event){
		"type":          func(e *doctor.Event) { e.Type = doctor.PhoneChanged },
		"salt":          func(e *doctor.Event) { e.Values.Salt[31] = 1 },
		"source":        func(e *doctor.Event) { e.Values.Source = "" },
		"request id":    func(e *doctor.Event) { e.Values.RequestID = "req-2" },
		"field":         func(e *doctor.Event) { e.Values.Changes[0].Field = "phone" },
		"value before":  func(e *doctor.Event) { e.Values.Changes[0].Before = "汪" },
		"value after":   func(e *doctor.Event) { e.Values.Changes[1].After = "男" },
		"value cleared": func(e *doctor.Event) { e.Values.Changes[0].Before = "" },
		"order":         func(e *doctor.Event) { slices.Reverse(e.Values.Changes) },
		"one less":      func(e *doctor.Event) { e.Values.Changes = e.Values.Changes[:1] },
		"one more":      func(e *doctor.Event) { e.Values.Changes = append(e.Values.Changes, doctor.Change{}) },
		"none":          func(e *doctor.Event) { e.Values.Changes = nil },
	} {
		e := sample()
		change(&e)
		assert.NotEqual(t, sample().Commit(), e.Commit(), name)
	}
}

func TestCommitmentDoesNotDependOnWhatIsKeptForEver(t *testing.T) {
	e := sample() // its identity is given by storage, after the commitment was made
	e.Doctor, e.Version, e.Actor = 7, 3, doctor.Bootstrap
	assert.Equal(t, sample().Commit(), e.Commit())
}

// Two lists of values that read the same when written one after the other must not commit to the same.
func TestCommitmentsOfAmbiguousConcatenationsDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune{'a', 0, 1, '8'}), 0, 12, -1).Draw(t, "text")
		cut := func(label string) []string {
			at := rapid.SliceOfN(rapid.IntRange(0, len(text)), 8, 8).Draw(t, label)
			slices.Sort(at)
			var parts []string
			from := 0
			for _, to := range append(at, len(text)) {
				parts = append(parts, text[from:to])
				from = to
			}
			return parts
		}
		event := func(p []string) doctor.Event {
			return doctor.Event{Type: doctor.EventType(p[0]), Values: doctor.Values{
				Source: p[1], RequestID: p[2], Changes: []doctor.Change{{p[3], p[4], p[5]}, {p[6], p[7], p[8]}},
			}}
		}
		one, other := cut("one"), cut("other")
		if same := event(one).Commit() == event(other).Commit(); same != slices.Equal(one, other) {
			t.Fatalf("%q and %q", one, other)
		}
	})
}
