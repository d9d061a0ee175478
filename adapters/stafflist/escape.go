package stafflist

import "strings"

// runs tells whether a spreadsheet may take a text for a formula to be worked out, by what it begins with. Some fold the
// full-width forms first.
func runs(s string) bool {
	for _, begin := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, begin) {
			return true
		}
	}
	return false
}

// escape puts an apostrophe before a text that a spreadsheet would run: the sign for text as it is. One that begins so by
// itself gets another, so that the way back is plain.
func escape(s string) string {
	if runs(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// unescape is the way back.
func unescape(s string) string {
	if strings.HasPrefix(s, "'") && runs(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}
