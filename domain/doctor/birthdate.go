package doctor

import "time"

// BirthDate is a day without a zone, YYYY-MM-DD.
type BirthDate struct{ v string }

// Where a doctor's "today" is. The zone is fixed, so that it needs no time zone files on the machine.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// ParseBirthDate reads a real day from 1900-01-01 to the day that now is in China.
func ParseBirthDate(raw string, now time.Time) (BirthDate, error) {
	s := canonical(raw)
	if !isDay(s) {
		return BirthDate{}, Invalid{Field: FieldBirthDate, Rule: RuleDate}
	}
	if s < "1900-01-01" || s > now.In(china).Format(time.DateOnly) {
		return BirthDate{}, Invalid{Field: FieldBirthDate, Rule: RuleDateRange}
	}
	return BirthDate{s}, nil
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func (b BirthDate) String() string { return b.v }
