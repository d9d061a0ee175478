package main_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATokenSaysWhoAndNothingPersonal(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		accepted(t, p.patch(`"hospital_id":31337,"internal_id":"SECRET-`+p.id+`","gender":"男"`))
		p = p.again()
		parts := strings.Split(p.token, ".")
		require.Len(t, parts, 3)

		kid, _ := s.signingKey()
		require.Equal(t, map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": kid}, decoded(t, parts[0]))

		claims := decoded(t, parts[1])
		require.ElementsMatch(t, []string{
			"iss", "aud", "client_id", "sub", "jti", "iat", "nbf", "exp", "auth_time", "role", "gen",
		}, slices.Collect(maps.Keys(claims)))
		require.Equal(t, "doctor-service", claims["iss"])
		require.Equal(t, "hospital-platform", claims["aud"])
		require.Equal(t, "doctor-service", claims["client_id"])
		require.Equal(t, p.id, claims["sub"])
		require.Equal(t, "doctor", claims["role"])
		jti, err := base64.RawURLEncoding.DecodeString(claims["jti"].(string))
		require.NoError(t, err)
		require.Len(t, jti, 16)
		require.WithinDuration(t, time.Now(), issuedAt(t, p.token), 5*time.Second)
		require.Equal(t, claims["iat"], claims["nbf"])
		require.Equal(t, claims["iat"], claims["auth_time"])
		require.Equal(t, int64(8*60*60), number(t, claims["exp"])-number(t, claims["iat"]))

		require.NotEqual(t, claims["jti"], s.claims(p.again().token, nil)["jti"], "each login is a session of its own")
		require.Equal(t, "admin", s.claims(s.admin(), nil)["role"])
	})
}

func number(t testing.TB, claim any) int64 {
	t.Helper()
	n, err := claim.(json.Number).Int64()
	require.NoError(t, err)
	return n
}

func TestATokensGenerationGrowsWhenSessionsEnd(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		generation := func() int64 { return number(t, s.claims(p.again().token, nil)["gen"]) }
		first := generation()
		accepted(t, p.patch(`"gender":"男"`))
		require.Equal(t, first, generation())
		accepted(t, p.changePassword(doctorPassword, doctorPassword+"!"))
		accepted(t, p.changePassword(doctorPassword+"!", doctorPassword))
		second := generation()
		require.Greater(t, second, first)
		p.phone = freshPhone()
		accepted(t, p.patch(""))
		require.Greater(t, generation(), second)
	})
}

func TestTokensAreVerifiedWithThePublishedKeyAlone(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		parts := strings.Split(p.token, ".")
		signature, err := base64.RawURLEncoding.DecodeString(parts[2])
		require.NoError(t, err)
		key := s.publicKeys()[decoded(t, parts[0])["kid"].(string)]
		require.Len(t, key, ed25519.PublicKeySize)
		require.True(t, ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), signature))
	})
}

// publicKeys are what the service publishes.
func (s *service) publicKeys() map[string]ed25519.PublicKey {
	s.t.Helper()
	a := s.call("GET", "/.well-known/jwks.json", "")
	accepted(s.t, a)
	var set struct {
		Keys []struct{ Kid, X string }
	}
	require.NoError(s.t, json.Unmarshal([]byte(a.Body), &set))
	keys := map[string]ed25519.PublicKey{}
	for _, k := range set.Keys {
		x, err := base64.RawURLEncoding.DecodeString(k.X)
		require.NoError(s.t, err)
		keys[k.Kid] = x
	}
	return keys
}

func TestATokenWithAnotherHeaderIsNone(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		kid, key := s.signingKey()
		claims := s.claims(p.token, nil)
		good := map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": kid}
		accepted(t, p.bearing(signed(key, good, claims)).get())

		for what, change := range map[string]map[string]any{
			"alg none": {"alg": "none"}, "alg None": {"alg": "None"}, "alg HS256": {"alg": "HS256"}, "alg ES256": {"alg": "ES256"},
			"alg in lower case": {"alg": "eddsa"}, "no alg": {"alg": nil}, "alg a number": {"alg": 1},
			"typ JWT": {"typ": "JWT"}, "no typ": {"typ": nil}, "typ in upper case": {"typ": "AT+JWT"}, "another typ": {"typ": "dpop+jwt"},
			"no kid": {"kid": nil}, "an empty kid": {"kid": ""}, "an unknown kid": {"kid": "k9"}, "a kid that is a path": {"kid": "../keys/" + kid},
			"a kid in another case": {"kid": strings.ToUpper(kid)}, "kid a list": {"kid": []string{kid}},
			"crit": {"crit": []string{"exp"}}, "an unknown crit": {"crit": []string{"x"}, "x": 1}, "an empty crit": {"crit": []string{}},
			"b64": {"b64": false, "crit": []string{"b64"}}, "a key in the header": {"jwk": map[string]any{"kty": "OKP"}},
			"a key elsewhere": {"jku": "https://evil.example.com/jwks.json"},
		} {
			if change["kid"] == kid {
				continue // a key that the service made may have digits alone, which have no case; k1 on Postgres has
			}
			a := p.bearing(signed(key, changed(good, change), claims)).get()
			assert.Equal(t, 40100, a.Code, what)
		}
	})
}

func TestATokenThatOurKeyDidNotSignIsNone(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		kid, key := s.signingKey()
		header := map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": kid}
		claims := s.claims(p.token, nil)
		_, foreign, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		parts := strings.Split(p.token, ".")
		admin := encoded(s.claims(p.token, map[string]any{"role": "admin", "sub": "1"}))

		// The public key as a secret: what fools those who let the token choose the algorithm.
		hs := encoded(changed(header, map[string]any{"alg": "HS256"})) + "." + parts[1]
		mac := hmac.New(sha256.New, key.Public().(ed25519.PublicKey))
		_, _ = mac.Write([]byte(hs)) // never fails
		for what, token := range map[string]string{
			"a foreign key":             signed(foreign, header, claims),
			"no signature":              parts[0] + "." + parts[1] + ".",
			"alg none and no signature": encoded(changed(header, map[string]any{"alg": "none"})) + "." + parts[1] + ".",
			"the public key as secret":  hs + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
			"changed claims":            parts[0] + "." + admin + "." + parts[2],
			"a changed header":          encoded(changed(header, map[string]any{"x": 1})) + "." + parts[1] + "." + parts[2],
			"a signature of zeros":      parts[0] + "." + parts[1] + "." + strings.Repeat("A", 86),
			"half a signature":          parts[0] + "." + parts[1] + "." + parts[2][:43],
			"two parts":                 parts[0] + "." + parts[1],
			"four parts":                p.token + "." + parts[2],
			"dots":                      strings.Repeat(".", 6000),
			"very long":                 parts[0] + "." + strings.Repeat("A", 9000) + "." + parts[2],
			"encrypted":                 p.token + ".A.A",
		} {
			began := time.Now()
			a := p.bearing(token).get()
			assert.Equal(t, 40100, a.Code, what)
			assert.Less(t, time.Since(began), time.Second, what)
		}
	})
}

func TestATokenHasOneSpelling(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		parts := strings.Split(p.token, ".")
		// 64 bytes leave four bits of the last character unused: sixteen spellings of one signature.
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		last := strings.IndexByte(alphabet, parts[2][85])
		require.Zero(t, last%16)
		for spare := 1; spare < 16; spare++ {
			other := parts[2][:85] + string(alphabet[last+spare])
			refused(t, 40100, p.bearing(parts[0]+"."+parts[1]+"."+other).get())
		}
		for _, token := range []string{
			p.token + "=", p.token + "==", parts[0] + "=." + parts[1] + "." + parts[2], " " + p.token + " x", p.token + ",", "\"" + p.token + "\"",
			base64.StdEncoding.EncodeToString([]byte(p.token)), strings.ToUpper(p.token),
		} {
			refused(t, 40100, p.bearing(token).get())
		}
		accepted(t, p.get())
	})
}

func TestATokenIsGoodForItsTimesIssuerAndAudienceOnly(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		now := time.Now().Unix()
		for what, change := range map[string]map[string]any{
			"as it is":                 {},
			"an audience among others": {"aud": []string{"others", "hospital-platform"}},
			"a clock a little ahead":   {"iat": now + 20, "nbf": now + 20, "auth_time": now + 20, "exp": now + 60},
			"a whole day":              {"exp": number(t, s.claims(p.token, nil)["iat"]) + 24*60*60},
		} {
			a := p.bearing(s.forge(nil, s.claims(p.token, change))).get()
			assert.Equal(t, 200, a.Status, what)
		}
		for what, change := range map[string]map[string]any{
			"expired":                  {"iat": now - 7200, "nbf": now - 7200, "auth_time": now - 7200, "exp": now - 1},
			"no exp":                   {"exp": nil},
			"exp null":                 {"exp": json.RawMessage("null")},
			"exp a text":               {"exp": "9999999999"},
			"exp beyond a day":         {"exp": number(t, s.claims(p.token, nil)["iat"]) + 24*60*60 + 1},
			"exp before iat":           {"exp": number(t, s.claims(p.token, nil)["iat"]) - 1},
			"exp in another case":      {"exp": nil, "EXP": now + 600},
			"exp in two cases":         {"EXP": now + 600},
			"exp enormous":             {"exp": json.RawMessage("1e30")},
			"issued tomorrow":          {"iat": now + 86400, "exp": now + 86400 + 600},
			"issued in a minute":       {"iat": now + 60, "exp": now + 600},
			"not before a minute":      {"nbf": now + 60},
			"no iat":                   {"iat": nil},
			"no nbf":                   {"nbf": nil},
			"another issuer":           {"iss": "doctor-services"},
			"no issuer":                {"iss": nil},
			"another audience":         {"aud": "another-platform"},
			"no audience":              {"aud": nil},
			"an empty audience":        {"aud": []string{}},
			"another client":           {"client_id": "another"},
			"no subject":               {"sub": nil},
			"a subject in numbers":     {"sub": 1},
			"a subject with a zero":    {"sub": "0" + p.id},
			"a subject that is none":   {"sub": "-1"},
			"a subject of two":         {"sub": "1 OR 1=1"},
			"no session":               {"jti": nil},
			"a short session":          {"jti": "AAAA"},
			"no role":                  {"role": nil},
			"an unknown role":          {"role": "root"},
			"no generation":            {"gen": nil},
			"a generation of none":     {"gen": 0},
			"a generation in a text":   {"gen": "1"},
			"a role in another case":   {"role": nil, "Role": "admin"},
			"a subject in another one": {"Sub": "1"},
		} {
			a := p.bearing(s.forge(nil, s.claims(p.token, change))).get()
			assert.Equal(t, 40100, a.Code, "%s: %s", what, a.Body)
		}
		// The same member twice says two things.
		kid, key := s.signingKey()
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(p.token, ".")[1])
		require.NoError(t, err)
		input := encoded(map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": kid}) + "." +
			base64.RawURLEncoding.EncodeToString([]byte(strings.TrimSuffix(string(payload), "}")+`,"sub":"1"}`))
		refused(t, 40100, p.bearing(input+"."+base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(input)))).get())
	})
}

func TestATokenOfANobodyIsNone(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		nobody := p.bearing(s.forge(nil, s.claims(p.token, map[string]any{"sub": "987654321"})))
		refused(t, 40100, nobody.get())
		refused(t, 40100, nobody.patch(""))
		refused(t, 40100, nobody.changePassword(doctorPassword, "another-green-scalpel"))
	})
}

func TestTheAuthorizationHeaderIsOneBearerTokenInAnyLetterCase(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		get := func(values ...string) answer {
			var headers []header
			for _, value := range values {
				headers = append(headers, header{"Authorization", value})
			}
			return s.call("GET", profilePath, "", headers...)
		}
		for _, scheme := range []string{"Bearer", "bearer", "BEARER", "bEaReR"} {
			accepted(t, get(scheme+" "+p.token))
		}
		for _, values := range [][]string{
			{},
			{p.token},
			{"Bearer" + p.token},
			{"Basic " + p.token},
			{"Token " + p.token},
			{"Bearer"},
			{"Bearer,"},
			{"Bearer null"},
			{"Bearer undefined"},
			{"Bearer " + p.token, "Bearer " + p.token},
			{"Bearer " + p.token + ", Bearer " + p.token},
			{"Bearer " + p.token + " " + p.token},
			{"Basic eDp5", "Bearer " + p.token},
			{"Bearer Bearer " + p.token},
		} {
			a := get(values...)
			refused(t, 40100, a)
			require.Equal(t, []string{"Bearer"}, a.Header.Values("WWW-Authenticate"))
		}
		refused(t, 40100, s.call("GET", profilePath+"?access_token="+p.token, ""))
		refused(t, 40100, s.call("GET", profilePath, "", header{"Cookie", "token=" + p.token}))
	})
}

func TestATokenLastsAsLongAsTheOperatorSaysForTheAudienceNamed(t *testing.T) {
	s := start(t, append(storage(t, "sqlite"),
		"DOCTOR_TOKEN_TTL=1m", "DOCTOR_TOKEN_ISSUER=https://doctors.example.com", "DOCTOR_TOKEN_AUDIENCE=everyone")...)
	p := s.person()
	claims := s.claims(p.token, nil)
	require.Equal(t, int64(60), number(t, claims["exp"])-number(t, claims["iat"]))
	require.Equal(t, "https://doctors.example.com", claims["iss"])
	require.Equal(t, "everyone", claims["aud"])
	require.Equal(t, "doctor-service", claims["client_id"])
	accepted(t, p.get())
	refused(t, 40100, p.bearing(s.forge(nil, s.claims(p.token, map[string]any{"iss": "doctor-service"}))).get())
	refused(t, 40100, p.bearing(s.forge(nil, s.claims(p.token, map[string]any{"aud": "hospital-platform"}))).get())
}

// bearing is the same person with another token.
func (p person) bearing(token string) person {
	p.token = token
	return p
}

func TestKeysAreRotatedWithoutARestart(t *testing.T) {
	t.Parallel()
	s := start(t, storage(t, "postgres")...)
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(s.keyFolder(), name)
		require.NoError(t, os.WriteFile(path+".tmp", []byte(text), 0o600))
		require.NoError(t, os.Rename(path+".tmp", path))
	}
	p := s.person()
	require.Equal(t, "k1", kidOf(t, p.token))

	// Another key is added, which does not sign yet. A replica that reads the folder earlier may.
	write("current", "k1\n")
	newKey(t, filepath.Join(s.keyFolder(), "k2.pem"))
	second := signed(readKey(t, filepath.Join(s.keyFolder(), "k2.pem")),
		map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": "k2"}, s.claims(p.token, map[string]any{"jti": "AAAAAAAAAAAAAAAAAAAAAQ"}))
	accepted(t, p.bearing(second).get()) // a key that is not known makes the service look at once
	require.ElementsMatch(t, []string{"k1", "k2"}, slices.Collect(maps.Keys(s.publicKeys())))
	require.Equal(t, "k1", kidOf(t, p.again().token))

	// It is named, and signs within ten seconds.
	write("current", "k2")
	s.await("signing with the key that is named", func() bool { return kidOf(t, p.again().token) == "k2" })
	accepted(t, p.get()) // the token of before
	require.Len(t, s.publicKeys(), 2)

	// What is damaged changes nothing; what was taken away is gone. A token of an unknown key makes the service look.
	write("k3.pem", "no key")
	s.await("telling of the damage", func() bool {
		s.lookAtKeys()
		return strings.Contains(s.logs.String(), "k3.pem is not")
	})
	accepted(t, p.get())
	p = p.again()
	for _, name := range []string{"k1.pem", "k3.pem", "current"} {
		require.NoError(t, os.Remove(filepath.Join(s.keyFolder(), name)))
	}
	s.await("forgetting the old key", func() bool {
		s.lookAtKeys()
		return len(s.publicKeys()) == 1
	})
	accepted(t, p.get())
	require.Equal(t, "k2", kidOf(t, p.again().token))
}

func TestWithoutANameTheGreatestKeySigns(t *testing.T) {
	environ := storage(t, "postgres")
	s := &service{t: t, environ: environ}
	for _, kid := range []string{"k10", "K9", "k2"} {
		newKey(t, filepath.Join(s.keyFolder(), kid+".pem"))
	}
	s = start(t, environ...)
	require.Equal(t, "k2", decoded(t, strings.Split(s.admin(), ".")[0])["kid"], "in byte order")
}
