package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/ports/inbound"
)

func TestABodyThatIsNotOneJSONObjectIsRefused(t *testing.T) {
	for _, body := range []string{
		``, ` `, `null`, `[]`, `"x"`, `3`, `true`, `{`, `}`, `{"phone"}`, `{"phone":}`, `{"phone":"1",}`, `{,}`,
		`{"phone":"1" "password":"2"}`,
		`{'phone':"1"}`, `{phone:"1"}`, `{"phone":"1"} {}`, `{"phone":"1"}x`, `{"phone":"1"},`, "{\"phone\":\"1\"}\x00",
		`{"phone":"1","phone":"1"}`, `{"phone":"1","\u0070hone":"2"}`, `{"x":{"a":1,"a":2}}`,
		"{\"phone\":\"\xff\"}", "{\"\xff\":1}", `{"phone":"\ud800"}`, `{"phone":"\udc00\ud800"}`,
		"{\"phone\":\"a\nb\"}", `{"phone":"\x"}`, `{"phone":01}`, `{"phone":.5}`, `{"phone":NaN}`, `{"phone":+1}`,
		"\ufeff{}", `// {}`, `{/**/}`, `{"phone":undefined}`, `a=b&c=d`,
		strings.Repeat(`{"a":`, 10500) + `1` + strings.Repeat(`}`, 10500),
		`{"phone":` + strings.Repeat(`[`, 30000) + strings.Repeat(`]`, 30000) + `}`,
		`{"phone":` + strings.Repeat(`[`, 60000),
	} {
		got := newStage(t).ask("POST", "/doctor/login", body, header("Content-Type", "application/json"))
		assert.Equal(t, 40000, got.Code, "%.60q", body)
		assert.Equal(t, "请求体不是有效的 JSON 对象", got.Msg)
	}
}

func TestWhitespaceAroundTheObjectIsJSON(t *testing.T) {
	o, err := parseObject([]byte(" \r\n\t{ \"a\" : \"\\u00e9\\ud83d\\ude00\" , \"b\" : -1.5e3 , \"c\":null,\"d\":[{}],\"\":true}\n "))
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "c", "d", ""}, o.names)
	assert.Equal(t, map[string]member{
		"a": {str, "é😀"}, "b": {number, "-1.5e3"}, "c": {kind: null}, "d": {kind: other}, "": {kind: other},
	}, o.members)
}

func TestTheBodyMustBePlainJSONInUTF8(t *testing.T) {
	const body = `{"phone":"1","password":"2"}`
	for _, c := range []struct {
		contentType, contentEncoding []string
		fine                         bool
	}{
		{[]string{"application/json"}, nil, true},
		{[]string{"Application/JSON"}, nil, true},
		{[]string{"application/json; charset=utf-8"}, nil, true},
		{[]string{`application/json;charset="UTF-8"`}, nil, true},
		{nil, nil, false},
		{[]string{""}, nil, false},
		{[]string{"text/plain"}, nil, false},
		{[]string{"application/x-www-form-urlencoded"}, nil, false},
		{[]string{"application/merge-patch+json"}, nil, false},
		{[]string{"application/json; charset=gbk"}, nil, false},
		{[]string{"application/json; charset=utf-8; charset=gbk"}, nil, false},
		{[]string{"application/json, application/json"}, nil, false},
		{[]string{"application/json", "application/json"}, nil, false},
		{[]string{"application/json"}, []string{"gzip"}, false},
		{[]string{"application/json"}, []string{"identity"}, false},
		{[]string{"application/json"}, []string{""}, false},
	} {
		s := newStage(t)
		s.Login = func(context.Context, inbound.LoginCommand) (inbound.LoginResult, error) {
			return inbound.LoginResult{ID: 1, Name: aName(t), Role: me.Role, Token: goodToken}, nil
		}
		got := s.ask("POST", "/doctor/login", body,
			header("Content-Type", c.contentType...), header("Content-Encoding", c.contentEncoding...))
		assert.Equal(t, c.fine, got.status == 200, "%q %q", c.contentType, c.contentEncoding)
		if !c.fine {
			assert.Equal(t, 41500, got.Code)
		}
	}
}

func TestABodyMayHold64KiBAndNotAByteMore(t *testing.T) {
	form := `{"phone":"1","password":"2"}`
	for size, code := range map[int]int{maxBody: 0, maxBody + 1: 41300, 10 * maxBody: 41300} {
		for _, known := range []bool{true, false} {
			s := newStage(t)
			s.Login = func(context.Context, inbound.LoginCommand) (inbound.LoginResult, error) {
				return inbound.LoginResult{ID: 1, Name: aName(t), Role: me.Role, Token: goodToken}, nil
			}
			body := form + strings.Repeat(" ", size-len(form))
			got := s.ask("POST", "/doctor/login", body, func(r *http.Request) {
				if !known {
					r.ContentLength = -1
				}
			})
			assert.Equal(t, code, got.Code, "%d bytes, length given: %t", size, known)
			if code != 0 {
				assert.Equal(t, "close", got.header.Get("Connection"))
			}
		}
	}
}

// FuzzParseObject: what passes here means the same to another reader, and nothing that the other refuses passes.
func FuzzParseObject(f *testing.F) {
	for _, seed := range []string{
		wholeForm, `{}`, `{"a":{"b":[1,null,"\ud83d\ude00"]}}`, `{"a":1,"a":2}`, "{\"a\":\"\xff\"}", `{"a":1}{}`, `[`, `{"a":`,
		`{"":0}`, ` {"a" : 1e400 } `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := parseObject(raw)
		if err != nil {
			assert.ErrorIs(t, err, errNotJSON)
			return
		}
		var other map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(raw, &other), "%q", raw)
		require.Len(t, other, len(o.members))
		require.Len(t, o.names, len(o.members), "no name twice")
		for _, name := range o.names {
			value, found := other[name]
			require.True(t, found, "%q", name)
			require.True(t, utf8.ValidString(name))
			switch m := o.members[name]; m.kind {
			case str:
				var text string
				require.NoError(t, json.Unmarshal(value, &text))
				require.Equal(t, text, m.text)
				require.True(t, utf8.ValidString(m.text))
			case number:
				require.Equal(t, string(value), m.text)
			case null:
				require.Equal(t, "null", string(value))
			case absent:
				t.Errorf("%q is there", name)
			}
		}
	})
}
