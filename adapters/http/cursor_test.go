package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// paging answers every search with one doctor and more behind.
func (s *stage) paging() *[]inbound.ListDoctorsCommand {
	commands := s.listing()
	s.ListDoctors = func(_ context.Context, c inbound.ListDoctorsCommand) (inbound.DoctorsResult, error) {
		*commands = append(*commands, c)
		return inbound.DoctorsResult{Doctors: []*doctor.Doctor{someDoctor(s.t, 4)}, Next: 17}, nil
	}
	s.ListEvents = func(context.Context, inbound.ListEventsCommand) (inbound.EventsResult, error) {
		return inbound.EventsResult{Events: []doctor.Entry{someEntry(false)}, Next: 17}, nil
	}
	return commands
}

func (s *stage) cursorOf(address string) string {
	s.t.Helper()
	shown := dataOf[page[any]](s.t, s.ask("GET", address, "", bearer))
	require.NotNil(s.t, shown.NextCursor)
	return *shown.NextCursor
}

func TestACursorLeadsToWhatFollowsWhateverTheLimit(t *testing.T) {
	s := newStage(t)
	commands := s.paging()
	cursor := s.cursorOf(doctorsPath + "?status=active&keyword=WANG&limit=1")
	got := s.ask("GET", doctorsPath+"?cursor="+cursor+"&limit=7&keyword=w+a+n+g&status=active", "", bearer)
	require.Equal(t, 200, got.status, "the same conditions, written otherwise: %s", got.body)
	assert.Equal(t, doctor.ID(17), (*commands)[1].After)
	assert.Equal(t, 7, (*commands)[1].Limit)
}

func TestTheLastPageHasNoCursor(t *testing.T) {
	s := newStage(t)
	s.listing()
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":{"items":[],"next_cursor":null}}`, s.ask("GET", doctorsPath, "", bearer).body)
}

func TestACursorIsGoodForItsOwnListAlone(t *testing.T) {
	s := newStage(t)
	s.paging()
	const conditions = "keyword=wang&hospital_id=1&department_id=2&position_rank=3&status=active"
	lists := []string{
		doctorsPath + "?", doctorsPath + "?" + conditions,
		// One condition other, exchanged, or moved into its neighbour.
		doctorsPath + "?" + strings.Replace(conditions, "wang", "wan", 1), doctorsPath + "?" + strings.Replace(conditions, "=1", "=2", 1),
		doctorsPath + "?" + strings.Replace(conditions, "=2", "=1", 1), doctorsPath + "?" + strings.Replace(conditions, "=3", "=4", 1),
		doctorsPath + "?" + strings.Replace(conditions, "active", "disabled", 1), doctorsPath + "?hospital_id=1", doctorsPath + "?department_id=1",
		doctorsPath + "?keyword=1", doctorsPath + "?position_rank=1", doctorsPath + "?hospital_id=1&department_id=2", doctorsPath + "?hospital_id=2&department_id=1",
		doctorsPath + "?hospital_id=12", doctorsPath + "?status=active", doctorsPath + "?keyword=active", doctorsPath + "?position_rank=active",
		doctorsPath + "/17/events?", doctorsPath + "/1/events?", doctorsPath + "/7/events?",
	}
	seen := map[string]bool{}
	for _, list := range lists {
		cursor := s.cursorOf(list)
		assert.False(t, seen[cursor], list)
		seen[cursor] = true
		for _, other := range lists {
			got := s.ask("GET", other+"&cursor="+cursor, "", bearer)
			if other == list {
				assert.Equal(t, 200, got.status, got.body)
				continue
			}
			assert.Equal(t, 40001, got.Code, "the cursor of %s for %s", list, other)
			assert.Equal(t, []string{"cursor"}, got.fields(t))
		}
	}
}

// forgeries are texts that are no cursor of a list, most of them nearly.
func forgeries(t *testing.T, l list, last int64) map[string]string {
	t.Helper()
	good := *l.next(last)
	raw, err := base64.RawURLEncoding.DecodeString(good)
	require.NoError(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	out := map[string]string{
		"an id":          "17",
		"an offset":      base64.RawURLEncoding.EncodeToString([]byte("17")),
		"SQL":            "17' OR '1'='1",
		"SQL in base64":  encode([]byte("0) OR 1=1 UNION SELECT * FROM doctors --")),
		"JSON in base64": encode([]byte(`{"last":0,"version":1}`)),
		"padding":        good + "=",
		"a blank":        good + " ",
		"a line break":   good[:10] + "\n" + good[10:],
		"the other alphabet": base64.RawStdEncoding.EncodeToString(func() []byte {
			for n := int64(1); ; n++ { // one that shows the difference
				place := l.place(n)
				if strings.ContainsAny(encode(place), "-_") {
					return place
				}
			}
		}()),
		"one byte less":    encode(raw[:len(raw)-1]),
		"one byte more":    encode(append(raw[:len(raw):len(raw)], 0)),
		"twice":            good + good,
		"nothing but head": encode(raw[:cursorHead]),
		"zeros":            encode(make([]byte, cursorLength)),
		"id zero":          encode(l.place(0)),
		"a negative id":    encode(l.place(-1)),
		"very long":        strings.Repeat("A", 8000),
		"no text":          "\x00\xff",
		"a digest of the id alone": encode(func() []byte {
			sum := sha256.Sum256(raw[:cursorHead])
			return append(raw[:cursorHead:cursorHead], sum[:cursorLength-cursorHead]...)
		}()),
	}
	for i := range raw { // each byte: the version, the id, the digest
		altered := append([]byte{}, raw...)
		altered[i] ^= 1
		out["byte "+string(rune('a'+i))] = encode(altered)
	}
	// The last character holds bits that say nothing: another spelling of the same bytes.
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	at := strings.IndexByte(alphabet, good[len(good)-1])
	out["another spelling"] = good[:len(good)-1] + string(alphabet[at|1])
	return out
}

func TestAForgedCursorIsRefused(t *testing.T) {
	s := newStage(t) // no use case may be called, but the one that says whether there is such a doctor
	s.ListEvents = func(_ context.Context, c inbound.ListEventsCommand) (inbound.EventsResult, error) {
		assert.Zero(t, c.Before)
		return inbound.EventsResult{}, nil
	}
	for path, l := range map[string]list{
		doctorsPath:                {"doctors", "", "", "", "", ""},
		doctorsPath + "/17/events": {"events", "17"},
	} {
		for what, forged := range forgeries(t, l, 17) {
			_, err := l.after(forged)
			assert.Equal(t, doctor.Invalid{Field: "cursor", Rule: ruleCursor}, err, what)
			got := s.ask("GET", path+"?cursor="+escaped(forged), "", bearer)
			assert.Equal(t, 40001, got.Code, what)
			assert.Equal(t, []string{"cursor"}, got.fields(t), what)
		}
	}
}

func escaped(text string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		out.WriteString("%" + string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15]))
	}
	return out.String()
}

// FuzzCursor: whatever is taken for a cursor is, to the letter, the one that this list gives out for that place.
func FuzzCursor(f *testing.F) {
	l := list{"doctors", "wang", "1", "", "", "active"}
	f.Add(*l.next(1), "wang", int64(1))
	f.Add(*l.next(1 << 62), "", int64(1<<62))
	f.Add(*list{"events", "17"}.next(5), "17", int64(5))
	f.Add("", "", int64(-1))
	f.Add("AQ==\n", "\x00", int64(9))
	f.Fuzz(func(t *testing.T, typed, condition string, last int64) {
		mine := list{"doctors", condition, "1", "", "", "active"}
		if found, err := mine.after(typed); err == nil {
			require.Positive(t, found)
			require.Equal(t, typed, *mine.next(found))
		}
		if last > 0 {
			found, err := mine.after(*mine.next(last))
			require.NoError(t, err)
			require.Equal(t, last, found)
			for _, other := range []list{
				{"doctors", condition + "1", "", "", "", "active"},
				{"doctors", condition, "", "1", "", "active"},
				{"events", condition},
				{"doctors", "", condition, "1", "", "active"},
				{"doctors" + condition, "1", "", "", "active"},
			} {
				if strings.Join(other, "\x00") != strings.Join(mine, "\x00") {
					_, err := other.after(*mine.next(last))
					require.Error(t, err)
				}
			}
		}
	})
}
