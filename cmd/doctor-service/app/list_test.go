package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

const list = "phone,name,gender,hospital_id,internal_id\n13900000002,李梅,女,3,D-7\n13900000003,周周,,,\n"

// written puts a list into a file.
func (o office) written(text string) string {
	o.t.Helper()
	path := filepath.Join(o.t.TempDir(), "doctors.csv")
	require.NoError(o.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func (o office) everybody() string { return o.with("").exported("-") }

func (o office) exported(words ...string) string {
	o.t.Helper()
	code, stdout, stderr := o.do("export", words...)
	require.Equal(o.t, succeeded, code, stderr)
	return stdout
}

func TestAStaffListIsImportedOnceHoweverOften(t *testing.T) {
	o := newOffice(t)
	file := o.written(list)
	require.Equal(t, "dry run, nothing was stored: 2 added, 0 updated, 0 equal, 0 faulty\n", o.says("import --dry-run", file))
	require.Equal(t, 1, strings.Count(o.everybody(), "\n"))
	require.Equal(t, "imported: 2 added, 0 updated, 0 equal, 0 faulty\n", o.says("import", file))
	stored := o.everybody()
	require.Equal(t, 3, strings.Count(stored, "\n"))
	require.Equal(t, "imported: 0 added, 0 updated, 2 equal, 0 faulty\n", o.says("import", file))
	require.Equal(t, "imported: 0 added, 0 updated, 2 equal, 0 faulty\n", o.with(list).says("import -"))
	require.Equal(t, stored, o.everybody())
}

func TestFlagsMayStandBeforeAndAfterTheFile(t *testing.T) {
	o := newOffice(t)
	file := o.written(list)
	const dry = "dry run, nothing was stored: 2 added, 0 updated, 0 equal, 0 faulty\n"
	for _, words := range [][]string{{file, "--dry-run"}, {"--dry-run", file}, {"--update", file, "--dry-run"}, {"--dry-run=true", "--", file}} {
		require.Equal(t, dry, o.says("import", words...))
	}
	o.refuses(misused, "doctor-service import: FILE|- is missing", "import")
	o.refuses(misused, "doctor-service import: FILE|- is missing", "import --dry-run")
	o.refuses(misused, `doctor-service import: unexpected "x"`, "import", file, "x")
	o.refuses(misused, "flag provided but not defined: -wet", "import", file, "--wet")
	o.refuses(misused, `doctor-service version: unexpected "x"`, "version --", "x")
	o.refuses(misused, `no command "importx"`, "importx")
	o.refuses(misused, `no command "version x"`, "version x")
	o.refuses(misused, "--header must be en or zh", "export --header de")
	require.Contains(t, o.says("import --help"), "Usage: doctor-service import FILE|- [flags]\n")
	require.Contains(t, o.says("help export"), "Usage: doctor-service export [FILE|-] [flags]\n")
}

func TestFaultyLinesAreToldInWordsAndTheOthersImported(t *testing.T) {
	o := newOffice(t)
	o.says("import", o.written(list))
	file := o.written("手机号,姓名,性别,所属医院,院内工号,擅长方向\n" +
		"13900000002,李梅,男,3,D-7,\n" + // differs
		"13900000004,吴\"吴,,,,\n" +
		"138,,x,,,\"心脏\n血管\"\n" +
		"13900000005,郑郑,,,,\n" + // good
		"13900000005,王王,,,,\n" +
		"13900000006,冯冯,,3,D-7,\n" +
		"13900000007,陈陈,,3,D-8\n")
	code, stdout, stderr := o.do("import", file)
	require.Equal(t, failed, code)
	require.Equal(t, `line 2: gender: The gender differs from what is stored
line 3: A quotation mark is misplaced or has no partner
line 4: phone: The phone number must be an 11-digit mobile number of mainland China
line 4: name: The name is required
line 4: gender: The gender must be male, female, unknown or other
line 7: phone: The phone number is that of line 6 too
line 8: internal_id: The staff number is that of line 2 too
line 9: The row has 5 cells, and the header 6
imported: 1 added, 0 updated, 0 equal, 6 faulty
`, stdout)
	require.Equal(t, "doctor-service: 6 lines were not imported; those that differ from what is stored change it with --update\n", stderr)

	o.environ = append(o.environ, "LANG=zh_CN.UTF-8")
	code, stdout, stderr = o.do("import --update", file)
	require.Equal(t, failed, code)
	require.Equal(t, `第 3 行: 引号位置不对或没有成对
第 4 行: phone: 手机号应为 11 位手机号码
第 4 行: name: 姓名不能为空
第 4 行: gender: 性别应为男、女、未知或其他
第 7 行: phone: 手机号与第 6 行重复
第 8 行: internal_id: 院内工号与第 2 行重复
第 9 行: 此行有 5 个单元格，表头有 6 个
导入完成：新增 0 行，更新 1 行，相同 1 行，有误 5 行
`, stdout)
	require.Equal(t, "doctor-service: 有 5 行未导入\n", stderr)
}

func TestAListThatIsNoneIsRefusedWhole(t *testing.T) {
	o := newOffice(t)
	for text, want := range map[string]string{
		"phone,name,password\n": "line 1: password: The password cannot be imported: administrators reset passwords\n",
		"手机号,薪水\n": `line 1: 薪水: "薪水" is not a column of a staff list` + "\n" +
			"line 1: name: The name has no column\n",
		"\xFF\xFEp\x00": "The list is in UTF-16: please save it as CSV UTF-8\n",
		"":              "The list is empty\n",
	} {
		code, stdout, stderr := o.do("import", o.written(text))
		require.Equal(t, failed, code)
		require.Equal(t, want, stdout)
		require.Equal(t, "doctor-service: nothing was imported\n", stderr)
	}
	o.refuses(failed, "no such file", "import", filepath.Join(t.TempDir(), "nothing.csv"))
	o.refuses(failed, "doctor-service: read /: is a directory", "import", "/")
}

func TestWhatComesThroughAPipeIsReadAsAFileIs(t *testing.T) {
	o := newOffice(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	aside := t.TempDir()
	t.Setenv("TMPDIR", aside)
	meanwhile := make(chan []os.DirEntry, 1)
	go func() {
		defer close(meanwhile)
		in, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			return
		}
		defer func() { _ = in.Close() }()
		_, _ = in.WriteString(list + strings.Repeat("\n", 1<<20)) // more than a pipe holds: when it is written, most was read
		if lying, err := os.ReadDir(aside); err == nil {
			meanwhile <- lying
		}
	}()
	require.Equal(t, "imported: 2 added, 0 updated, 0 equal, 0 faulty\n", o.says("import", pipe))
	lying, looked := <-meanwhile
	require.True(t, looked)
	require.Empty(t, lying, "whoever interrupts the import leaves the list behind")
}

func TestAnExportIsImportedElsewhereAsItWas(t *testing.T) {
	o, elsewhere := staffed(t), newOffice(t)
	o.says("import", o.written("phone,name,speciality\n13900000002,李梅,\"=1+1\r\n\"\"x\"\"\"\n"))
	for _, header := range []string{"en", "zh"} {
		file := filepath.Join(t.TempDir(), "doctors.csv")
		code, stdout, stderr := o.do("export --header", header, file)
		require.Equal(t, succeeded, code)
		require.Empty(t, stdout)
		require.Equal(t, "3 doctors were exported\n", stderr)
		about, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), about.Mode())
		left, err := os.ReadDir(filepath.Dir(file))
		require.NoError(t, err)
		require.Len(t, left, 1)

		require.Contains(t, elsewhere.says("import", file), " 0 faulty")
		require.Equal(t, profiles(t, o.everybody()), profiles(t, elsewhere.everybody()))
		written, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotContains(t, string(written), "argon2")
		require.Contains(t, string(written), "'=1+1")
	}
}

// profiles are those of an export, without ids, roles and times, ordered by phone.
func profiles(t *testing.T, export string) (all []string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(export)).ReadAll()
	require.NoError(t, err)
	for _, row := range rows {
		all = append(all, strings.Join(row[1:11], "|"))
	}
	slices.Sort(all)
	return all
}

func TestAnExportThatFailsLeavesTheFileAsItWas(t *testing.T) {
	o := staffed(t)
	o.exported(os.DevNull)
	about, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.False(t, about.Mode().IsRegular(), "what is no file is written to, not replaced")

	o.store.Damage(2)
	file := o.written("before")
	code, _, stderr := o.do("export", file)
	require.Equal(t, failed, code)
	require.Equal(t, "doctor-service: 1 doctors were exported; these are damaged and were left out: [2]\n", stderr)

	require.NoError(t, os.WriteFile(file, []byte("before"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o.stdout, o.stderr = &transcript{}, &transcript{}
	require.Equal(t, failed, o.run(ctx, []string{"export", file}))
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "before", string(written))
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func TestAnImportThatIsStoppedSaysHowToGoOn(t *testing.T) {
	o := newOffice(t)
	o.drivers[0].Open = func(context.Context, outbound.StorageOptions) (outbound.Storage, error) {
		return fullStorage{o.store.Peer()}, nil
	}
	code, stdout, stderr := o.do("import", o.written(list))
	require.Equal(t, failed, code)
	require.Equal(t, "imported: 0 added, 0 updated, 0 equal, 0 faulty\n", stdout)
	require.Equal(t, "doctor-service: the import was stopped: at line 2: the disk is full; what was imported stays, "+
		"and importing again goes on from there\n", stderr)
}

func TestAnExportThatIsInterruptedLeavesNoHalfList(t *testing.T) {
	o := staffed(t)
	o.drivers[0].Open = func(context.Context, outbound.StorageOptions) (outbound.Storage, error) {
		return interrupting{o.store.Peer()}, nil
	}
	file := o.written("before")
	o.refuses(failed, "context canceled", "export", file)
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, left, 1)
}

// interrupting is a storage whose user loses patience while it looks.
type interrupting struct{ outbound.Storage }

func (s interrupting) Find(ctx context.Context, q outbound.Query) (outbound.Page, error) {
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
		return outbound.Page{}, err
	}
	<-ctx.Done()
	return s.Storage.Find(ctx, q)
}

func TestAnImportThatItsOperatorStopsNeedsNoReason(t *testing.T) {
	o := newOffice(t)
	o.drivers[0].Open = func(context.Context, outbound.StorageOptions) (outbound.Storage, error) {
		return leftStorage{o.store.Peer()}, nil
	}
	file := o.written(list)
	for _, c := range []struct{ locale, command, want string }{
		{"C", "import", "the import was stopped; what was imported stays, and importing again goes on from there"},
		{"C", "import --dry-run", "the dry run was stopped"},
		{"zh_CN.UTF-8", "import", "导入已停止；已导入的内容会保留，再次导入将从此处继续"},
		{"zh_CN.UTF-8", "import --dry-run", "试运行已停止"},
	} {
		o.environ = append(o.environ, "LANG="+c.locale)
		code, _, stderr := o.do(c.command, file)
		require.Equal(t, failed, code)
		require.Equal(t, "doctor-service: "+c.want+"\n", stderr)
	}
}

// leftStorage is one whose user goes away.
type leftStorage struct{ outbound.Storage }

func (leftStorage) ByPhone(context.Context, doctor.Phone) (*doctor.Doctor, error) {
	return nil, context.Canceled
}

// fullStorage takes nobody more.
type fullStorage struct{ outbound.Storage }

func (fullStorage) Add(context.Context, *doctor.Doctor) (doctor.ID, error) {
	return 0, errors.New("the disk is full")
}

func TestProgressIsShownOnATerminalAndGivesWayToFaults(t *testing.T) {
	var terminal bytes.Buffer
	s := &progress{to: &terminal}
	s.count(inbound.RowOutcome{})
	s.count(inbound.RowOutcome{})
	s.shown = time.Time{}
	s.count(inbound.RowOutcome{})
	s.count(inbound.RowOutcome{Faults: make([]inbound.RowFault, 1)})
	require.Equal(t, "\r1\r3\r\x1b[K", terminal.String())
}
