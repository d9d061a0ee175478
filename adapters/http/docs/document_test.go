package docs

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	yaml "github.com/oasdiff/yaml3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	yamlPath = "../openapi.yaml"
	jsonPath = "../openapi.json"
)

var update = flag.Bool("update", false, "write openapi.json anew from openapi.yaml")

func TestTheDocumentIsValidOpenAPI31WithValidExamples(t *testing.T) {
	document := load(t)
	assert.Equal(t, "3.1.0", document.OpenAPI)
	require.NoError(t, document.Validate(context.Background(), openapi3.EnableExamplesValidation()))
}

func TestTheJSONDocumentSaysWhatTheYAMLDocumentSays(t *testing.T) {
	source, err := os.ReadFile(yamlPath)
	require.NoError(t, err)
	wanted := toJSON(t, source)
	if *update {
		require.NoError(t, os.WriteFile(jsonPath, wanted, 0o644))
	}
	found, err := os.ReadFile(jsonPath)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(wanted, found), "openapi.json is not what openapi.yaml says: run go generate ./adapters/http/docs")
}

func TestTheTableOfCodesListsExactlyTheCodesOfTheSchema(t *testing.T) {
	document := load(t)
	var listed []string
	for _, row := range regexp.MustCompile(`(?m)^\| (\d{3}) \| (\d{5}) \|`).FindAllStringSubmatch(document.Info.Description, -1) {
		assert.Equal(t, row[1], row[2][:3], "code %s is in a row of status %s", row[2], row[1])
		listed = append(listed, row[2])
	}
	assert.Equal(t, codesOf(document.Components.Schemas["ErrorCode"].Value), listed)
	assert.Len(t, listed, 21)
}

func TestEveryErrorCarriesOnlyCodesOfItsStatusAndARequestID(t *testing.T) {
	errorsSeen := 0
	for path, item := range load(t).Paths.Map() {
		for method, operation := range item.Operations() {
			for status, response := range operation.Responses.Map() {
				where := fmt.Sprintf("%s %s %s", method, path, status)
				assert.Contains(t, response.Value.Headers, "X-Request-Id", where)
				if status == "200" {
					continue
				}
				errorsSeen++
				schema := response.Value.Content.Get("application/json").Schema.Value
				for _, code := range narrowest(schema) {
					assert.Equal(t, status, code[:3], where)
				}
				wantsMessage := path == "/doctor/doctor_manage"
				for _, example := range response.Value.Content.Get("application/json").Examples {
					value, isObject := example.Value.Value.(map[string]any)
					require.True(t, isObject, where)
					assert.Equal(t, wantsMessage, value["message"] != nil, where)
				}
				for header, statuses := range map[string]string{"Retry-After": "429 503", "WWW-Authenticate": "401"} {
					_, has := response.Value.Headers[header]
					assert.Equal(t, strings.Contains(statuses, status), has, "%s: %s", where, header)
				}
			}
		}
	}
	assert.Greater(t, errorsSeen, 40)
}

func load(t *testing.T) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile(yamlPath)
	require.NoError(t, err)
	return document
}

func codesOf(schema *openapi3.Schema) []string {
	var codes []string
	for _, code := range schema.Enum {
		codes = append(codes, fmt.Sprint(code))
	}
	return codes
}

// narrowest lists the codes that a response may carry: a choice allows those of
// all its branches, a combination those of its last part.
func narrowest(schema *openapi3.Schema) []string {
	if len(schema.OneOf) > 0 {
		var codes []string
		for _, branch := range schema.OneOf {
			codes = append(codes, narrowest(branch.Value)...)
		}
		return codes
	}
	if n := len(schema.AllOf); n > 0 {
		return narrowest(schema.AllOf[n-1].Value)
	}
	return codesOf(schema.Properties["code"].Value)
}

// toJSON writes YAML as JSON and keeps the order of members, which a map loses:
// the reference shows paths and fields in the order in which they were written.
func toJSON(t *testing.T, source []byte) []byte {
	t.Helper()
	var document yaml.Node
	require.NoError(t, yaml.Unmarshal(source, &document))
	var compact, indented bytes.Buffer
	writeJSON(t, &compact, document.Content[0])
	require.NoError(t, json.Indent(&indented, compact.Bytes(), "", " "))
	indented.WriteByte('\n')
	return indented.Bytes()
}

func writeJSON(t *testing.T, out *bytes.Buffer, node *yaml.Node) {
	t.Helper()
	switch node.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		for i := 0; i < len(node.Content); i += 2 {
			if i > 0 {
				out.WriteByte(',')
			}
			writeText(t, out, node.Content[i].Value)
			out.WriteByte(':')
			writeJSON(t, out, node.Content[i+1])
		}
		out.WriteByte('}')
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range node.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			writeJSON(t, out, item)
		}
		out.WriteByte(']')
	case yaml.ScalarNode:
		switch node.ShortTag() {
		case "!!str":
			writeText(t, out, node.Value)
		case "!!int":
			_, err := strconv.ParseInt(node.Value, 10, 64)
			require.NoError(t, err, "line %d", node.Line)
			out.WriteString(node.Value)
		case "!!bool", "!!null":
			require.Contains(t, []string{"true", "false", "null"}, node.Value, "line %d", node.Line)
			out.WriteString(node.Value)
		default:
			require.Failf(t, "a scalar that JSON writes otherwise", "line %d: %s", node.Line, node.ShortTag())
		}
	default:
		require.Failf(t, "a YAML feature that the document does without", "line %d", node.Line)
	}
}

func writeText(t *testing.T, out *bytes.Buffer, text string) {
	t.Helper()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(text))
}
