package stafflist

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzList reads anything as a list: it ends, says where each row is, and says the same the second time.
func FuzzList(f *testing.F) {
	for _, seed := range []string{
		short + wang, "手机号,姓名\r\n" + wang, short + "1,\"a\n" + wang + "2,\"b\"\n", "\xEF\xBB\xBF" + short,
		encoded(f, "手机号,姓名\n"+wang), short + "1,\xFF\n", "\xFF\xFEp\x00", "PK\x03\x04", short + "\"\"\"\",''=\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, list []byte) {
		l, err := Open(bytes.NewReader(list), today)
		if err != nil {
			return
		}
		line := l.Line
		for row, err := range l.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			if row.Line <= line || row.Line > bytes.Count(list, []byte("\n"))+1 {
				t.Fatalf("row %d after row %d", row.Line, line)
			}
			line = row.Line
			if len(row.Faults) == 0 && (row.Edit.Phone.IsZero() || row.Edit.Name.IsZero()) {
				t.Fatalf("row %d is nobody, and nothing is wrong with it", row.Line)
			}
		}
	})
}

// FuzzRecords compares with encoding/csv, which must not know better: what it takes we take, and the same cells.
func FuzzRecords(f *testing.F) {
	for _, seed := range []string{"a,b\n", "\"a\nb\",c\r\n", "a\"b\n", "\"a\"b\n", "\"\"\"\"\n\n,\n", "a\r", "\"a\r\nb", "\"a\"\r\n\"b\"", "a\r\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > maxRecord {
			return
		}
		theirs := csv.NewReader(strings.NewReader(text))
		theirs.FieldsPerRecord = -1
		want, wantErr := theirs.ReadAll()
		ours := records{in: utf8Text.text(strings.NewReader(text))}
		var got [][]string
		faulty := false
		for {
			r, err := ours.next()
			if err != nil {
				break
			}
			faulty = faulty || r.fault != ""
			got = append(got, r.cells)
		}
		if faulty != (wantErr != nil) {
			t.Fatalf("%q: %t, %v", text, faulty, wantErr)
		}
		if faulty {
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
		for i := range want {
			for j := range want[i] {
				if strings.ReplaceAll(got[i][j], "\r\n", "\n") != want[i][j] || len(got[i]) != len(want[i]) {
					t.Fatalf("%q: %q, want %q", text, got[i], want[i])
				}
			}
		}
	})
}
