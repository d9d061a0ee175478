package doctor

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// AvatarURL points to a picture; the service never fetches it.
type AvatarURL struct{ v string }

// ParseAvatarURL reads an absolute web address of at most 1024 characters without user info.
func ParseAvatarURL(raw string) (AvatarURL, error) {
	s := canonical(raw)
	if err := checkLength(FieldAvatarURL, s, 1, 1024); err != nil {
		return AvatarURL{}, err
	}
	u, err := url.Parse(s)
	if err != nil || !isWebAddress(u) || strings.ContainsFunc(s, misleads) || strings.ContainsFunc(u.Host, misleads) {
		return AvatarURL{}, Invalid{Field: FieldAvatarURL, Rule: RuleURL}
	}
	return AvatarURL{s}, nil
}

func isWebAddress(u *url.URL) bool {
	web := u.Scheme == "https" || u.Scheme == "http"
	host := strings.Trim(u.Hostname(), ".") != ""
	return web && host && u.User == nil && isPort(u.Port())
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return s == "" || err == nil && n > 0
}

// misleads finds what makes an address look like another one: what nobody sees, and the backslash, which browsers take
// for a slash and url.Parse does not.
func misleads(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar || r == '\\'
}

func (a AvatarURL) String() string { return a.v }
