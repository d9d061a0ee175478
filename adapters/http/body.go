package httpapi

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxBody is more than any form of ours needs.
const maxBody = 64 << 10

// kind is what a member of a JSON object is, as far as forms care.
type kind byte

const (
	absent kind = iota // the zero member: there is none of that name
	null
	str
	number
	other
)

// member is one value of an object: the text of a string, or a number as it was written.
type member struct {
	kind kind
	text string
}

// object is a JSON object, with the names in the order of the body.
type object struct {
	names   []string
	members map[string]member
}

// readBody reads the one JSON object that a request must bring.
func readBody(r *http.Request) (object, error) {
	if !isJSON(r.Header) {
		return object{}, errMediaType
	}
	if r.ContentLength > maxBody {
		return object{}, errBodyTooLarge
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return object{}, errBodyTooSlow
	case err != nil:
		return object{}, errNotJSON // it broke off
	case len(raw) > maxBody:
		return object{}, errBodyTooLarge
	}
	visitOf(r).bodyRead = true
	return parseObject(raw)
}

// isJSON takes application/json in UTF-8, as it is: a body that had to be unpacked could be of any size.
func isJSON(h http.Header) bool {
	given := h.Values("Content-Type")
	if len(given) != 1 || len(h.Values("Content-Encoding")) > 0 {
		return false
	}
	mediaType, parameters, err := mime.ParseMediaType(given[0])
	if err != nil || mediaType != "application/json" {
		return false
	}
	charset, named := parameters["charset"]
	return !named || strings.EqualFold(charset, "utf-8")
}

// parseObject is strict: whatever two readers could understand in two ways (a name given twice, bytes that are no text,
// something behind the end) is refused. The package below is what becomes encoding/json/v2; it is used here alone.
func parseObject(raw []byte) (object, error) {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	if begin, err := d.ReadToken(); err != nil || begin.Kind() != jsontext.KindBeginObject {
		return object{}, errNotJSON
	}
	o := object{members: map[string]member{}}
	for d.PeekKind() == jsontext.KindString {
		name, err := d.ReadToken()
		if err != nil {
			return object{}, errNotJSON
		}
		key := name.String() // the token is valid until the next call only
		value, err := d.ReadValue()
		if err != nil {
			return object{}, errNotJSON
		}
		o.names = append(o.names, key)
		o.members[key] = memberOf(value)
	}
	if end, err := d.ReadToken(); err != nil || end.Kind() != jsontext.KindEndObject {
		return object{}, errNotJSON
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return object{}, errNotJSON
	}
	return o, nil
}

func memberOf(v jsontext.Value) member {
	switch v.Kind() {
	case jsontext.KindNull:
		return member{kind: null}
	case jsontext.KindNumber:
		return member{number, string(v)}
	case jsontext.KindString:
		if text, err := jsontext.AppendUnquote(nil, v); err == nil {
			return member{str, string(text)}
		}
	}
	return member{kind: other}
}
