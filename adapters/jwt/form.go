package jwt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// maxToken bounds what is looked at, in bytes; ours have less than 600.
const maxToken = 4 << 10

// parts of a token, decoded but not yet believed.
type parts struct {
	signed                     string // what the signature covers
	header, payload, signature []byte
}

// takeApart decodes the three segments of a token that has one spelling only.
func takeApart(token string) (parts, error) {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return parts{}, invalid("it is not made of three parts")
	}
	var decoded [3][]byte
	for i, segment := range strings.Split(token, ".") {
		var canonical bool
		if decoded[i], canonical = decodeSegment(segment); !canonical {
			return parts{}, invalid("it is not in canonical base64")
		}
	}
	return parts{
		signed:    token[:strings.LastIndexByte(token, '.')],
		header:    decoded[0],
		payload:   decoded[1],
		signature: decoded[2],
	}, nil
}

// decodeSegment refuses every spelling but the one that encoding gives: the decoder lets pass line breaks and spare
// bits in the last character.
func decodeSegment(s string) (b []byte, canonical bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	return b, err == nil && base64.RawURLEncoding.EncodeToString(b) == s
}

// readObject decodes one JSON object into a struct and returns the members that it has no field for. Names are exact;
// encoding/json alone takes them in any letter case, and the last of several.
func readObject(object []byte, into any) (others []string, err error) {
	notOne := invalid("a part is not one JSON object")
	if !utf8.Valid(object) {
		return nil, notOne
	}
	d := json.NewDecoder(bytes.NewReader(object))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return nil, notOne
	}
	fields, seen := fieldsOf(into), map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, isName := token.(string)
		if err != nil || !isName {
			return nil, notOne
		}
		if seen[name] || isMisspelt(name, fields) {
			return nil, invalid("a member stands twice or in another letter case")
		}
		seen[name] = true
		field, known := fields[name]
		if !known {
			others = append(others, name)
			field = new(json.RawMessage)
		}
		if err := d.Decode(field); err != nil {
			return nil, invalid("a member is of another type")
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, notOne
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, notOne
	}
	return others, nil
}

// fieldsOf finds where each member of a struct goes.
func fieldsOf(structure any) map[string]any {
	v := reflect.ValueOf(structure).Elem()
	fields := make(map[string]any, v.NumField())
	for i := range v.NumField() {
		fields[v.Type().Field(i).Tag.Get("json")] = v.Field(i).Addr().Interface()
	}
	return fields
}

func isMisspelt(name string, fields map[string]any) bool {
	if _, exact := fields[name]; exact {
		return false
	}
	for field := range fields {
		if strings.EqualFold(field, name) {
			return true
		}
	}
	return false
}
