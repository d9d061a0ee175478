package doctor_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"hospital.example/doctor-service/domain/doctor"
)

// What every value's tests share: tables of texts that are read and of texts that are refused, and a fuzz target.

type reader[T fmt.Stringer] func(raw string) (T, error)

// reading is a text that must be read, and how it is stored.
type reading struct{ why, raw, stored string }

func mustRead[T fmt.Stringer](t *testing.T, read reader[T], table []reading) {
	t.Helper()
	for _, c := range table {
		t.Run(c.why, func(t *testing.T) {
			v, err := read(c.raw)
			require.NoError(t, err)
			assert.Equal(t, c.stored, v.String())
		})
	}
}

// refusal is a text that must be refused, and the rule that it breaks.
type refusal struct {
	why, raw string
	broken   doctor.Rule
}

func mustRefuse[T fmt.Stringer](t *testing.T, read reader[T], field string, table []refusal) {
	t.Helper()
	for _, c := range table {
		t.Run(c.why, func(t *testing.T) {
			v, err := read(c.raw)
			var zero T
			assert.Equal(t, zero, v, "what is refused gives the zero value")
			refusedFor(t, err, field, c.broken)
		})
	}
}

func refusedFor(t *testing.T, err error, field string, broken doctor.Rule) {
	t.Helper()
	faults := doctor.Faults(err)
	require.Len(t, faults, 1, "%v", err)
	assert.Equal(t, field, faults[0].Field)
	assert.Equal(t, broken, faults[0].Rule)
}

// Texts on which readers stumble, whatever they read.
var hostile = []string{
	"", " ", "\x00", "\xff", "a\xffb", "\xed\xa0\x80", "\u202e", "\u200b", "\ufeff", "\u2028", "\ufffd", "\U0010ffff",
	"e\u0301", "\u0301", " \u0301a", "〇", "𠮷", "\U00030000", "\u3164", strings.Repeat("\u0301", 64), "a\r\nb", "a\tb",
}

// fuzzReader says what holds for every reader: it never panics; it blames its own field; and what it accepts is stored
// in a form that it reads as itself, that is as long as allowed and that holds nothing unseen.
func fuzzReader[T fmt.Stringer](f *testing.F, read reader[T], field string, longest int, breaks string, seeds ...string) {
	for _, s := range append(seeds, hostile...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		v, err := read(raw)
		if err != nil {
			faults := doctor.Faults(err)
			require.NotEmpty(t, faults, "%v", err)
			for _, fault := range faults {
				require.Equal(t, field, fault.Field)
			}
			return
		}
		stored := v.String()
		again, err := read(stored)
		require.NoError(t, err, "what is stored must be readable: %q", stored)
		require.Equal(t, v, again)
		require.True(t, utf8.ValidString(stored))
		require.True(t, norm.NFC.IsNormalString(stored))
		require.Equal(t, strings.TrimSpace(stored), stored)
		n := utf8.RuneCountInString(stored)
		require.True(t, 1 <= n && n <= longest, "%d characters", n)
		require.False(t, strings.ContainsFunc(stored, func(r rune) bool {
			return unicode.IsControl(r) && !strings.ContainsRune(breaks, r)
		}), "control characters in %q", stored)
	})
}
