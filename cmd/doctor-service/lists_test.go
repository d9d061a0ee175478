package main_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// staffList is a list of n doctors; every third line has a fault, each of another kind. told are the lines that an import
// prints of them.
func staffList(n int) (list string, told []string) {
	var text strings.Builder
	text.WriteString("手机号,姓名,性别,出生日期,所属医院,院内工号,擅长方向\n")
	for i := range n {
		line := i + 2
		cells := []string{
			fmt.Sprintf("136%08d", i), "单雄信", "男", "1985-03-02", "7", fmt.Sprintf("D-%d", i), fmt.Sprintf(`"=1+%d, ""心脏"""`, i),
		}
		fault := func(at int, cell, reason string) {
			cells[at] = cell
			told = append(told, fmt.Sprintf("line %d: %s", line, reason))
		}
		switch i % 21 {
		case 2:
			fault(0, "12345", "phone: The phone number must be an 11-digit mobile number of mainland China")
		case 5:
			fault(0, fmt.Sprintf("136%08d", i-1), fmt.Sprintf("phone: The phone number is that of line %d too", line-1))
		case 8:
			fault(5, fmt.Sprintf("D-%d", i-2), fmt.Sprintf("internal_id: The staff number is that of line %d too", line-2))
		case 11:
			fault(3, "1985-02-30", "birth_date: The date of birth must be a real day, written YYYY-MM-DD")
		case 14:
			fault(1, "", "name: The name is required")
		case 17:
			fault(6, "心\"脏", "A quotation mark is misplaced or has no partner")
		case 20:
			fault(6, "心脏,x", "The row has 8 cells, and the header 7")
		}
		text.WriteString(strings.Join(cells, ",") + "\n")
	}
	return text.String(), told
}

// file writes a list where a command can read it.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "doctors.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestAnImportTellsExactlyTheFaultyLinesAndADryRunTheSame(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		const n, faulty = 1200, 400
		list, told := staffList(n)
		require.Len(t, told, faulty)
		path := file(t, list)
		imported := func(want string, words ...string) {
			t.Helper()
			code, stdout, stderr := run(t, environ, "", append(words, path)...)
			require.Equal(t, 1, code, stderr)
			require.Equal(t, append(slices.Clone(told), want), lines(stdout))
			require.Equal(t, "doctor-service: 400 lines were not imported\n", stderr)
		}
		imported("dry run, nothing was stored: 800 added, 0 updated, 0 equal, 400 faulty", "import", "--dry-run")
		require.Empty(t, exported(t, environ), "a dry run stores nothing")
		imported("imported: 800 added, 0 updated, 0 equal, 400 faulty", "import")
		stored := exported(t, environ)
		require.Len(t, stored, 800)
		imported("imported: 0 added, 0 updated, 800 equal, 400 faulty", "import")
		imported("dry run, nothing was stored: 0 added, 0 updated, 800 equal, 400 faulty", "import", "--dry-run", "--update")
		require.Equal(t, stored, exported(t, environ), "a second time changes nothing")
	})
}

// exported are the rows of an export without its header.
func exported(t *testing.T, environ []string) [][]string {
	t.Helper()
	code, stdout, stderr := run(t, environ, "", "export")
	require.Zero(t, code, stderr)
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

// profilesOf are exported rows without what belongs to the storage that they came from, ordered by phone.
func profilesOf(rows [][]string) (profiles []string) {
	for _, row := range rows {
		profiles = append(profiles, strings.Join(row[1:11], "|"))
	}
	slices.Sort(profiles)
	return profiles
}

func TestWhoDiffersIsChangedOnlyIfTheOperatorSaysSo(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		code, _, stderr := run(t, environ, "phone,name,gender,speciality\n13600000001,王小明,男,心脏\n", "import", "-")
		require.Zero(t, code, stderr)
		before := exported(t, environ)
		path := file(t, "phone,name,speciality\n13600000001,王大明,\n")
		code, stdout, stderr := run(t, environ, "", "import", path)
		require.Equal(t, 1, code)
		require.Equal(t, "line 2: name: The name differs from what is stored\nline 2: speciality: The speciality differs from what is stored\n"+
			"imported: 0 added, 0 updated, 0 equal, 1 faulty\n", stdout)
		require.Contains(t, stderr, "--update")
		require.Equal(t, before, exported(t, environ))

		code, stdout, stderr = run(t, environ, "", "import", path, "--update")
		require.Zero(t, code, stderr)
		require.Equal(t, "imported: 0 added, 1 updated, 0 equal, 0 faulty\n", stdout)
		require.Equal(t, []string{"13600000001|王大明|男|||||||"}, profilesOf(exported(t, environ)), "what the list has no column for stays")
		told := lines(mustRun(t, environ, "admin", "show", "--phone", "13600000001", "--events", "--json"))
		require.Equal(t, []any{"profile_changed", "registered"}, membersOf(t, told[1:], "type"))
		require.Equal(t, []any{"cli", "cli"}, membersOf(t, told[1:], "actor"))
	})
}

// mustRun runs a command that must succeed.
func mustRun(t *testing.T, environ []string, words ...string) string {
	t.Helper()
	code, stdout, stderr := run(t, environ, "", words...)
	require.Zero(t, code, stderr)
	return stdout
}

func TestImportedDoctorsCanBeFoundAndLogInWhenAnAdministratorHasResetTheirPassword(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		phone := freshPhone()
		code, _, stderr := run(t, s.environ, "phone,name\n"+phone+",曾雄信\n", "import", "-")
		require.Zero(t, code, stderr)
		found := lines(s.operate("admin", "list", "--json", "--keyword", "zengxiongxin", "--limit", "1000"))
		require.Contains(t, membersOf(t, found, "phone"), phone)
		for _, guess := range []string{"", phone, "password", doctorPassword} {
			refused(t, 40010, s.login(phone, guess))
		}
		password := strings.TrimSpace(s.operate("admin", "reset-password", "--phone", phone))
		refused(t, 40010, s.login(phone, doctorPassword))
		accepted(t, s.login(phone, password))
	})
}

func TestWhatIsExportedFromOneStorageIsImportedIntoTheOther(t *testing.T) {
	for i, from := range storages {
		to := storages[1-i]
		t.Run(from+" to "+to, func(t *testing.T) {
			one, other := storage(t, from), storage(t, to)
			list, _ := staffList(105)
			gb, err := simplifiedchinese.GB18030.NewEncoder().String(list)
			require.NoError(t, err)
			code, _, stderr := run(t, one, adminPassword, "admin", "create", "--phone", freshPhone())
			require.Zero(t, code, stderr)
			code, _, _ = run(t, one, gb, "import", "-")
			require.Equal(t, 1, code)
			before := exported(t, one)
			require.Equal(t, 71, len(before))

			path := filepath.Join(t.TempDir(), "doctors.csv")
			require.Empty(t, mustRun(t, one, "export", "--header", "zh", path))
			require.Equal(t, "imported: 71 added, 0 updated, 0 equal, 0 faulty\n", mustRun(t, other, "import", path))
			require.Equal(t, profilesOf(before), profilesOf(exported(t, other)))
			require.Equal(t, "imported: 0 added, 0 updated, 71 equal, 0 faulty\n", mustRun(t, one, "import", path))
			written, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NotContains(t, string(written), "argon2")
		})
	}
}

func TestAnImportThatIsStoppedIsFinishedByTheNext(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		const n = 5000
		list := "phone,name\nx,y\n" // a fault tells that the first rows are stored
		for i := range n {
			list += fmt.Sprintf("136%08d,王小明\n", i)
		}
		path := file(t, list)
		c := exec.Command(binary, "import", path)
		c.Env = environ
		said := &interrupter{stop: func() { _ = c.Process.Signal(syscall.SIGINT) }}
		var complained transcript
		c.Stdout, c.Stderr = said, &complained
		_ = c.Run() // its code is 1: one line is faulty, whenever it was stopped
		require.Equal(t, 1, c.ProcessState.ExitCode(), complained.String())
		var first, second int
		last := lines(said.text.String())
		_, err := fmt.Sscanf(last[len(last)-1], "imported: %d added,", &first)
		require.NoError(t, err, said.text.String())
		require.Positive(t, first)

		code, stdout, _ := run(t, environ, "", "import", path)
		require.Equal(t, 1, code)
		last = lines(stdout)
		_, err = fmt.Sscanf(last[len(last)-1], "imported: %d added,", &second)
		require.NoError(t, err, stdout)
		rows := exported(t, environ)
		require.Len(t, rows, n)
		require.Len(t, slices.Compact(profilesOf(rows)), n)
		require.Equal(t, n, first+second, "what was counted was stored")
		if first < n {
			require.Contains(t, complained.String(), "importing again goes on from there")
		}
	})
}

// interrupter stops a program that begins to speak.
type interrupter struct {
	text transcript
	once atomic.Bool
	stop func()
}

func (i *interrupter) Write(p []byte) (int, error) {
	if !i.once.Swap(true) {
		i.stop()
	}
	return i.text.Write(p)
}
