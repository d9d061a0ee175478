package doctor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

func bornBefore(now time.Time) reader[doctor.BirthDate] {
	return func(raw string) (doctor.BirthDate, error) { return doctor.ParseBirthDate(raw, now) }
}

var noon2026 = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestBirthDateIsARealDaySince1900(t *testing.T) {
	mustRead(t, bornBefore(noon2026), []reading{
		{"first day", "1900-01-01", "1900-01-01"},
		{"leap day", "2020-02-29", "2020-02-29"},
		{"leap day of 2000", "2000-02-29", "2000-02-29"},
		{"today", "2026-11-23", "2026-11-23"},
		{"blanks around", " 1980-05-01\n", "1980-05-01"},
	})
	mustRefuse(t, bornBefore(noon2026), doctor.FieldBirthDate, []refusal{
		{"no leap year", "2021-02-29", doctor.RuleDate},
		{"no leap year in 1900", "1900-02-29", doctor.RuleDate},
		{"thirty-first of April", "1980-04-31", doctor.RuleDate},
		{"thirteenth month", "1980-13-01", doctor.RuleDate},
		{"month zero", "1980-00-10", doctor.RuleDate},
		{"day zero", "1980-01-00", doctor.RuleDate},
		{"year zero", "0000-01-01", doctor.RuleDateRange},
		{"the day before the first", "1899-12-31", doctor.RuleDateRange},
		{"tomorrow", "2026-11-24", doctor.RuleDateRange},
		{"far off", "9999-12-31", doctor.RuleDateRange},
	})
}

func TestBirthDateHasOneForm(t *testing.T) {
	mustRefuse(t, bornBefore(noon2026), doctor.FieldBirthDate, []refusal{
		{"empty", "", doctor.RuleDate},
		{"slashes", "1980/05/01", doctor.RuleDate},
		{"no hyphens", "19800501", doctor.RuleDate},
		{"short month", "1980-5-01", doctor.RuleDate},
		{"short day", "1980-05-1", doctor.RuleDate},
		{"short year", "80-05-01", doctor.RuleDate},
		{"five digits", "01980-05-01", doctor.RuleDate},
		{"sign", "-1980-05-01", doctor.RuleDate},
		{"day first", "01-05-1980", doctor.RuleDate},
		{"time of day", "1980-05-01T00:00:00Z", doctor.RuleDate},
		{"Chinese", "1980年05月01日", doctor.RuleDate},
		{"full-width", "１９８０-０５-０１", doctor.RuleDate},
		{"words that databases know", "now", doctor.RuleDate},
		{"infinity", "infinity", doctor.RuleDate},
		{"NUL", "1980-05-01\x00", doctor.RuleDate},
		{"no text", "1980-05-\xff1", doctor.RuleDate},
	})
}

func TestTodayIsTheDayInChina(t *testing.T) {
	midnight := time.Date(2026, 3, 1, 0, 0, 0, 0, time.FixedZone("", 8*60*60))
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", -12*60*60), time.FixedZone("", 14*60*60)} {
		_, err := doctor.ParseBirthDate("2026-03-01", midnight.In(zone))
		require.NoError(t, err, "the day has begun")
		_, err = doctor.ParseBirthDate("2026-03-01", midnight.Add(-time.Nanosecond).In(zone))
		refusedFor(t, err, doctor.FieldBirthDate, doctor.RuleDateRange)
	}
}

func FuzzBirthDate(f *testing.F) {
	for _, s := range append(hostile, "1900-01-01", "2021-02-29", "0000-00-00", "9999-12-31") {
		f.Add(s, noon2026.Unix())
	}
	f.Fuzz(func(t *testing.T, raw string, unix int64) {
		now := time.Unix(unix%(1<<37), 0)
		v, err := doctor.ParseBirthDate(raw, now)
		if err != nil {
			require.Len(t, doctor.Faults(err), 1)
			return
		}
		again, err := doctor.ParseBirthDate(v.String(), now)
		require.NoError(t, err)
		require.Equal(t, v, again)
		day, err := time.ParseInLocation(time.DateOnly, v.String(), time.FixedZone("", 8*60*60))
		require.NoError(t, err)
		require.False(t, day.After(now))
		require.GreaterOrEqual(t, day.Year(), 1900)
	})
}
