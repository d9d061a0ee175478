package doctor_test

import (
	"strings"
	"testing"

	"hospital.example/doctor-service/domain/doctor"
)

func TestAvatarURLIsAWebAddressWithAHost(t *testing.T) {
	long := "https://h/" + strings.Repeat("图", 1024-len("https://h/"))
	mustRead(t, doctor.ParseAvatarURL, []reading{
		{"https", "https://cdn.example.com/a/b.png?v=1#x", "https://cdn.example.com/a/b.png?v=1#x"},
		{"http", "http://cdn.example.com", "http://cdn.example.com"},
		{"capitals in the scheme", "HTTPS://cdn.example.com/", "HTTPS://cdn.example.com/"},
		{"port", "https://cdn.example.com:8443/", "https://cdn.example.com:8443/"},
		{"highest port", "https://h:65535/", "https://h:65535/"},
		{"empty port", "https://h:/", "https://h:/"},
		{"IPv4", "http://192.0.2.1/a", "http://192.0.2.1/a"},
		{"IPv6", "http://[2001:db8::1]/a", "http://[2001:db8::1]/a"},
		{"IPv6 and port", "http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80/a"},
		{"Chinese host and path", "https://医院.中国/头像.png", "https://医院.中国/头像.png"},
		{"escapes", "https://h/%E5%A4%B4", "https://h/%E5%A4%B4"},
		{"at sign in the path", "https://h/@me", "https://h/@me"},
		{"blanks around", " https://h/\n", "https://h/"},
		{"longest", long, long},
	})
}

func TestAvatarURLRefusesOtherAddresses(t *testing.T) {
	mustRefuse(t, doctor.ParseAvatarURL, doctor.FieldAvatarURL, []refusal{
		{"empty", "", doctor.RuleLength},
		{"too long", "https://h/" + strings.Repeat("a", 1015), doctor.RuleLength},
		{"no scheme", "cdn.example.com/a.png", doctor.RuleURL},
		{"no scheme, slashes", "//cdn.example.com/a.png", doctor.RuleURL},
		{"path", "/a.png", doctor.RuleURL},
		{"script", "javascript:alert(1)", doctor.RuleURL},
		{"script with slashes", "javascript://h/%0aalert(1)", doctor.RuleURL},
		{"data", "data:image/png;base64,AAAA", doctor.RuleURL},
		{"file", "file:///etc/passwd", doctor.RuleURL},
		{"ftp", "ftp://h/a", doctor.RuleURL},
		{"scheme alone", "http:", doctor.RuleURL},
		{"no slashes", "https:h/a.png", doctor.RuleURL},
		{"one slash", "https:/h/a.png", doctor.RuleURL},
		{"three slashes", "https:///a.png", doctor.RuleURL},
		{"no host", "https://", doctor.RuleURL},
		{"port without host", "https://:80", doctor.RuleURL},
		{"query without host", "https://?a", doctor.RuleURL},
		{"dot for a host", "https://./a", doctor.RuleURL},
		{"empty brackets", "https://[]/", doctor.RuleURL},
		{"open bracket", "https://[::1/", doctor.RuleURL},
		{"IPv6 without brackets", "http://::1/", doctor.RuleURL},
		{"port out of range", "https://h:65536/", doctor.RuleURL},
		{"port zero", "https://h:0/", doctor.RuleURL},
		{"port with a sign", "https://h:+80/", doctor.RuleURL},
		{"two ports", "https://h:80:80/", doctor.RuleURL},
		{"full-width port", "https://h:８０/", doctor.RuleURL},
	})
}

func TestAvatarURLRefusesWhatMisleads(t *testing.T) {
	mustRefuse(t, doctor.ParseAvatarURL, doctor.FieldAvatarURL, []refusal{
		{"user", "https://bank.example@h/", doctor.RuleURL},
		{"user and password", "https://a:b@h/", doctor.RuleURL},
		{"empty user", "https://@h/", doctor.RuleURL},
		{"empty user and password", "https://:@h/", doctor.RuleURL},
		{"backslashes for slashes", `https:\\h\a`, doctor.RuleURL},
		{"backslash in the host", `https://h\.example.com/`, doctor.RuleURL},
		{"backslash before a user", `https://h\@example.com/`, doctor.RuleURL},
		{"backslash in the path", `https://h/a\..\b`, doctor.RuleURL},
		{"inner space", "https://h/a b", doctor.RuleURL},
		{"inner line break", "https://h/a\nb", doctor.RuleURL},
		{"inner tab", "java\tscript:alert(1)", doctor.RuleURL},
		{"tab in the host", "https://h\t.example.com/", doctor.RuleURL},
		{"line separator", "https://h/a\u2028b", doctor.RuleURL},
		{"NUL", "https://h/\x00", doctor.RuleURL},
		{"C1 control", "https://h/\u009b", doctor.RuleURL},
		{"right-to-left override", "https://h/\u202egnp.exe", doctor.RuleURL},
		{"zero-width space in the host", "https://h\u200b.example.com/", doctor.RuleURL},
		{"zero-width space, escaped, for a host", "https://%E2%80%8B/", doctor.RuleURL},
		{"no text, escaped, for a host", "https://%FF/", doctor.RuleURL},
		{"soft hyphen", "https://exa\u00admple.com/", doctor.RuleURL},
		{"tag characters", "https://h/\U000E0041", doctor.RuleURL},
		{"replacement character", "https://h/\ufffd", doctor.RuleURL},
		{"no text", "https://h/\xff", doctor.RuleURL},
		{"broken escape in the host", "https://%zz/", doctor.RuleURL},
	})
}

func FuzzAvatarURL(f *testing.F) {
	fuzzReader(f, doctor.ParseAvatarURL, doctor.FieldAvatarURL, 1024, "",
		"https://cdn.example.com/a/b.png?v=1#x", "https://医院.中国/头像.png", "http://[2001:db8::1]:80/a",
		"https://@host", "https://:80", "http:", `https:\\h`)
}
