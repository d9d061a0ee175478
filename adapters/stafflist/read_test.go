package stafflist

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"hospital.example/doctor-service/domain/doctor"
)

var today = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// told is a list as a test reads it: its faults, its rows as "line: profile" or "line: faults".
func told(t testing.TB, list string) []string {
	t.Helper()
	l, err := Open(strings.NewReader(list), today)
	if faults := doctor.Faults(err); faults != nil {
		return []string{fmt.Sprintf("header %d: %s", l.Line, shownFaults(faults))}
	}
	require.NoError(t, err)
	var out []string
	for row, err := range l.Rows() {
		require.NoError(t, err)
		what := shownFaults(row.Faults)
		if row.Faults == nil {
			what = strings.Join(cellsOf(row.Edit), "|")
		}
		out = append(out, fmt.Sprintf("%d: %s", row.Line, what))
	}
	return out
}

func shownFaults(faults []doctor.Invalid) string {
	var all []string
	for _, f := range faults {
		all = append(all, strings.TrimSuffix(fmt.Sprintf("%s %s %d %d", f.Field, f.Rule, f.Min, f.Max), " 0 0"))
	}
	return strings.Join(all, ", ")
}

// cellsOf shows what an edit makes of a doctor who has a value in every field.
func cellsOf(e doctor.ProfileEdit) []string {
	d, err := doctor.Restore(doctor.Snapshot{
		ID: 1, Phone: "13800000001", Name: "old", Gender: "old", BirthDate: "1900-01-01", HospitalID: 1, InternalID: "old",
		DepartmentID: 1, PositionRank: "old", Speciality: "old", AvatarURL: "old", Role: "doctor", Status: "active", Version: 1,
		Generation: 1, CreatedAt: today, UpdatedAt: today,
	})
	if err != nil {
		panic(err)
	}
	d.ChangeProfile(e, doctor.SessionID{}, doctor.Occasion{At: today})
	var cells []string
	for _, c := range columns {
		if c.read != nil {
			cells = append(cells, c.show(d))
		}
	}
	return cells
}

func encoded(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	require.NoError(t, err)
	return out
}

const (
	short = "phone,name\n"
	wang  = "13812345678,王小明\n"
	asIs  = "|old|1900-01-01|1|old|1|old|old|old"
)

func TestHeaders(t *testing.T) {
	for name, c := range map[string]struct{ header, want string }{
		"English":                       {"phone,name", ""},
		"Chinese":                       {"手机号,姓名", ""},
		"other names":                   {"电话,姓名,生日,工号,医院ID,所属科室的id,职称,擅长,头像", ""},
		"case and blanks do not matter": {" Phone ,\tNAME, Birth_Date　,医院id", ""},
		"what an export has":            {"id,phone,name,role,status,version,created_at,updated_at,last_login_at", ""},
		"names that nobody gave":        {"phone,name,,", ""},
		"unknown columns are named":     {"phone,name,salary,年龄", "header 1: salary list_unknown, 年龄 list_unknown"},
		"a column without a name":       {"phone,,name", "header 1:  list_unknown"},
		"a column twice":                {"phone,name,手机", "header 1: phone list_twice"},
		"an unknown column twice":       {"phone,name,x,x", "header 1: x list_unknown, x list_unknown"},
		"a password":                    {"phone,name,Password", "header 1: Password list_password"},
		"a password in Chinese":         {"手机号,姓名,密码", "header 1: 密码 list_password"},
		"no phone, no name":             {"gender", "header 1: phone list_missing, name list_missing"},
		"no phone":                      {"id,name", "header 1: phone list_missing"},
		"quotes":                        {`"phone","na"me`, "header 1:  row_quotes"},
		"nobody's characters":           {"phone,name,a\x07b\u202e", "header 1: ab list_unknown"},
		"not far enough":                {"\n\n,,\nphone", "header 4: name list_missing"},
		"nothing":                       {"", "header 0:  list_empty"},
		"the mark and nothing":          {"\xEF\xBB\xBF\r\n", "header 0:  list_empty"},
		"blanks and commas":             {" ,,\n", "header 0:  list_empty"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, strings.Join(told(t, c.header+"\n"), "; "))
		})
	}
}

func TestRows(t *testing.T) {
	const all = "phone,name,gender,birth_date,hospital_id,internal_id,department_id,position_rank,speciality,avatar_url\n"
	for name, c := range map[string]struct {
		list string
		want []string
	}{
		"nobody":             {short, nil},
		"absent columns":     {short + wang, []string{"2: 13812345678|王小明" + asIs}},
		"no line break":      {short + strings.TrimSpace(wang), []string{"2: 13812345678|王小明" + asIs}},
		"Windows line break": {"phone,name\r\n13812345678,王小明\r\n", []string{"2: 13812345678|王小明" + asIs}},
		"every column": {
			all + "+86 138-1234-5678, 王小明 ,female,1985-03-02,3,D-7,12,主任医师,心脏,https://a.example/1.png\n",
			[]string{"2: 13812345678|王小明|女|1985-03-02|3|D-7|12|主任医师|心脏|https://a.example/1.png"},
		},
		"empty cells are not set":       {all + "13812345678,王小明,, ,　,,0,,,\n", []string{"2: 13812345678|王小明||||||||"}},
		"columns that are never looked": {"id,phone,name,role\nx,13812345678,王小明,boss\n", []string{"2: 13812345678|王小明" + asIs}},
		"all faults of a row": {
			all + "138,,x,1985.3.2,+3,a b,1.5,," + strings.Repeat("长", 501) + ",ftp://x\n",
			[]string{
				"2: phone phone, name required, gender gender, birth_date date, hospital_id reference, internal_id staff_number, " +
					"department_id reference, speciality length 1 500, avatar_url url",
			},
		},
		"a name with a blank as wide as a character": {
			"phone,name\n13812345678,王\u3000明\n", []string{"2: 13812345678|王 明" + asIs},
		},
		"days as spreadsheets save them": {
			"phone,name,birth_date\n13812345678,王,1985/3/2\n13812345678,王, 1985/03/12 \n13812345678,王,1985/2/30\n13812345678,王,85/3/2\n13812345678,王,2026/11/27\n",
			[]string{
				"2: 13812345678|王|old|1985-03-02|1|old|1|old|old|old", "3: 13812345678|王|old|1985-03-12|1|old|1|old|old|old",
				"4: birth_date date", "5: birth_date date", "6: birth_date date_range",
			},
		},
		"a day to come":           {"phone,name,birth_date\n13812345678,王,2026-11-27\n", []string{"2: birth_date date_range"}},
		"a hospital's name":       {"phone,name,所属医院\n13812345678,王,人民医院\n", []string{"2: hospital_id reference"}},
		"blank lines":             {short + "\n,\n \t,\n" + wang, []string{"5: 13812345678|王小明" + asIs}},
		"too few cells":           {short + "13812345678\n" + wang, []string{"2:  row_cells 1 2", "3: 13812345678|王小明" + asIs}},
		"too many cells":          {short + "13812345678,王,x\n" + wang, []string{"2:  row_cells 3 2", "3: 13812345678|王小明" + asIs}},
		"empty cells too many":    {short + "13812345678,王小明,,\n", []string{"2: 13812345678|王小明" + asIs}},
		"quotes":                  {short + `"13812345678","王小明"` + "\n", []string{"2: 13812345678|王小明" + asIs}},
		"a stray quote":           {short + "13812345678,王\"小明\n" + wang, []string{"2:  row_quotes", "3: 13812345678|王小明" + asIs}},
		"text after quotes":       {short + "13812345678,\"王\"小明\n" + wang, []string{"2:  row_quotes", "3: 13812345678|王小明" + asIs}},
		"a quote never closed":    {short + "13812345678,\"王小明\n" + wang + wang, []string{"2:  row_quotes", "3: 13812345678|王小明" + asIs, "4: 13812345678|王小明" + asIs}},
		"and another after it":    {short + "1,\"a\n\"\"x\n" + wang + wang, []string{"2:  row_quotes", "3:  row_quotes", "4: 13812345678|王小明" + asIs, "5: 13812345678|王小明" + asIs}},
		"closed in another row":   {short + "1,\"a\n" + wang + "2,\"b\"\n", []string{"2:  row_quotes", "3: 13812345678|王小明" + asIs, "4: phone phone"}},
		"a control character":     {short + "13812345678,王\x00\n", []string{"2: name name_characters"}},
		"a line without end":      {short + strings.Repeat("x", 3*maxRecord) + "\n" + wang, []string{"2:  row_length", "3: 13812345678|王小明" + asIs}},
		"a cell without end":      {short + "1,\"" + strings.Repeat("x\n", maxRecord) + wang, nil},
		"escaped":                 {"phone,name,internal_id\n13812345678,王,'-5\n", []string{"2: 13812345678|王|old|1900-01-01|1|-5|1|old|old|old"}},
		"a quote of its own":      {"phone,name,speciality\n13812345678,王,\"\"\"心\"\" 'x\"\n", []string{`2: 13812345678|王|old|1900-01-01|1|old|1|old|"心" 'x|old`}},
		"line breaks in cells":    {"phone,name,speciality\n13812345678,王,\"a\r\nb\n\nc\"\n" + "x,y,\n", []string{"2: 13812345678|王|old|1900-01-01|1|old|1|old|a\r\nb\n\nc|old", "6: phone phone"}},
		"a line break in headers": {"\"phone\n\",name\n" + wang, []string{"3: 13812345678|王小明" + asIs}},
	} {
		t.Run(name, func(t *testing.T) {
			got := told(t, c.list)
			if name == "a cell without end" {
				require.Equal(t, "2:  row_quotes", got[0])
				require.Len(t, got, maxRecord+1)
				require.Equal(t, fmt.Sprintf("%d: 13812345678|王小明%s", maxRecord+2, asIs), got[maxRecord])
				return
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestEncodings(t *testing.T) {
	chinese := "手机号,姓名\n" + wang
	want := []string{"2: 13812345678|王小明" + asIs}
	wide := func(e unicode.Endianness, bom unicode.BOMPolicy) string {
		out, err := unicode.UTF16(e, bom).NewEncoder().String(chinese)
		require.NoError(t, err)
		return out
	}
	for name, c := range map[string]struct {
		list string
		want []string
	}{
		"UTF-8":                       {chinese, want},
		"UTF-8 with its mark":         {"\xEF\xBB\xBF" + chinese, want},
		"GB18030":                     {encoded(t, chinese), want},
		"GB18030 with its mark":       {encoded(t, "\uFEFF"+chinese), want},
		"GB18030, a header of ASCII":  {encoded(t, short+wang), want},
		"rare Han in GB18030":         {encoded(t, short+"13812345678,王𠮷\n"), []string{"2: 13812345678|王𠮷" + asIs}},
		"UTF-16, little end first":    {wide(unicode.LittleEndian, unicode.UseBOM), []string{"header 0:  list_utf16"}},
		"UTF-16, big end first":       {wide(unicode.BigEndian, unicode.UseBOM), []string{"header 0:  list_utf16"}},
		"UTF-16 without mark":         {wide(unicode.LittleEndian, unicode.IgnoreBOM), []string{"header 0:  list_utf16"}},
		"a workbook":                  {"PK\x03\x04\x14\x00\x06\x00", []string{"header 0:  list_workbook"}},
		"UTF-8, one byte broken":      {short + wang + "13812345679,李\xE6\n" + wang + wang, []string{want[0], "3:  row_text", "4" + want[0][1:], "5" + want[0][1:]}},
		"UTF-8 with mark, all broken": {"\xEF\xBB\xBF" + short + "13812345679,\xC0\xEE\n", []string{"2:  row_text"}},
		"GB18030, one byte broken":    {encoded(t, chinese) + "13812345679,\xC0\xEE\xFF\n", []string{want[0], "3:  row_text"}},
		"GB18030 that is UTF-8 by chance in a line": {
			encoded(t, chinese) + "13812345679,\xC1\xAA\xCD\xA8\n", append(slices.Clone(want), "3: 13812345679|联通"+asIs),
		},
		"GB18030 that is UTF-8 by chance in most lines": {
			encoded(t, "手机号,姓名,性别\n13812345678,Li,女\n13812345678,Li,女\n"),
			[]string{"2: 13812345678|Li|女|1900-01-01|1|old|1|old|old|old", "3: 13812345678|Li|女|1900-01-01|1|old|1|old|old|old"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, told(t, c.list))
		})
	}
}

func TestWhatCannotBeReadEndsTheList(t *testing.T) {
	broken := errors.New("the disk is gone")
	l, err := Open(&failing{strings.NewReader(short + strings.Repeat(wang, 10000)), 100000, broken, false}, today)
	require.NoError(t, err)
	n, last := 0, error(nil)
	for _, err := range l.Rows() {
		n, last = n+1, err
	}
	require.ErrorIs(t, last, broken)
	require.Less(t, n, 10001)

	_, err = Open(&failing{strings.NewReader(short), 0, broken, true}, today)
	require.ErrorIs(t, err, broken)
}

func TestRowsEndWhenNobodyWantsMore(t *testing.T) {
	l, err := Open(strings.NewReader(short+wang+wang), today)
	require.NoError(t, err)
	for range l.Rows() {
		break
	}
	for row := range l.Rows() {
		require.Equal(t, 3, row.Line)
	}
}

func TestOfARowWithoutEndNoMoreIsKeptThanARowMayHave(t *testing.T) {
	const much = 64 << 20
	for begin, rest := range map[string]endless{"": "x", `1,"`: "x\n"} {
		r := records{in: bufio.NewReaderSize(io.MultiReader(strings.NewReader(begin), io.LimitReader(rest, much)), maxRecord)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		row, err := r.next()
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		require.NotEmpty(t, row.fault)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(much/4), begin)
	}
}

// endless is a text over and over again.
type endless string

func (e endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		n += copy(p[n:], e)
	}
	return n, nil
}

// failing breaks after some bytes, the second time that it is read if not at once.
type failing struct {
	*strings.Reader
	after int64
	err   error
	now   bool
}

func (f *failing) Read(p []byte) (int, error) {
	if at, _ := f.Reader.Seek(0, io.SeekCurrent); f.now && at >= f.after {
		return 0, f.err
	}
	return f.Reader.Read(p)
}

func (f *failing) Seek(offset int64, whence int) (int64, error) {
	f.now = true
	return f.Reader.Seek(offset, whence)
}
