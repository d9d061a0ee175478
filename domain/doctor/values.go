package doctor

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Gender is shown in Chinese.
type Gender struct{ v string }

var genders = map[string]Gender{
	"男": {"男"}, "女": {"女"}, "未知": {"未知"}, "其他": {"其他"},
	"male": {"男"}, "female": {"女"}, "unknown": {"未知"}, "other": {"其他"},
}

// ParseGender reads a gender by its Chinese or English word. Digits are refused: the codes in use contradict each other.
func ParseGender(raw string) (Gender, error) {
	if g, ok := genders[canonical(raw)]; ok {
		return g, nil
	}
	return Gender{}, Invalid{Field: FieldGender, Rule: RuleGender}
}

func (g Gender) String() string { return g.v }

// BirthDate is a day without a zone, YYYY-MM-DD.
type BirthDate struct{ v string }

// Where a doctor's "today" is.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// ParseBirthDate reads a real day from 1900-01-01 to the day that now is in China.
func ParseBirthDate(raw string, now time.Time) (BirthDate, error) {
	s := canonical(raw)
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return BirthDate{}, Invalid{Field: FieldBirthDate, Rule: RuleDate}
	}
	if s < "1900-01-01" || s > now.In(china).Format(time.DateOnly) {
		return BirthDate{}, Invalid{Field: FieldBirthDate, Rule: RuleDateRange}
	}
	return BirthDate{s}, nil
}

func (b BirthDate) String() string { return b.v }

// Reference is the id of a thing that another service owns: a hospital, a department.
type Reference struct{ n int64 }

// maxReference is the greatest integer that every JSON reader keeps exact.
const maxReference = 1<<53 - 1

// ParseReference reads an id from 1 to 2^53−1; field is the name it is told under.
func ParseReference(field string, n int64) (Reference, error) {
	if n < 1 || n > maxReference {
		return Reference{}, Invalid{Field: field, Rule: RuleReference}
	}
	return Reference{n}, nil
}

// Int64 is the id, 0 when not set.
func (r Reference) Int64() int64 { return r.n }

func (r Reference) String() string {
	if r.n == 0 {
		return ""
	}
	return strconv.FormatInt(r.n, 10)
}

// StaffNumber is a doctor's number inside a hospital; letter case matters.
type StaffNumber struct{ v string }

var staffNumber = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)

// ParseStaffNumber reads 1 to 32 of letters, digits, "-", "_", "." and "/".
func ParseStaffNumber(raw string) (StaffNumber, error) {
	s := canonical(raw)
	if err := checkLength(FieldInternalID, s, 1, 32); err != nil {
		return StaffNumber{}, err
	}
	if !staffNumber.MatchString(s) {
		return StaffNumber{}, Invalid{Field: FieldInternalID, Rule: RuleStaffNumber}
	}
	return StaffNumber{s}, nil
}

func (n StaffNumber) String() string { return n.v }

// PositionRank is a professional title, free text; KnownRanks lists the usual ones.
type PositionRank struct{ v string }

// KnownRanks are the titles of the national scheme, highest first.
var KnownRanks = []string{"主任医师", "副主任医师", "主治医师", "住院医师", "医师", "医士"}

// ParsePositionRank reads a title of 1 to 32 characters.
func ParsePositionRank(raw string) (PositionRank, error) {
	s, err := parseFreeText(FieldPositionRank, raw, 32, "")
	return PositionRank{s}, err
}

func (r PositionRank) String() string { return r.v }

// Speciality says what a doctor is good at, in own words.
type Speciality struct{ v string }

// ParseSpeciality reads 1 to 500 characters; line breaks and tabs may stand.
func ParseSpeciality(raw string) (Speciality, error) {
	s, err := parseFreeText(FieldSpeciality, raw, 500, "\n\r\t")
	return Speciality{s}, err
}

func (s Speciality) String() string { return s.v }

// AvatarURL points to a picture; the service never fetches it.
type AvatarURL struct{ v string }

// ParseAvatarURL reads an absolute web address of at most 1024 characters without user info.
func ParseAvatarURL(raw string) (AvatarURL, error) {
	s := canonical(raw)
	if err := checkLength(FieldAvatarURL, s, 1, 1024); err != nil {
		return AvatarURL{}, err
	}
	hidden := strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	})
	u, err := url.Parse(s)
	if hidden || err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil {
		return AvatarURL{}, Invalid{Field: FieldAvatarURL, Rule: RuleURL}
	}
	return AvatarURL{s}, nil
}

func (a AvatarURL) String() string { return a.v }
