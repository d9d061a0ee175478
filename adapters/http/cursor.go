package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"hospital.example/doctor-service/domain/doctor"
)

// list is what a list shows: its kind, then whatever narrows it, always in the same order.
type list []string

// page is a piece of a list as clients read it.
type page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"` // null at the end
}

// A cursor tells where the next page of a list begins. It is opaque to clients, and bound to its list, so that it cannot
// be taken for a place in another one:
//
//	version (1 byte) · last id (8) · digest of version, list and last id (16)   in base64url
//
// The digest has no key: whoever computes one gets to a place in a list that it may read anyway.
const (
	cursorVersion = 1
	cursorHead    = 1 + 8
	cursorLength  = cursorHead + 16
)

// next is the cursor of what follows last; nil: nothing does.
func (l list) next(last int64) *string {
	if last == 0 {
		return nil
	}
	cursor := base64.RawURLEncoding.EncodeToString(l.place(last))
	return &cursor
}

func (l list) place(last int64) []byte {
	place := binary.BigEndian.AppendUint64([]byte{cursorVersion}, uint64(last)) //nolint:gosec // ids are positive
	digest := sha256.New()
	digest.Write(place)
	for _, part := range l { // each after its length, so that no two lists read the same
		digest.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		digest.Write([]byte(part))
	}
	return digest.Sum(place)[:cursorLength]
}

// after reads a cursor. Whatever is not, to the letter, what next gave out for this list is refused.
func (l list) after(cursor string) (int64, error) {
	wrong := doctor.Invalid{Field: parameterCursor, Rule: ruleCursor}
	place, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(place) != cursorLength {
		return 0, wrong
	}
	last := int64(binary.BigEndian.Uint64(place[1:cursorHead])) //nolint:gosec // what is too great is negative
	if last < 1 || *l.next(last) != cursor {
		return 0, wrong
	}
	return last, nil
}

// after reads the cursor of a list: where its next page begins. Zero: at its beginning.
func (q *query) after(l list) int64 { return narrowed(q, parameterCursor, l.after) }

// How long a page is: as wished up to maxLimit, or usualLimit.
const (
	usualLimit = 20
	maxLimit   = 100
)

func (q *query) limit() int {
	limit := narrowed(q, parameterLimit, func(typed string) (int, error) {
		n, ok := parseNumber(typed)
		if !ok || n > maxLimit {
			return 0, doctor.Invalid{Field: parameterLimit, Rule: ruleLimit}
		}
		return int(n), nil
	})
	if limit == 0 {
		return usualLimit
	}
	return limit
}
