package app_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const asvs = ".github/ASVS.md"

var requirement = regexp.MustCompile(`^V\d+\.\d+\.\d+$`)

// judged are the rows of the page that judge a requirement: id, level, requirement, verdict, how.
func judged(t *testing.T) (found [][]string) {
	t.Helper()
	for _, row := range rows(t, asvs) {
		if requirement.MatchString(row[0]) {
			require.Len(t, row, 5, row[0])
			found = append(found, row)
		}
	}
	return found
}

func TestEachRequirementOfTheASVSIsJudgedOnceAndCounted(t *testing.T) {
	seen, counted, open := map[string]bool{}, map[string]map[string]int{}, []string{}
	for _, row := range judged(t) {
		id, level, verdict, how := row[0], row[1], row[3], row[4]
		assert.False(t, seen[id], id)
		seen[id] = true
		assert.NotEmpty(t, how, id)
		if counted[verdict] == nil {
			counted[verdict] = map[string]int{}
		}
		counted[verdict][level]++
		counted[verdict]["all"]++
		if strings.HasPrefix(verdict, "not ") {
			open = append(open, id)
		}
	}
	require.Len(t, seen, 213)

	told := 0
	for _, row := range rows(t, asvs) {
		if c := counted[row[0]]; c != nil {
			assert.Equal(t, []string{fmt.Sprint(c["1"]), fmt.Sprint(c["2"]), fmt.Sprint(c["3"]), fmt.Sprint(c["all"])}, row[1:], row[0])
			told++
		}
	}
	require.Equal(t, len(counted), told)

	text, err := os.ReadFile(atTop(asvs))
	require.NoError(t, err)
	_, end, _ := strings.Cut(string(text), "\n## What is not held\n")
	assert.ElementsMatch(t, open, regexp.MustCompile(`\bV\d+\.\d+\.\d+\b`).FindAllString(end, -1), "what is not held is listed at the end")
}

var (
	testName = regexp.MustCompile(`^(Test|Fuzz)\w+$`)
	ourPath  = regexp.MustCompile(`^(adapters|application|cmd|config|deploy|domain|ports|\.ci|\.github)/`)
	clause   = regexp.MustCompile(`"([^"]+)"`)
	anchor   = regexp.MustCompile(`\(([A-Z-]+\.md)(#[a-z-]+)?\)`)
)

func TestWhateverTheASVSNamesIsThere(t *testing.T) {
	tests, clauses := sources(t, "_test.go", ""), sources(t, ".go", "ports/storagetest")
	for _, row := range judged(t) {
		id, verdict, how := row[0], row[3], row[4]
		backing := 0
		for _, name := range quoted(how) {
			switch {
			case testName.MatchString(name):
				assert.Contains(t, tests, "\nfunc "+name+"(", id)
				backing++
			case ourPath.MatchString(name):
				_, err := os.Stat(atTop(name))
				assert.NoError(t, err, id)
				backing++
			}
		}
		for _, said := range clause.FindAllStringSubmatch(how, -1) {
			assert.Contains(t, clauses, "\t{"+said[0]+",", id)
			backing++
		}
		for _, link := range anchor.FindAllStringSubmatch(how, -1) {
			page, err := os.ReadFile(atTop(".github/" + link[1]))
			require.NoError(t, err, id)
			title := strings.ReplaceAll(strings.TrimPrefix(link[2], "#"), "-", " ")
			assert.Regexp(t, `(?im)^#+ `+title, string(page), id)
			backing++
		}
		if strings.Contains(how, "checkHeaders") || strings.Contains(how, "linter") {
			backing++
		}
		if verdict == "held" {
			assert.Positive(t, backing, "%s is held by nothing", id)
		}
	}
	linters, err := os.ReadFile(atTop(".golangci.yml"))
	require.NoError(t, err)
	for _, rule := range []string{"- depguard", "- forbidigo", "- gosec", "- gomoddirectives", "        product:", "nothing is fetched"} {
		assert.Contains(t, string(linters), rule)
	}
	assert.Contains(t, tests, "checkHeaders(s.t, r.Method, got)")
}

// sources are all files below a folder whose names end so, in one text.
func sources(t *testing.T, ending, below string) string {
	t.Helper()
	var all strings.Builder
	require.NoError(t, filepath.WalkDir(atTop(below), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ending) {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	}))
	return all.String()
}
