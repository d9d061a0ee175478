package stafflist

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// The two encodings of lists. GB18030 is what spreadsheets in China save unless told otherwise; GBK and GB2312 are parts
// of it.
type encoding int

const (
	utf8Text encoding = iota
	gb18030
)

// The bytes at the beginning that tell something.
var (
	mark     = []byte("\xEF\xBB\xBF") // of UTF-8
	utf16LE  = []byte("\xFF\xFE")
	utf16BE  = []byte("\xFE\xFF")
	workbook = []byte("PK\x03\x04") // .xlsx
	oldBook  = []byte("\xD0\xCF\x11\xE0")
)

// recognise reads the whole list to tell how it is encoded: what begins with the mark, or is UTF-8 throughout, is UTF-8.
// A broken byte or two must not make GB18030 of it, for names would be read that nobody bears; so the lines decide by
// majority. A line speaks for UTF-8 if it is UTF-8 and holds a character of three bytes, as Chinese has: one of two, such
// as 女, GB18030 makes by chance.
func recognise(r io.Reader) (encoding, error) {
	in := bufio.NewReaderSize(r, maxRecord)
	if err := refuse(in); err != nil {
		return 0, err
	}
	if start, _ := in.Peek(len(mark)); bytes.Equal(start, mark) {
		return utf8Text, nil
	}
	good, broken := 0, 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return 0, err
		}
		switch {
		case !utf8.Valid(line):
			broken++
		case bytes.ContainsFunc(line, isOfThreeBytes):
			good++
		}
		if errors.Is(err, io.EOF) {
			break
		}
	}
	if broken > good {
		return gb18030, nil
	}
	return utf8Text, nil
}

// refuse looks at the beginning for what is no list that we read, but looks like one to the person who saved it.
func refuse(in *bufio.Reader) error {
	start, err := in.Peek(1024)
	first, _, _ := bytes.Cut(start, []byte("\n"))
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case len(bytes.TrimSpace(bytes.TrimPrefix(start, mark))) == 0:
		return doctor.Invalid{Rule: inbound.RuleListEmpty}
	case bytes.HasPrefix(start, workbook), bytes.HasPrefix(start, oldBook):
		return doctor.Invalid{Rule: inbound.RuleListWorkbook}
	case bytes.HasPrefix(start, utf16LE), bytes.HasPrefix(start, utf16BE), bytes.IndexByte(first, 0) >= 0:
		return doctor.Invalid{Rule: inbound.RuleListUTF16}
	}
	return nil
}

func isOfThreeBytes(r rune) bool { return utf8.RuneLen(r) >= 3 }

// text is the list as UTF-8, without the mark.
func (e encoding) text(r io.Reader) *bufio.Reader {
	if e == gb18030 {
		r = simplifiedchinese.GB18030.NewDecoder().Reader(r)
	}
	in := bufio.NewReaderSize(r, maxRecord)
	if start, _ := in.Peek(len(mark)); bytes.Equal(start, mark) {
		_, _ = in.Discard(len(mark)) // it is there
	}
	return in
}

// isText tells whether a record was text; what the decoder could not read it has replaced.
func (e encoding) isText(s string) bool {
	if e == gb18030 {
		return !strings.ContainsRune(s, utf8.RuneError)
	}
	return utf8.ValidString(s)
}
