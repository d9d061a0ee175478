package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"hospital.example/doctor-service/domain/doctor"
)

// How the values of the domain lie in columns, in both directions. Each type points to where the value is or shall be;
// NULL is a value that is not set.

// text is a string. SQLite would store a NUL character, and cut the text there in some of its functions.
type text struct{ at *string }

func (t text) Value() (driver.Value, error) {
	if *t.at == "" {
		return nil, nil
	}
	return *t.at, checkText(*t.at)
}

func (t text) Scan(from any) error {
	switch v := from.(type) {
	case nil:
		*t.at = ""
	case string:
		*t.at = v
	default:
		return fmt.Errorf("%T is no text", from)
	}
	return nil
}

func checkText(texts ...string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return errNoText
		}
	}
	return nil
}

// number is an integer.
type number struct{ at *int64 }

func (n number) Value() (driver.Value, error) {
	if *n.at == 0 {
		return nil, nil
	}
	return *n.at, nil
}

func (n number) Scan(from any) error {
	switch v := from.(type) {
	case nil:
		*n.at = 0
	case int64:
		*n.at = v
	default:
		return fmt.Errorf("%T is no integer", from)
	}
	return nil
}

// instant is a time, stored as microseconds since 1970 in UTC.
type instant struct{ at *time.Time }

func (i instant) Value() (driver.Value, error) {
	if i.at.IsZero() {
		return nil, nil
	}
	return i.at.UnixMicro(), nil
}

func (i instant) Scan(from any) error {
	switch v := from.(type) {
	case nil:
		*i.at = time.Time{}
	case int64:
		*i.at = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("%T is no time", from)
	}
	return nil
}

// session is the identity of a login.
type session struct{ at *doctor.SessionID }

func (s session) Value() (driver.Value, error) {
	if s.at.IsZero() {
		return nil, nil
	}
	return s.at[:], nil
}

func (s session) Scan(from any) error {
	*s.at = doctor.SessionID{}
	v, ok := from.([]byte)
	if (ok && len(v) == len(s.at)) || from == nil {
		copy(s.at[:], v)
		return nil
	}
	return fmt.Errorf("%T of %d bytes is no session", from, len(v))
}

// octets are so many bytes, no more and no less.
type octets []byte

func (o octets) Scan(from any) error {
	clear(o)
	v, ok := from.([]byte)
	if (ok && len(v) == len(o)) || from == nil {
		copy(o, v)
		return nil
	}
	return fmt.Errorf("%T of %d bytes is not %d bytes", from, len(v), len(o))
}
