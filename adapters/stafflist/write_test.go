package stafflist

import (
	"bytes"
	"encoding/csv"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"hospital.example/doctor-service/domain/doctor"
)

func written(t require.TestingT, h Header, doctors ...doctor.Snapshot) string {
	var out bytes.Buffer
	w, err := NewWriter(&out, h)
	require.NoError(t, err)
	for _, s := range doctors {
		d, err := doctor.Restore(s)
		require.NoError(t, err)
		require.NoError(t, w.Write(d))
	}
	require.NoError(t, w.Flush())
	return out.String()
}

var somebody = doctor.Snapshot{
	ID: 7, Phone: "13812345678", Name: "王小明", Role: "doctor", Status: "active", Version: 3, Generation: 1,
	Credential: "$argon2id$secret", CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 678000, time.UTC), UpdatedAt: today,
}

func TestAListHasAColumnForEachFieldAndNoneForPasswords(t *testing.T) {
	require.Equal(t, "id,phone,name,gender,birth_date,hospital_id,internal_id,department_id,position_rank,speciality,"+
		"avatar_url,role,status,version,created_at,updated_at,last_login_at\n"+
		"7,13812345678,王小明,,,,,,,,,doctor,active,3,2026-01-02T03:04:05.000678Z,2026-11-26T12:00:00Z,\n",
		written(t, English, somebody))
}

func TestAListForSpreadsheetsIsInChineseAndSaysThatItIsUTF8(t *testing.T) {
	out := written(t, Chinese, somebody)
	require.True(t, strings.HasPrefix(out, "\xEF\xBB\xBF医生ID,手机号,姓名,性别,"), out)
	require.Len(t, told(t, out), 1)
}

func TestASpreadsheetRunsNothing(t *testing.T) {
	s := somebody
	for _, begin := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'=", "''@", "'＝"} {
		s.Speciality = begin + `cmd|'/C calc'!A0`
		rows, err := csv.NewReader(strings.NewReader(written(t, English, s))).ReadAll()
		require.NoError(t, err)
		require.Equal(t, "'"+s.Speciality, rows[1][9])
	}
	for _, harmless := range []string{"1=1", "'", "''", "'a", "a-b", "", "，="} {
		require.Equal(t, harmless, escape(harmless))
		require.Equal(t, harmless, unescape(harmless))
	}
}

func TestEscapingIsUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("'=+-@\t\r＝a")), rapid.Rune())).Draw(t, "text")
		if got := unescape(escape(s)); got != s {
			t.Fatalf("%q became %q", s, got)
		}
		if strings.HasPrefix(escape(s), "=") {
			t.Fatalf("%q runs", s)
		}
	})
}

// drawn is a profile with anything in it that a doctor may have.
func drawn(t *rapid.T) doctor.ProfileEdit {
	odd := rapid.SampledFrom([]rune("\"',;=+-@\n\r\t\\＝ \uFEFF\uFFFD|𠮷é王"))
	prose := rapid.StringOfN(rapid.OneOf(odd, rapid.Rune()), 1, 40, -1)
	var e doctor.ProfileEdit
	e.Phone = drawnBy(t, rapid.StringMatching(`1[3-9][0-9]{9}`), doctor.ParsePhone)
	e.Name = drawnBy(t, rapid.StringMatching(`['’.·\-]?[王小明Anna𠮷][ 王\-'’.]{0,5}`), doctor.ParseName)
	e.Gender = doctor.SetTo(drawnBy(t, rapid.SampledFrom([]string{"男", "女", ""}), doctor.ParseGender))
	e.BirthDate = doctor.SetTo(drawnBy(t, rapid.SampledFrom([]string{"1985-03-02", ""}), func(s string) (doctor.BirthDate, error) {
		return doctor.ParseBirthDate(s, today)
	}))
	e.HospitalID = doctor.SetTo(drawnBy(t, rapid.Int64Range(0, 1<<53-1), func(n int64) (doctor.Reference, error) {
		return doctor.ParseReference("", n)
	}))
	e.InternalID = doctor.SetTo(drawnBy(t, rapid.StringMatching(`[-_./A-Za-z0-9]{1,8}`), doctor.ParseStaffNumber))
	e.PositionRank = doctor.SetTo(drawnBy(t, prose, doctor.ParsePositionRank))
	e.Speciality = doctor.SetTo(drawnBy(t, prose, doctor.ParseSpeciality))
	e.AvatarURL = doctor.SetTo(drawnBy(t, rapid.StringMatching(`https://a\.example/[a-z,"=@']{0,9}`), doctor.ParseAvatarURL))
	e.DepartmentID = doctor.SetTo(doctor.Reference{})
	return e
}

// drawnBy parses what was drawn; what is refused is not set.
func drawnBy[R, T any](t *rapid.T, of *rapid.Generator[R], parse func(R) (T, error)) T {
	var unset T
	value, err := parse(of.Draw(t, reflect.TypeFor[T]().Name()))
	if err != nil {
		return unset
	}
	return value
}

func TestWhatWasWrittenIsReadBackUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var edits []doctor.ProfileEdit
		var stored []doctor.Snapshot
		for range rapid.IntRange(1, 4).Draw(t, "doctors") {
			e := drawn(t)
			if e.Phone.IsZero() || e.Name.IsZero() {
				continue // the text that was drawn is no phone, or no name
			}
			d, err := doctor.Restore(somebody)
			require.NoError(t, err)
			d.ChangeProfile(e, doctor.SessionID{}, doctor.Occasion{At: today})
			edits, stored = append(edits, e), append(stored, d.Snapshot())
		}
		list := written(t, rapid.SampledFrom([]Header{English, Chinese}).Draw(t, "header"), stored...)
		if rapid.Bool().Draw(t, "GB18030") {
			list = inGB18030(list)
		}
		l, err := Open(strings.NewReader(list), today)
		require.NoError(t, err)
		for row, err := range l.Rows() {
			require.NoError(t, err)
			require.Empty(t, row.Faults, list)
			require.Equal(t, edits[0], row.Edit, list)
			edits = edits[1:]
		}
		require.Empty(t, edits)
	})
}

// inGB18030 is a list in the other encoding, if that can say it: not what stands for unreadable text, nor the characters
// of private use that the library mixes up, nor a list so short that it might be UTF-8.
func inGB18030(list string) string {
	there, err := simplifiedchinese.GB18030.NewEncoder().String(list)
	back, _ := simplifiedchinese.GB18030.NewDecoder().String(there)
	if err != nil || back != list || utf8.ValidString(there) || strings.Contains(list, "\uFFFD") {
		return list
	}
	return there
}

func TestWhatCannotBeWrittenIsTold(t *testing.T) {
	for _, h := range []Header{English, Chinese} {
		w, err := NewWriter(full{}, h)
		if err == nil {
			err = w.Flush()
		}
		require.ErrorIs(t, err, errFull)
	}
}

var errFull = errors.New("the disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
