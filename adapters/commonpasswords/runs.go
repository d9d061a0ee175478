package commonpasswords

import "strings"

// Of what people type over and over without a thought, so long is the part and so long the whole, at most: no longer one
// is among those that attackers try first.
const (
	longestUnit = 4
	longestRun  = 16
)

// isRun finds what zxcvbn leaves off its list because it finds it by rule: letters or digits in a row, up or down, once or
// over and over, such as 87654321, abcdefgh and 123123123. They are as common as what is on the list.
func isRun(p string) bool {
	if len(p) > longestRun {
		return false
	}
	if inARow(p) {
		return true
	}
	for unit := 2; unit <= longestUnit && 2*unit <= len(p); unit++ {
		if inARow(p[:unit]) && strings.HasPrefix(strings.Repeat(p[:unit], len(p)/unit+1), p) {
			return true
		}
	}
	return false
}

func inARow(s string) bool {
	up, down := len(s) > 1, len(s) > 1
	for i := 1; i < len(s); i++ {
		up = up && follows(s[i-1], s[i])
		down = down && follows(s[i], s[i-1])
	}
	return up || down
}

// follows tells whether b is the letter or digit after a; on a keyboard 0 is the one after 9.
func follows(a, b byte) bool {
	switch {
	case a == '9':
		return b == '0'
	case a >= '0' && a < '9', a >= 'a' && a < 'z':
		return b == a+1
	}
	return false
}
