package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/goleak"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/config"
	"hospital.example/doctor-service/ports/outbound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// transcript is what a program writes, while jobs go on writing.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// address is where a listener of a started program is: for "clients" or for "operations".
func (p program) address(t *testing.T, of string) string {
	t.Helper()
	_, rest, found := strings.Cut(p.stderr.(*transcript).String(), `"for":"`+of+`","address":"`)
	require.True(t, found)
	address, _, _ := strings.Cut(rest, `"`)
	return address
}

// newProgram is the program on the memory storage and free ports.
func newProgram(t testing.TB, environ ...string) (program, settings) {
	t.Helper()
	p := program{
		environ: append([]string{
			"DOCTOR_STORAGE=memory:", "DOCTOR_HTTP_ADDR=127.0.0.1:0", "DOCTOR_METRICS_ADDR=127.0.0.1:0", "DOCTOR_LOG_FORMAT=json",
		}, environ...),
		drivers: []outbound.StorageDriver{memory.Driver()}, stdin: os.Stdin, stdout: &transcript{}, stderr: &transcript{},
	}
	s, err := p.settings()
	require.NoError(t, err)
	return p, s
}

func TestTheGraphIsComplete(t *testing.T) {
	p, s := newProgram(t)
	require.NoError(t, fx.ValidateApp(graph(p, s), fx.Supply(&firstFault{})))
}

func TestTheGraphStartsAndStops(t *testing.T) {
	p, s := newProgram(t)
	service := fx.New(graph(p, s), fx.Supply(&firstFault{}))
	require.NoError(t, service.Start(t.Context()))
	require.NoError(t, service.Stop(context.Background()))
	require.Contains(t, p.stderr.(*transcript).String(), `"listening"`)
}

func TestEveryJobRuns(t *testing.T) {
	p, s := newProgram(t)
	var r *runner
	service := fx.New(graph(p, s), fx.Supply(&firstFault{}), fx.Populate(&r))
	require.NoError(t, service.Err())
	var names []string
	for _, j := range r.jobs {
		names = append(names, j.name)
	}
	require.ElementsMatch(t, []string{"startup", "revocations", "upkeep", "signing keys", "search keys"}, names)
}

func TestATakenPortIsToldInOneLine(t *testing.T) {
	p, s := newProgram(t)
	service := fx.New(graph(p, s), fx.Supply(&firstFault{}))
	require.NoError(t, service.Start(t.Context()))
	defer func() { require.NoError(t, service.Stop(context.Background())) }()
	address := p.address(t, "operations")

	second, _ := newProgram(t, "DOCTOR_HTTP_ADDR="+address)
	require.Equal(t, failed, second.run(t.Context(), nil))
	said := strings.Split(strings.TrimSpace(second.stderr.(*transcript).String()), "\n")
	require.Contains(t, said[len(said)-1], "doctor-service: listen tcp "+address)
	require.NotContains(t, strings.Join(said, "\n"), "could not build")
}

func TestREADMEListsEverySettingWithItsDefault(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	require.NoError(t, err)
	for _, s := range config.Settings() {
		var row string
		for line := range strings.Lines(string(text)) {
			names, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
			if strings.HasPrefix(line, "|") && strings.Contains(names, "`"+s.Name+"`") {
				row = line
			}
		}
		require.NotEmpty(t, row, "%s is not in README's table", s.Name)
		if s.Default != "" {
			require.Contains(t, row, s.Default, s.Name)
		}
		require.Equal(t, s.File, strings.Contains(row, "`"+s.Name+"` \\*"), "%s: the mark of NAME_FILE", s.Name)
	}
}
