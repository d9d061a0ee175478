package main_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// newKey writes a signing key as an operator makes one: openssl genpkey -algorithm ed25519.
func newKey(t testing.TB, path string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	// A reader must never meet half a key.
	require.NoError(t, os.WriteFile(path+".new", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	require.NoError(t, os.Rename(path+".new", path))
}

// readKey reads a signing key as whoever stole the folder would.
func readKey(t testing.TB, path string) ed25519.PrivateKey {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	require.NotNil(t, block, path)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	private, ok := key.(ed25519.PrivateKey)
	require.True(t, ok, path)
	return private
}

// keyFolder is where a service keeps its keys: the configured folder, or the one beside an SQLite file.
func (s *service) keyFolder() string {
	if folder := s.setting("DOCTOR_SIGNING_KEY_DIR"); folder != "" {
		return folder
	}
	return strings.TrimPrefix(s.setting("DOCTOR_STORAGE"), "sqlite:") + ".keys"
}

// signingKey is the only key of a service.
func (s *service) signingKey() (kid string, key ed25519.PrivateKey) {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.keyFolder(), "*.pem"))
	require.NoError(s.t, err)
	require.Len(s.t, found, 1)
	return strings.TrimSuffix(filepath.Base(found[0]), ".pem"), readKey(s.t, found[0])
}

// setting is the value of a variable that the service was started with; of several the last counts.
func (s *service) setting(name string) (value string) {
	for _, pair := range s.environ {
		if rest, found := strings.CutPrefix(pair, name+"="); found {
			value = rest
		}
	}
	return value
}

// forge signs a token as a thief of the key would. The header is that of a genuine token with changes; a change to nil
// takes a member away.
func (s *service) forge(header, claims map[string]any) string {
	s.t.Helper()
	kid, key := s.signingKey()
	return signed(key, changed(map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": kid}, header), claims)
}

// claims are those of a genuine token with changes.
func (s *service) claims(token string, changes map[string]any) map[string]any {
	s.t.Helper()
	return changed(decoded(s.t, strings.Split(token, ".")[1]), changes)
}

func changed(members, changes map[string]any) map[string]any {
	out := maps.Clone(members)
	for name, value := range changes {
		if out[name] = value; value == nil {
			delete(out, name)
		}
	}
	return out
}

func signed(key ed25519.PrivateKey, header, claims map[string]any) string {
	input := encoded(header) + "." + encoded(claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(input)))
}

func encoded(part map[string]any) string {
	text, err := json.Marshal(part)
	if err != nil {
		panic(err) // it is made of texts and numbers
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// decoded reads a part of a token; numbers stay as they are written.
func decoded(t testing.TB, part string) (members map[string]any) {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	require.NoError(t, err)
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	require.NoError(t, d.Decode(&members))
	return members
}

// issuedAt is when a token was made.
func issuedAt(t testing.TB, token string) time.Time {
	t.Helper()
	seconds, err := decoded(t, strings.Split(token, ".")[1])["iat"].(json.Number).Int64()
	require.NoError(t, err)
	return time.Unix(seconds, 0)
}

// lookAtKeys makes a service read its keys soon: it meets one that it does not know.
func (s *service) lookAtKeys() {
	s.t.Helper()
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(s.t, err)
	token := signed(stranger, map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": "unknown"}, map[string]any{})
	refused(s.t, 40100, s.call("GET", profilePath, "", bearer(token)))
}

// kidOf is the key that a token is signed with.
func kidOf(t testing.TB, token string) any {
	t.Helper()
	return decoded(t, strings.Split(token, ".")[0])["kid"]
}
