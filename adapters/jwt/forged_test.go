package jwt

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"

	jwtlib "github.com/golang-jwt/jwt/v5"

	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// forger has what an attacker who got hold of the signing key has, so that nothing but the rule under test stands in
// the way of its tokens.
type forger struct {
	kid     string
	private ed25519.PrivateKey
	header  string
	payload string
}

func newForger(t testing.TB, keys *Keys, token string) forger {
	t.Helper()
	kid, private := keys.signing()
	p, err := takeApart(token)
	if err != nil {
		t.Fatal(err)
	}
	return forger{kid, private, string(p.header), string(p.payload)}
}

var b64 = base64.RawURLEncoding.EncodeToString

func (f forger) sign(header, payload string) string {
	signed := b64([]byte(header)) + "." + b64([]byte(payload))
	return signed + "." + b64(ed25519.Sign(f.private, []byte(signed)))
}

// with replaces one claim, or removes it when the value is empty. The value is JSON.
func (f forger) with(t testing.TB, claim, value string) string {
	t.Helper()
	claims := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(f.payload), &claims); err != nil {
		t.Fatal(err)
	}
	if claims[claim] == nil {
		t.Fatalf("there is no claim %q", claim)
	}
	delete(claims, claim)
	if value != "" {
		claims[claim] = json.RawMessage(value)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return f.sign(f.header, string(payload))
}

func refuse(t *testing.T, tokens *Tokens, what, token string) {
	t.Helper()
	c, err := tokens.Verify(token)
	if !errors.Is(err, outbound.ErrTokenInvalid) || errors.Is(err, outbound.ErrTokenExpired) || c != (outbound.Claims{}) {
		t.Errorf("%s: %+v, %v", what, c, err)
	}
}

func TestWhatTheForgerSignsUnchangedIsTaken(t *testing.T) {
	keys := MemoryKeys()
	tokens, _ := newTokens(t, keys)
	f := newForger(t, keys, issued(t, tokens, someClaims()))
	for what, token := range map[string]string{
		"the same":          f.sign(f.header, f.payload),
		"blanks":            f.sign(" \n"+f.header+"\t", " "+f.payload+"\n"),
		"a new claim":       f.sign(f.header, f.payload[:len(f.payload)-1]+`,"hospital":[{"a":1,"a":2}]}`),
		"the same again":    f.with(t, "role", `"admin"`),
		"a list of one":     f.with(t, "aud", `["hospital-platform"]`),
		"a list with ours":  f.with(t, "aud", `["others","hospital-platform","doctor-service"]`),
		"restricted, list":  f.with(t, "aud", `["doctor-service"]`),
		"restricted, plain": f.with(t, "aud", `"doctor-service"`),
	} {
		if c, err := tokens.Verify(token); err != nil || c.Restricted != strings.HasPrefix(what, "restricted") {
			t.Errorf("%s: %+v, %v", what, c, err)
		}
	}
}

func TestClaimsThatBreakARuleAreRefusedEvenWhenSigned(t *testing.T) {
	keys := MemoryKeys()
	tokens, _ := newTokens(t, keys)
	f := newForger(t, keys, issued(t, tokens, someClaims()))
	at := func(seconds int64) string { return fmt.Sprint(noon.Unix() + seconds) }
	for claim, values := range map[string][]string{
		"iss":       {``, `""`, `null`, `"others"`, `"Doctor-Service"`, `"doctor-service "`, `["doctor-service"]`, `1`},
		"aud":       {``, `""`, `null`, `[]`, `"others"`, `["others"]`, `["doctor-service","others"]`, `["doctor-service","doctor-service"]`, `"Hospital-Platform"`, `{}`, `1`, `[["hospital-platform"]]`, `["hospital-platform",1]`, `"hospital-platform,others"`},
		"client_id": {``, `""`, `null`, `"others"`, `1`},
		"sub":       {``, `""`, `null`, `7`, `"0"`, `"-7"`, `"+7"`, `"07"`, `" 7"`, `"7 "`, `"7.0"`, `"7e1"`, `"0x7"`, `"７"`, `"9223372036854775808"`, `"admin"`},
		"jti":       {``, `""`, `null`, `"AAAAAAAAAAAAAAAAAAAAAA"`, `"-_8DBAUGBwgJCgsMDQ4PEB"`, `"-_8DBAUGBwgJCgsMDQ4PEA=="`, `"+/8DBAUGBwgJCgsMDQ4PEA"`, `"-_8DBAUGBwgJCgsMDQ4P"`, `"-_8DBAUGBwgJCgsMDQ4PEBA"`, `"-_8DBAUGBwgJ\nCgsMDQ4PEA"`, `1`},
		"iat":       {``, `null`, `0`, `-1`, `"` + at(0) + `"`, at(0) + `.5`, at(31), `1e9`, `99999999999999999999`, `true`, at(-24 * 3600), at(8 * 3600)},
		"nbf":       {``, `null`, `0`, `-1`, `"` + at(0) + `"`, at(31), `9223372036854775807`},
		"exp":       {``, `null`, `0`, `-1`, `"` + at(3600) + `"`, at(3600) + `.0`, at(0), at(-1), at(24*3600 + 1), `9223372036854775807`, `1e300`, `[]`},
		"auth_time": {``, `null`, `0`, `-1`, at(1), `"` + at(-60) + `"`, `9223372036854775807`},
		"role":      {``, `null`, `""`, `"root"`, `"Admin"`, `["admin"]`, `1`},
		"gen":       {``, `null`, `0`, `-1`, `"3"`, `3.5`, `9223372036854775808`},
	} {
		for _, value := range values {
			refuse(t, tokens, claim+" "+value, f.with(t, claim, value))
		}
	}
}

func TestPayloadsThatOthersMightReadDifferentlyAreRefusedEvenWhenSigned(t *testing.T) {
	keys := MemoryKeys()
	tokens, _ := newTokens(t, keys)
	f := newForger(t, keys, issued(t, tokens, someClaims()))
	body := f.payload[1 : len(f.payload)-1]
	for what, payload := range map[string]string{
		"sub twice":              `{"sub":"1",` + body + `}`,
		"sub twice, last":        `{` + body + `,"sub":"1"}`,
		"sub twice, escaped":     `{` + body + `,"s\u0075b":"1"}`,
		"an unknown twice":       `{` + body + `,"x":1,"x":1}`,
		"Sub beside sub":         `{` + body + `,"Sub":"1"}`,
		"EXP beside exp":         `{` + body + `,"EXP":1}`,
		"iss with a long s":      `{` + body + `,"iſs":"x"}`,
		"Role instead of role":   strings.Replace(f.payload, `"role"`, `"Role"`, 1),
		"EXP instead of exp":     strings.Replace(f.payload, `"exp"`, `"EXP"`, 1),
		"two documents":          f.payload + f.payload,
		"trailing text":          f.payload + `x`,
		"trailing brace":         f.payload + `}`,
		"a list":                 `[` + f.payload + `]`,
		"null":                   `null`,
		"a string":               `"x"`,
		"nothing":                ``,
		"an empty object":        `{}`,
		"not closed":             f.payload[:len(f.payload)-1],
		"a comma too many":       `{` + body + `,}`,
		"no UTF-8":               `{` + body + ",\"x\":\"\xff\"}",
		"a byte order mark":      "\ufeff" + f.payload,
		"UTF-16":                 strings.ReplaceAll(f.payload, "", "\x00"),
		"a comment":              `{` + body + `/**/}`,
		"a single quote":         strings.ReplaceAll(f.payload, `"`, `'`),
		"more than 4 KiB":        `{` + body + `,"x":"` + strings.Repeat("x", 3000) + `"}`,
		"deeper than deep":       `{` + body + `,"x":` + strings.Repeat("[", 2000) + `}`,
		"a name without a colon": `{` + body + `,"x"}`,
	} {
		refuse(t, tokens, what, f.sign(f.header, payload))
	}
}

func TestHeadersThatAreNotLikeOursAreRefusedEvenWhenSigned(t *testing.T) {
	keys := MemoryKeys()
	tokens, _ := newTokens(t, keys)
	f := newForger(t, keys, issued(t, tokens, someClaims()))
	head := func(alg, typ, kid, more string) string {
		return fmt.Sprintf(`{"alg":%q,"typ":%q,"kid":%q%s}`, alg, typ, kid, more)
	}
	jwk := fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":%q,"x":%q}`, f.kid, b64(f.private.Public().(ed25519.PublicKey)))
	if _, err := tokens.Verify(f.sign(head("EdDSA", "at+jwt", f.kid, ""), f.payload)); err != nil {
		t.Fatalf("the header to be changed is not good: %v", err)
	}
	headers := map[string]string{
		"no alg":         fmt.Sprintf(`{"typ":"at+jwt","kid":%q}`, f.kid),
		"no typ":         fmt.Sprintf(`{"alg":"EdDSA","kid":%q}`, f.kid),
		"no kid":         `{"alg":"EdDSA","typ":"at+jwt"}`,
		"kid null":       `{"alg":"EdDSA","typ":"at+jwt","kid":null}`,
		"kid a list":     fmt.Sprintf(`{"alg":"EdDSA","typ":"at+jwt","kid":[%q]}`, f.kid),
		"kid twice":      head("EdDSA", "at+jwt", f.kid, fmt.Sprintf(`,"kid":%q`, f.kid)),
		"alg twice":      head("EdDSA", "at+jwt", f.kid, `,"alg":"none"`),
		"Alg beside alg": head("EdDSA", "at+jwt", f.kid, `,"Alg":"none"`),
		"Alg instead":    strings.Replace(f.header, `"alg"`, `"Alg"`, 1),
		"KID, a kelvin":  strings.Replace(f.header, `"kid"`, "\"\u212aid\"", 1),
		"nothing":        ``,
		"two headers":    f.header + f.header,
		"a list":         `[` + f.header + `]`,
		"no UTF-8":       head("EdDSA", "at+jwt", f.kid, ",\"x\":\"\xff\""),
		"jwk":            head("EdDSA", "at+jwt", f.kid, `,"jwk":`+jwk),
		"jku":            head("EdDSA", "at+jwt", f.kid, `,"jku":"http://127.0.0.1/keys"`),
		"x5u":            head("EdDSA", "at+jwt", f.kid, `,"x5u":"http://127.0.0.1/keys"`),
		"x5c":            head("EdDSA", "at+jwt", f.kid, `,"x5c":[]`),
		"crit, unknown":  head("EdDSA", "at+jwt", f.kid, `,"crit":["exp"]`),
		"crit, b64":      head("EdDSA", "at+jwt", f.kid, `,"crit":["b64"],"b64":false`),
		"crit, empty":    head("EdDSA", "at+jwt", f.kid, `,"crit":[]`),
		"crit, null":     head("EdDSA", "at+jwt", f.kid, `,"crit":null`),
		"b64":            head("EdDSA", "at+jwt", f.kid, `,"b64":true`),
		"zip":            head("EdDSA", "at+jwt", f.kid, `,"zip":"DEF"`),
		"a nested token": head("EdDSA", "at+jwt", f.kid, `,"cty":"JWT"`),
		"an enc":         head("EdDSA", "at+jwt", f.kid, `,"enc":"A256GCM"`),
	}
	for _, alg := range []string{"none", "None", "", "HS256", "RS256", "ES256", "PS256", "eddsa", "Ed25519", "EdDSA ", "ED25519ph"} {
		headers["alg "+alg] = head(alg, "at+jwt", f.kid, "")
	}
	for _, typ := range []string{"", "JWT", "jwt", "AT+JWT", "application/at+jwt", "at+jwt ", "id+jwt", "logout+jwt"} {
		headers["typ "+typ] = head("EdDSA", typ, f.kid, "")
	}
	for _, kid := range []string{
		"", "x", "../" + f.kid, "../../x", "/etc/passwd", "./" + f.kid, f.kid + ".pem", f.kid + " ", f.kid + "\x00", "current", "..",
		strings.ToUpper(f.kid), "' OR 1=1 --", strings.Repeat("a", 65), strings.Repeat("a", 1000), "http://127.0.0.1/k", "钥匙",
	} {
		headers["kid "+kid] = head("EdDSA", "at+jwt", kid, "")
	}
	for what, header := range headers {
		refuse(t, tokens, what, f.sign(header, f.payload))
	}
}

func TestSignaturesThatAreNotOursAreRefused(t *testing.T) {
	keys := MemoryKeys()
	tokens, _ := newTokens(t, keys)
	token := issued(t, tokens, someClaims())
	f := newForger(t, keys, token)
	public := f.private.Public().(ed25519.PublicKey)
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
	signed := token[:strings.LastIndexByte(token, '.')]
	mac := func(secret []byte) string {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(signed))
		return signed + "." + b64(h.Sum(nil))
	}
	_, foreign, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	byForeign := f
	byForeign.private = foreign
	for what, forged := range map[string]string{
		"none at all":              signed + ".",
		"of 64 zeros":              signed + "." + b64(make([]byte, 64)),
		"too short":                signed + "." + b64(make([]byte, 63)),
		"another key's":            byForeign.sign(f.header, f.payload),
		"a MAC with the key":       mac(public),
		"a MAC with the PEM":       mac(inPEM),
		"a MAC with its base64":    mac([]byte(b64(public))),
		"of another payload":       b64([]byte(f.header)) + "." + b64([]byte(`{}`)) + token[strings.LastIndexByte(token, '.'):],
		"with an s that is no s":   signed + "." + b64(malleated(t, token)),
		"of this token, but twice": token + token[strings.LastIndexByte(token, '.')+1:],
	} {
		refuse(t, tokens, what, forged)
	}
}

// malleated adds the group's order to a signature's s: lenient implementations take it for the same signature.
func malleated(t *testing.T, token string) []byte {
	t.Helper()
	order := []byte{
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
	}
	p, err := takeApart(token)
	if err != nil {
		t.Fatal(err)
	}
	signature := bytes.Clone(p.signature)
	carry := 0
	for i, b := range order {
		sum := int(signature[32+i]) + int(b) + carry
		signature[32+i], carry = byte(sum), sum>>8
	}
	return signature
}

// The classic: a library's own tokens with every algorithm that it knows.
func TestTokensOfOtherAlgorithmsAreRefused(t *testing.T) {
	keys := MemoryKeys()
	tokens, _ := newTokens(t, keys)
	f := newForger(t, keys, issued(t, tokens, someClaims()))
	var claims jwtlib.MapClaims
	if err := json.Unmarshal([]byte(f.payload), &claims); err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for method, key := range map[jwtlib.SigningMethod]any{
		jwtlib.SigningMethodNone:  jwtlib.UnsafeAllowNoneSignatureType,
		jwtlib.SigningMethodHS256: []byte(f.private.Public().(ed25519.PublicKey)),
		jwtlib.SigningMethodHS512: []byte(f.private.Public().(ed25519.PublicKey)),
		jwtlib.SigningMethodRS256: rsaKey,
		jwtlib.SigningMethodPS256: rsaKey,
	} {
		token := jwtlib.NewWithClaims(method, claims)
		token.Header["typ"], token.Header["kid"] = tokenType, f.kid
		forged, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		refuse(t, tokens, method.Alg(), forged)
	}
}

func TestNoOtherTextIsTakenForAToken(t *testing.T) {
	tokens, _ := newTokens(t, MemoryKeys())
	token := issued(t, tokens, someClaims())
	p := strings.Split(token, ".")
	for what, text := range map[string]string{
		"nothing":           "",
		"two dots":          "..",
		"thousands of dots": strings.Repeat(".", 1<<20),
		"a long text":       strings.Repeat("A", 1<<20),
		"a long segment":    p[0] + "." + strings.Repeat("A", 5000) + "." + p[2],
		"two parts":         p[0] + "." + p[1],
		"four parts":        token + "." + p[2],
		"five parts":        token + ".." + p[2],
		"a dot behind":      token + ".",
		"a dot before":      "." + token,
		"a blank before":    " " + token,
		"a blank behind":    token + " ",
		"a break behind":    token + "\n",
		"a break inside":    p[0] + "." + p[1][:10] + "\r\n" + p[1][10:] + "." + p[2],
		"a NUL behind":      token + "\x00",
		"padding":           p[0] + "." + p[1] + "." + p[2] + "==",
		"the scheme":        "Bearer " + token,
		"the standard's 64": strings.NewReplacer("-", "+", "_", "/").Replace(token) + "+",
		"JSON form":         fmt.Sprintf(`{"payload":%q,"protected":%q,"signature":%q}`, p[1], p[0], p[2]),
	} {
		refuse(t, tokens, what, text)
	}
}

func TestATokenHasOneSpellingOnly(t *testing.T) {
	tokens, _ := newTokens(t, MemoryKeys())
	token := issued(t, tokens, someClaims())
	if _, err := tokens.Verify(token); err != nil { // from now on it is remembered
		t.Fatal(err)
	}
	for i := range token {
		for bit := range 8 {
			changed := []byte(token)
			changed[i] ^= 1 << bit
			refuse(t, tokens, fmt.Sprintf("bit %d of byte %d", bit, i), string(changed))
		}
		refuse(t, tokens, fmt.Sprintf("without byte %d", i), token[:i]+token[i+1:])
		refuse(t, tokens, fmt.Sprintf("byte %d twice", i), token[:i+1]+token[i:])
	}
	for _, last := range base64Alphabet {
		if changed := token[:len(token)-1] + string(last); changed != token {
			refuse(t, tokens, "ending in "+string(last), changed)
		}
	}
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// fixedKeys are the same in every process, since fuzzing runs in several.
func fixedKeys(f *testing.F) *Keys {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	keys, err := newKeys(func() (*keySet, error) {
		public := inbound.PublicKey{ID: "k", Key: private.Public().(ed25519.PublicKey)}
		return &keySet{verifying: []inbound.PublicKey{public}, kid: "k", private: private}, nil
	}, nil)
	if err != nil {
		f.Fatal(err)
	}
	return keys
}

func FuzzNothingButTheTokenIsTaken(f *testing.F) {
	keys := fixedKeys(f)
	tokens, _ := newTokens(f, keys)
	token := issued(f, tokens, someClaims())
	f.Add(token)
	f.Add(token + ".")
	f.Add("..")
	f.Add(`eyJhbGciOiJub25lIn0.e30.`)
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := tokens.Verify(s); (err == nil) != (s == token) {
			t.Errorf("%q: %+v, %v", s, c, err)
		}
	})
}

// Behind the signature lies the reading of claims, which random bytes never reach: here they are signed.
func FuzzSignedClaimsNeverBreakARule(f *testing.F) {
	keys := fixedKeys(f)
	tokens, _ := newTokens(f, keys)
	by := newForger(f, keys, issued(f, tokens, someClaims()))
	f.Add(by.header, by.payload)
	f.Add(`{"alg":"EdDSA"}`, `{"aud":["a"],"exp":1e9}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		for _, token := range []string{by.sign(by.header, payload), by.sign(header, by.payload)} {
			c, err := tokens.Verify(token)
			if errors.Is(err, outbound.ErrTokenInvalid) {
				continue
			}
			life := c.Expires.Sub(c.IssuedAt)
			if c.Doctor < 1 || c.Session.IsZero() || c.Generation < 1 || c.Role.String() == "" ||
				life <= 0 || life.Hours() > 24 || c.LoggedInAt.After(c.IssuedAt) || (err != nil) != !c.Expires.After(noon) {
				t.Errorf("%s %s: %+v, %v", header, payload, c, err)
			}
		}
	})
}
