package httpapi

import _ "embed" // for the document

// The document describes this package's outside; the tests hold every request and answer against it. The JSON form is
// made from the YAML form, see package docs.
var (
	//go:embed openapi.yaml
	openAPIYAML []byte
	//go:embed openapi.json
	openAPIJSON []byte
)
