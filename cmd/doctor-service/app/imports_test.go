package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "hospital.example/doctor-service"

// rule says what a room of the house may import: rooms of the house, libraries, and of the standard library either
// everything or a list. A name that ends in "/" stands for all that begins with it.
type rule struct {
	room, libraries, standard []string
}

var everything = []string{"/"}

// The house: who may enter which room. The product's code is held to it; tests may use more.
var rules = map[string]rule{
	"domain/doctor": {nil, []string{"golang.org/x/text/unicode/norm"}, []string{
		"crypto/hmac", "crypto/sha256", "encoding/binary", "errors", "fmt", "net/url", "regexp", "slices", "strconv",
		"strings", "time", "unicode", "unicode/utf8",
	}},
	"ports/inbound":     {[]string{"domain/"}, nil, everything},
	"ports/outbound":    {[]string{"domain/"}, nil, everything},
	"ports/storagetest": {[]string{"domain/", "ports/outbound"}, nil, everything},
	"application":       {[]string{"domain/", "ports/inbound", "ports/outbound"}, nil, everything},
	"config":            {nil, []string{"github.com/caarlos0/env/v11"}, everything},

	"adapters/argon2":          {[]string{"domain/", "ports/outbound"}, []string{"golang.org/x/crypto/"}, everything},
	"adapters/commonpasswords": {nil, nil, everything},
	"adapters/http": {[]string{"domain/", "ports/inbound", "ports/outbound", "adapters/http/docs", "adapters/http/wording"}, []string{
		"github.com/go-chi/", "github.com/go-json-experiment/json", "golang.org/x/text/",
	}, everything},
	"adapters/http/docs":    {nil, nil, everything},
	"adapters/http/sources": {nil, nil, everything},
	"adapters/http/wording": {[]string{"domain/", "ports/inbound"}, nil, everything},

	"adapters/jwt":    {[]string{"domain/", "ports/inbound", "ports/outbound"}, []string{"github.com/golang-jwt/jwt/v5"}, everything},
	"adapters/memory": {[]string{"domain/", "ports/outbound"}, nil, everything},
	"adapters/pinyin": {nil, nil, everything},
	"adapters/postgres": {[]string{"domain/", "ports/outbound"}, []string{
		"github.com/jmoiron/sqlx", "github.com/lib/pq", "github.com/pressly/goose/v3",
	}, everything},
	"adapters/postgres/postgrestest": {[]string{"domain/", "ports/outbound", "adapters/postgres"}, []string{"github.com/lib/pq"}, everything},
	"adapters/sqlite": {[]string{"domain/", "ports/outbound"}, []string{
		"github.com/jmoiron/sqlx", "modernc.org/sqlite", "github.com/pressly/goose/v3",
	}, everything},
	"adapters/stafflist": {[]string{"domain/", "ports/inbound"}, []string{"golang.org/x/text/encoding/simplifiedchinese"}, everything},
	"adapters/telemetry": {[]string{"domain/", "ports/outbound"}, []string{
		"go.uber.org/zap", "github.com/prometheus/client_golang/",
	}, everything},

	"cmd/doctor-bench": {[]string{"cmd/doctor-bench/bench"}, nil, []string{"os"}},
	"cmd/doctor-bench/bench": {[]string{
		"domain/", "ports/outbound", "adapters/argon2", "adapters/jwt", "adapters/pinyin", "adapters/postgres/postgrestest",
		"cmd/doctor-bench/bench/raw", "cmd/doctor-bench/bench/store",
	}, []string{"golang.org/x/term"}, everything},
	"cmd/doctor-bench/bench/raw": {[]string{"cmd/doctor-bench/bench/store"}, []string{
		"github.com/go-chi/chi/v5", "golang.org/x/crypto/argon2", "modernc.org/sqlite",
	}, everything},
	"cmd/doctor-bench/bench/store": {[]string{
		"domain/", "ports/outbound", "adapters/pinyin", "adapters/postgres", "adapters/postgres/postgrestest", "adapters/sqlite",
	}, []string{
		"github.com/lib/pq", "modernc.org/sqlite",
	}, everything},

	"cmd/doctor-service":     {everything, nil, everything},
	"cmd/doctor-service/app": {everything, everything, everything},
}

func TestEveryPackageKeepsToItsRoom(t *testing.T) {
	house := packages(t)
	for name, imports := range house {
		r, found := rules[name]
		if !found {
			t.Errorf("no rule speaks of %s", name)
		}
		for _, imported := range imports {
			if !r.allows(imported) {
				t.Errorf("%s must not import %s", name, imported)
			}
		}
	}
	require.Equal(t, len(rules), len(house), "a rule speaks of a package that is not there")
}

// packages are the rooms of the house, and what the product's code in each imports.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	require.NoError(t, err)
	found := map[string][]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		found[strings.TrimPrefix(p.ImportPath, module+"/")] = p.Imports
	}
}

func (r rule) allows(imported string) bool {
	inside, ours := strings.CutPrefix(imported, module+"/")
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case ours:
		return matches(r.room, inside)
	case strings.Contains(first, "."):
		return matches(r.libraries, imported)
	}
	return matches(r.standard, imported)
}

func matches(allowed []string, imported string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		return a == "/" || a == imported || strings.HasPrefix(imported, strings.TrimSuffix(a, "/")+"/")
	})
}
