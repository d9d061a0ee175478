package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// atTop is a file, or a folder, of the repository.
func atTop(path string) string { return filepath.Join("..", "..", "..", filepath.FromSlash(path)) }

// Whoever uses a part of crypto is in the inventory beside it, and the other way round.
func TestEveryUseOfCryptographyIsInTheInventory(t *testing.T) {
	used := map[string][]string{}
	for name, imports := range packages(t) {
		if name == "adapters/postgres/postgrestest" || name == "ports/storagetest" || strings.HasPrefix(name, "cmd/doctor-bench/") {
			continue // they serve tests and measurements
		}
		for _, imported := range imports {
			if strings.HasPrefix(imported, "crypto/") || strings.HasPrefix(imported, "golang.org/x/crypto/") {
				used[imported] = append(used[imported], name)
			}
		}
	}
	listed := map[string][]string{}
	for _, row := range rows(t, ".github/OPERATIONS-SECURITY.md") {
		if what := quoted(row[0]); len(row) == 3 && len(what) == 1 && strings.Contains(what[0], "crypto/") {
			listed[what[0]] = quoted(row[1])
		}
	}
	require.NotEmpty(t, used)
	for _, names := range used {
		slices.Sort(names)
	}
	require.Equal(t, used, listed)
}

var constantExpression = regexp.MustCompile("^(var )?\\w+ += regexp\\.MustCompile\\(`[^`]*`\\)$")

// What people write is never compiled.
func TestEveryRegularExpressionIsAConstantOfItsPackage(t *testing.T) {
	found := 0
	for name := range packages(t) {
		files, err := filepath.Glob(atTop(name + "/*.go"))
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for line := range strings.Lines(string(text)) {
				if strings.Contains(line, "regexp.") && !strings.HasSuffix(file, "_test.go") {
					require.Regexp(t, constantExpression, strings.TrimSuffix(line, "\n"), file)
					found++
				}
			}
		}
	}
	require.Positive(t, found)
}

// What the pods of the platform may not do, and must not lose.
func TestTheManifestsKeepThePodsApart(t *testing.T) {
	for file, lines := range map[string][]string{
		"deploy/kustomize/base/deployment.yaml": {
			"automountServiceAccountToken: false", "runAsNonRoot: true", "seccompProfile: { type: RuntimeDefault }",
			"allowPrivilegeEscalation: false", "readOnlyRootFilesystem: true", "capabilities: { drop: [ALL] }", "limits: { memory: 384Mi }",
		},
		"deploy/kustomize/base/serviceaccount.yaml": {"automountServiceAccountToken: false"},
		"deploy/kustomize/base/networkpolicy.yaml":  {"policyTypes: [Ingress, Egress]", "kubernetes.io/metadata.name: monitoring"},
		"deploy/kustomize/base/kustomization.yaml":  {"- networkpolicy.yaml"},
		"deploy/kustomize/overlays/prod/deployment.yaml": {
			"{ name: DOCTOR_MIGRATE, value: check }", "{ name: DOCTOR_STORAGE_FILE, value: /secrets/storage/url }",
			"secret: { secretName: doctor-storage, defaultMode: 0440 }", "secret: { secretName: doctor-schema, defaultMode: 0440 }",
			"secret: { secretName: doctor-signing-keys, defaultMode: 0440 }", "allowPrivilegeEscalation: false", "readOnlyRootFilesystem: true",
		},
		"deploy/compose.yaml": {"read_only: true", "cap_drop: [ALL]", `security_opt: ["no-new-privileges:true"]`},
		"deploy/Dockerfile":   {"FROM scratch\nCOPY", "USER 65532:65532"},
	} {
		text, err := os.ReadFile(atTop(file))
		require.NoError(t, err)
		for _, line := range lines {
			require.Contains(t, string(text), line, file)
		}
	}
}

// rows are the rows of the tables of a page, each cut into its cells.
func rows(t *testing.T, page string) (found [][]string) {
	t.Helper()
	text, err := os.ReadFile(atTop(page))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if row, is := strings.CutPrefix(strings.TrimSpace(line), "|"); is {
			cells := strings.Split(strings.TrimSuffix(row, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			found = append(found, cells)
		}
	}
	return found
}

// quoted are the words of a text that stand in backticks.
func quoted(text string) (words []string) {
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			words = append(words, part)
		}
	}
	return words
}
