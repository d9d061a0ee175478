package app

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/argon2"
	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// office is the program on a storage that outlasts its commands.
type office struct {
	program
	t     *testing.T
	store *memory.Store
}

func newOffice(t *testing.T) office {
	t.Helper()
	p, _ := newProgram(t)
	store := memory.New()
	p.drivers[0].Open = func(context.Context, outbound.StorageOptions) (outbound.Storage, error) { return store.Peer(), nil }
	p.drivers[0].Path = func(string) (string, error) { return filepath.Join(t.TempDir(), "doctor.db"), nil }
	return office{p, t, store}
}

// with gives a command something to read.
func (o office) with(typed string) office {
	o.t.Helper()
	path := filepath.Join(o.t.TempDir(), "typed")
	require.NoError(o.t, os.WriteFile(path, []byte(typed), 0o600))
	file, err := os.Open(path)
	require.NoError(o.t, err)
	o.t.Cleanup(func() { require.NoError(o.t, file.Close()) })
	o.stdin = file
	return o
}

// do runs a command and gives its exit code and what it printed.
func (o office) do(command string, words ...string) (code int, stdout, stderr string) {
	o.t.Helper()
	o.stdout, o.stderr = &transcript{}, &transcript{}
	code = o.run(o.t.Context(), append(strings.Fields(command), words...))
	return code, o.stdout.(*transcript).String(), o.stderr.(*transcript).String()
}

// says runs a command that must succeed in silence but for what it prints.
func (o office) says(command string, words ...string) string {
	o.t.Helper()
	code, stdout, stderr := o.do(command, words...)
	require.Equal(o.t, succeeded, code, stderr)
	require.Empty(o.t, stderr)
	return stdout
}

// refuses runs a command that must fail with one line.
func (o office) refuses(code int, why, command string, words ...string) {
	o.t.Helper()
	ended, stdout, stderr := o.do(command, words...)
	require.Equal(o.t, code, ended, "%s: %s", command, stderr)
	require.Empty(o.t, stdout)
	require.Len(o.t, strings.Split(strings.TrimSpace(stderr), "\n"), 1, stderr)
	require.Contains(o.t, stderr, why, command)
}

// doctor stores one that is no administrator.
func (o office) doctor(phone, name string) doctor.ID {
	o.t.Helper()
	p, err := doctor.ParsePhone(phone)
	require.NoError(o.t, err)
	n, err := doctor.ParseName(name)
	require.NoError(o.t, err)
	d := doctor.Register(doctor.Registration{Phone: p, Name: n}, doctor.Occasion{At: time.Now(), Actor: doctor.CommandLine})
	d.Index(newPinyin())
	id, err := o.store.Add(o.t.Context(), d)
	require.NoError(o.t, err)
	return id
}

const (
	bossPhone  = "13800000001"
	wangPhone  = "13900000001"
	goodPhrase = "heart-and-lungs-24\n"
)

// staffed is an office with one administrator, 1, and one doctor, 2.
func staffed(t *testing.T) office {
	t.Helper()
	o := newOffice(t)
	require.Equal(t, "administrator 1 was created\n", o.with(goodPhrase).says("admin create --phone "+bossPhone, "--name", "李雷"))
	require.EqualValues(t, 2, o.doctor(wangPhone, "王小明"))
	return o
}

var onADoctor = []string{"admin show", "admin disable", "admin enable", "admin reset-password", "admin erase --yes"}

func TestNoCommandPretendsToWorkOnAStorageThatEndsWithIt(t *testing.T) {
	p, _ := newProgram(t)
	o := office{program: p, t: t}
	for _, command := range append([]string{"admin list", "admin create"}, onADoctor...) {
		o.with(goodPhrase).refuses(misused, "DOCTOR_STORAGE: memory: lives inside one process", command, flagsOf(command)...)
	}
}

func flagsOf(command string) []string {
	if command == "admin list" {
		return nil
	}
	return []string{"--phone", wangPhone}
}

func TestACommandOnADoctorWantsOneName(t *testing.T) {
	o := staffed(t)
	for _, command := range onADoctor {
		o.refuses(misused, "--id or with --phone", command)
		o.refuses(misused, "--id or with --phone", command, "--id", "2", "--phone", wangPhone)
		o.refuses(misused, "--id must be a whole number", command, "--id", "-2")
		o.refuses(misused, "The phone number must be an 11-digit mobile number", command, "--phone", "12")
		o.refuses(failed, "no such doctor", command, "--id", "77")
		o.refuses(failed, "no such doctor", command, "--phone", "13700000000")
	}
	o.environ = append(o.environ, "LANG=zh_CN.UTF-8")
	o.refuses(misused, "doctor-service: 手机号应为 11 位手机号码", "admin show", "--phone", "12")
}

func TestCommandsTellTheirFaultsInTheLanguageOfTheLocale(t *testing.T) {
	o := staffed(t)
	o.environ = append(o.environ, "LANG=zh_CN.UTF-8")
	for command, why := range map[string]string{
		"admin show":             "请用 --id 或 --phone 指明医生",
		"admin show --id x":      "--id 应为正整数",
		"admin list --limit 0":   "--limit 应为 1 到 1000 之间的整数",
		"admin list --after -1":  "--after 应为医生编号",
		"admin erase --id 2":     "医生注销后无法恢复：无法询问时请加 --yes",
		"export --header french": "--header 应为 en 或 zh",
	} {
		o.with("").refuses(misused, "doctor-service: "+why, command)
	}
	o.refuses(failed, "doctor-service: 没有此医生", "admin show --id 77")
}

func TestWhatIsWrongWithANewAdministratorIsToldInWords(t *testing.T) {
	o := staffed(t)
	o.refuses(misused, "The phone number is required", "admin create")
	o.refuses(misused, "The phone number must be an 11-digit mobile number of mainland China; The name must hold at least one letter",
		"admin create --phone 12 --name 7")
	o.with(bossPhone).refuses(failed, "The password must not be made of the phone", "admin create --phone "+bossPhone)
	o.with("12345678").refuses(failed, "The password is among the most common ones", "admin create --phone "+wangPhone)
	o.with(goodPhrase).refuses(failed, "the phone number is already registered", "admin create --phone "+bossPhone)
}

func TestASearchTellsAllThatIsWrongWithItsWords(t *testing.T) {
	o := staffed(t)
	o.refuses(misused, "The keyword must hold at least one letter or digit; The hospital id must be an integer from 1",
		"admin list --keyword ... --hospital -1")
	o.refuses(misused, "The status must be active or disabled", "admin list --status gone")
	for _, words := range []string{"--limit 0", "--limit 1001", "--after -1", "--hospital x", "--department 0.5", "--colour red"} {
		o.refuses(misused, strings.Fields(words)[0][1:], "admin list "+words)
	}
}

func TestAListIsForPeopleOrForPrograms(t *testing.T) {
	o := staffed(t)
	require.Equal(t, ""+
		"id  phone        name    role    status  hospital_id  department_id  internal_id  position_rank\n"+
		"1   13800000001  李雷    admin   active  -            -              -            -\n"+
		"2   13900000001  王小明  doctor  active  -            -              -            -\n", o.says("admin list"))
	require.Equal(t, 2, strings.Count(o.says("admin list --keyword 小明"), "\n"))

	code, stdout, stderr := o.do("admin list --json --limit 1")
	require.Equal(t, succeeded, code)
	require.Equal(t, "there are more: go on with --after 1\n", stderr)
	require.Equal(t, 1, strings.Count(stdout, "\n"))
	var read map[string]any
	require.NoError(t, json.Unmarshal([]byte(o.says("admin list --json --after 1")), &read))
	require.Equal(t, "王小明", read["name"])
	require.Equal(t, "missing", read["password_is"])
	require.Nil(t, read["hospital_id"])
	require.Contains(t, read, "hospital_id")
}

func TestADoctorIsShownWithWhatHappenedToIt(t *testing.T) {
	o := staffed(t)
	shown := o.says("admin show --phone +86-139-0000-0001")
	for _, line := range []string{"id             2\n", "phone          13900000001\n", "status         active\n", "last_login_at  -\n"} {
		require.Contains(t, shown, line)
	}
	o.says("admin disable --id 2")
	shown = o.says("admin show --id 2 --events")
	require.Regexp(t, `(?s)status +disabled.*\n\n\S+Z  disabled +by cli  status "active" → "disabled"\n\S+Z  registered +by cli .*phone - → "13900000001"`, shown)

	o.says("admin erase --id 2 --yes")
	o.refuses(failed, "no such doctor", "admin show --id 2")
	o.refuses(failed, "no such doctor", "admin show --phone "+wangPhone, "--events")
	told := o.says("admin show --id 2 --events --json")
	for line := range strings.Lines(told) {
		require.True(t, json.Valid([]byte(line)), line)
		require.Contains(t, line, `"changes":null,"source":null`)
	}
	require.Equal(t, 3, strings.Count(told, "\n"))
	require.NotContains(t, told, wangPhone)
	o.refuses(failed, "no such doctor", "admin show --id 3 --events")
}

func TestOperatorsShutOutLetInAndReset(t *testing.T) {
	o := staffed(t)
	require.Equal(t, "doctor 2 is disabled\n", o.says("admin disable --phone "+wangPhone))
	require.Equal(t, "doctor 2 is disabled\n", o.says("admin disable --id 2"), "twice is once")
	require.Equal(t, "doctor 2 is active\n", o.says("admin enable --id 2"))
	password := o.says("admin reset-password --id 2")
	require.Regexp(t, `^[a-zA-Z0-9]{20}\n$`, password)
	require.Contains(t, o.says("admin show --id 2"), "password_is    to be changed\n")
	d, err := o.store.Get(t.Context(), 2)
	require.NoError(t, err)
	s, err := o.settings()
	require.NoError(t, err)
	verdict, err := argon2.New(s.argon2, argon2.Capacity{}).
		Verify(t.Context(), doctor.TypedPassword(strings.TrimSpace(password)), d.Credential())
	require.NoError(t, err)
	require.True(t, verdict.Match)
	for _, command := range []string{"admin disable", "admin erase --yes"} {
		o.refuses(failed, "at least one active administrator must remain", command, "--id", "1")
	}
}

func TestAPasswordThatCannotBeShownIsNoSuccess(t *testing.T) {
	o := staffed(t)
	o.stdout, o.stderr = full{}, &transcript{}
	require.Equal(t, failed, o.run(t.Context(), []string{"admin", "reset-password", "--id", "2"}))
	require.Contains(t, o.stderr.(*transcript).String(), "could not be shown, so reset it again")
}

func TestNothingSucceedsWhoseResultCannotBePrinted(t *testing.T) {
	o := staffed(t)
	for _, command := range []string{
		"admin list", "admin list --json", "admin show --id 1", "admin show --id 1 --json --events", "admin disable --id 2",
		"export", "import --dry-run " + o.written(list), "version", "--help", "admin --help", "admin list --help",
	} {
		o.stdout, o.stderr = full{}, &transcript{}
		require.Equal(t, failed, o.run(t.Context(), strings.Fields(command)), command)
		require.Contains(t, o.stderr.(*transcript).String(), "not all was printed", command)
	}
}

func TestErasingWantsThePhoneRepeatedOrYes(t *testing.T) {
	o := staffed(t)
	o.with(wangPhone).refuses(misused, "--yes", "admin erase --id 2")
	d, err := o.store.Get(t.Context(), 2)
	require.NoError(t, err)
	for typed, right := range map[string]bool{
		wangPhone + "\n": true, "139 0000 0001\n": true, "13900000002\n": false, "\n": false, "yes\n": false, "": false,
	} {
		var said transcript
		err := confirm(d, strings.NewReader(typed), &said)
		require.Equal(t, right, err == nil, typed)
		require.Contains(t, said.String(), "王小明")
		require.NotContains(t, said.String(), wangPhone, "whoever does not know it must look again")
	}
	require.Equal(t, "doctor 2 is erased\n", o.says("admin erase --id 2 --yes"))
	o.refuses(failed, "no such doctor", "admin erase --id 2 --yes")
}

// meddling is a storage on which somebody changes a doctor while an operator looks at it.
type meddling struct {
	outbound.Storage
	name doctor.Name
}

func (m meddling) Erase(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) error {
	_, err := m.Update(ctx, id, func(d *doctor.Doctor) error {
		d.ChangeProfile(doctor.ProfileEdit{Name: m.name}, doctor.SessionID{}, doctor.Occasion{At: time.Now(), Actor: doctor.By(1)})
		return nil
	})
	if err != nil {
		return err
	}
	return m.Storage.Erase(ctx, id, change)
}

func TestNobodyErasesWhatSomebodyHasJustChanged(t *testing.T) {
	o := staffed(t)
	name, err := doctor.ParseName("王晓明")
	require.NoError(t, err)
	o.drivers[0].Open = func(context.Context, outbound.StorageOptions) (outbound.Storage, error) {
		return meddling{o.store.Peer(), name}, nil
	}
	o.refuses(failed, "the profile has changed", "admin erase --id 2 --yes")
	require.Contains(t, o.says("admin show --id 2"), "王晓明")
}

func TestACommandMigratesOrRefusesAStorageThatDoesNotFit(t *testing.T) {
	o := staffed(t)
	schema := outbound.Schema{Version: 1, ServesFrom: 1, Program: 2}
	o.drivers[0].Open = func(context.Context, outbound.StorageOptions) (outbound.Storage, error) {
		return aging{o.store.Peer(), &schema}, nil
	}
	o.drivers[0].Migrate = func(context.Context, outbound.StorageOptions) error {
		schema.Version = 2
		return nil
	}
	o.environ = append(o.environ, "DOCTOR_MIGRATE=check")
	o.refuses(failed, "does not fit this program", "admin list")
	o.environ = append(o.environ, "DOCTOR_MIGRATE=auto")
	o.says("admin list")
	require.EqualValues(t, 2, schema.Version)
}

// aging has a schema of some version.
type aging struct {
	outbound.Storage
	schema *outbound.Schema
}

func (a aging) Probe(context.Context) (outbound.Probe, error) {
	return outbound.Probe{Schema: *a.schema}, nil
}

func TestAGroupOfCommandsListsThem(t *testing.T) {
	p, _ := newProgram(t)
	o := office{program: p, t: t}
	for _, command := range []string{"admin --help", "admin -h", "help admin"} {
		said := o.says(command)
		require.Contains(t, said, "Usage: doctor-service admin command")
		require.Contains(t, said, "admin reset-password  give a doctor a new password\n")
		require.NotContains(t, said, "config")
	}
	require.Contains(t, o.says("config --help"), "config check")
	require.Contains(t, o.says("migrate --help"), "wait", "it is a command itself")
	require.Contains(t, o.says("help admin list"), "-keyword")
	o.refuses(misused, "which?", "admin")
	o.refuses(misused, `no command "admin rename"`, "admin rename --help")
	o.refuses(misused, `no command "adm"`, "adm --help")
}

func TestCellsStandBelowEachOtherWhateverTheyAreWrittenIn(t *testing.T) {
	var said transcript
	table{{"a", "b"}, {"王小明", "c"}, {"é́", "d"}, {"ｗ", ""}}.write(&said)
	require.Equal(t, "a       b\n王小明  c\né́       d\nｗ\n", said.String())
	require.Equal(t, "a b\uFFFD[31m", onALine("a\nb\x1b[31m"))
}
