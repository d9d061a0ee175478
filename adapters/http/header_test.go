package httpapi

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzHeaders: whatever strangers write into a header, it is read in one way or not at all.
func FuzzHeaders(f *testing.F) {
	f.Add("Bearer a.b.c", "id-1", "application/json", `"1"`, "en")
	f.Add("bearer  a", strings.Repeat("a", 129), "application/json; charset=UTF-8", `W/"1", "2"`, "zh-CN,zh;q=0.9,en;q=0.8")
	f.Add("Bearer a b", "a\nb", "application/json;charset=gbk", " * ", "en;q=0, zh;q=2")
	f.Add("Bearer a,b", "", "text/json", `"+1","01",""1""`, strings.Repeat("en-", 200))
	f.Add("Basic eDp5", "é", `application/json;charset="`, `"9223372036854775808"`, "*")
	f.Fuzz(func(t *testing.T, authorization, id, contentType, condition, language string) {
		readsOneToken(t, authorization)
		readsOneID(t, id)
		readsOneMediaType(t, contentType)
		readsOneCondition(t, condition)
		readsOneLanguage(t, language)
	})
}

func readsOneToken(t *testing.T, given string) {
	t.Helper()
	require.Empty(t, tokenOf(http.Header{"Authorization": {given, given}}), "two are none")
	token := tokenOf(http.Header{"Authorization": {given}})
	if token == "" {
		return
	}
	scheme, found := strings.CutSuffix(given, token)
	require.True(t, found)
	require.Equal(t, "bearer", strings.ToLower(strings.TrimRight(scheme, " ")))
	require.False(t, strings.ContainsAny(token, " \t,"))
}

func readsOneID(t *testing.T, given string) {
	t.Helper()
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
	fit := given != "" && len(given) <= 128 && strings.Trim(given, allowed) == "" &&
		!strings.ContainsFunc(given, func(r rune) bool { return !strings.ContainsRune(allowed, r) })
	id := requestID(http.Header{requestIDHeader: {given}})
	require.Equal(t, fit, id == given, "%q became %q", given, id)
	require.True(t, acceptableRequestID.MatchString(id))
}

var charset = regexp.MustCompile(`(?i)(^|;)\s*charset\s*=`)

func readsOneMediaType(t *testing.T, given string) {
	t.Helper()
	if !isJSON(http.Header{"Content-Type": {given}}) {
		return
	}
	mediaType, parameters, _ := strings.Cut(given, ";")
	require.Equal(t, "application/json", strings.ToLower(strings.TrimFunc(mediaType, unicode.IsSpace)))
	if charset.MatchString(parameters) {
		require.Contains(t, strings.ToLower(strings.ReplaceAll(parameters, `\`, "")), "utf-8")
	}
	require.False(t, isJSON(http.Header{"Content-Type": {given}, "Content-Encoding": {"gzip"}}))
	require.False(t, isJSON(http.Header{"Content-Type": {given, given}}))
}

func readsOneCondition(t *testing.T, given string) {
	t.Helper()
	m := ifMatch([]string{given})
	require.NotNil(t, m, "a condition that cannot be read still is one")
	require.Equal(t, strings.Trim(given, " \t") == "*", m.Any)
	var tags []string
	for _, version := range m.Versions {
		tags = append(tags, entityTag(version))
		require.Contains(t, given, entityTag(version))
		require.NotContains(t, given, `W/`+entityTag(version)+`"`)
	}
	if len(tags) > 0 {
		require.Equal(t, m, ifMatch(tags), "a header each says what one list says")
	}
}

func readsOneLanguage(t *testing.T, given string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header["Accept-Language"] = []string{given}
	l := langOf(r)
	require.Contains(t, []lang{chinese, english}, l)
	if len(given) > maxAcceptLanguage || strings.TrimSpace(given) == "" {
		require.Equal(t, chinese, l)
	}
}

// FuzzForwarded: a client is known by what a trusted proxy saw, and by nothing that it says of itself.
func FuzzForwarded(f *testing.F) {
	a := newAPI(Options{TrustedProxies: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"),
	}, Report: reporter{&stage{}}})
	client := func(peer string, forwarded ...string) (found netip.Addr) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = peer
		if len(forwarded) > 0 {
			r.Header[forwardedHeader] = forwarded
		}
		a.clientAddress()(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { found = clientOf(r) })).
			ServeHTTP(httptest.NewRecorder(), r)
		return found
	}
	for _, seed := range []string{
		"", "1.2.3.4", "1.2.3.4, 10.0.0.1", "unknown", "::ffff:1.2.3.4", "fe80::1%eth0", "::ffff:10.0.0.1", ",,", "1.2.3.4:80",
		`"[2001:db8::1]:80"`, "1.2.3.4\t,\n10.1.1.1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, claimed string) {
		require.Equal(t, netip.MustParseAddr("192.0.2.1"), client("192.0.2.1:999", claimed), "a stranger's word counts for nothing")
		const proxy = "10.9.9.9:999"
		seen := client(proxy, claimed)
		require.True(t, seen.IsValid(), "throttling needs somebody")
		require.False(t, seen.Is4In6() || seen.Zone() != "", "one spelling an address")
		for _, p := range a.TrustedProxies {
			require.True(t, !p.Contains(seen) || seen == netip.MustParseAddr("10.9.9.9"), "a proxy is no client, unless alone")
		}
		// What the proxies append decides.
		require.Equal(t, netip.MustParseAddr("198.51.100.7"), client(proxy, claimed+", 198.51.100.7"))
		require.Equal(t, netip.MustParseAddr("198.51.100.7"), client(proxy, claimed, "198.51.100.7", "10.1.2.3"))
		require.Equal(t, seen, client(proxy, claimed+", 10.1.2.3"))
		require.Equal(t, seen, client(proxy, claimed, "fd00::1"))
	})
}

// FuzzPrintable: the name of a member that somebody made up is shown short and legible.
func FuzzPrintable(f *testing.F) {
	for _, seed := range []string{"", "gender ", "\u202edrowssap", "a\x00b\x1b[31m", strings.Repeat("钥", 100), "\xff", "e\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		shown := printable(name)
		require.LessOrEqual(t, utf8.RuneCountInString(shown), maxName)
		require.False(t, strings.ContainsFunc(shown, func(r rune) bool { return !unicode.IsGraphic(r) }))
		require.True(t, utf8.ValidString(shown))
		require.Equal(t, shown, printable(shown))
	})
}
