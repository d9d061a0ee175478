package jwt

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

var (
	_ outbound.Tokens    = (*Tokens)(nil)
	_ inbound.PublicKeys = (*Keys)(nil).PublicKeys
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	issuer = "doctor-service"
	ours   = "hospital-platform"
)

// noon is when most tests take place.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// watch is a clock that tests may set.
type watch struct{ now time.Time }

func (w *watch) Now() time.Time { return w.now }

func newTokens(t testing.TB, keys *Keys) (*Tokens, *watch) {
	t.Helper()
	w := &watch{noon}
	tokens, err := New(keys, issuer, ours, w.Now)
	if err != nil {
		t.Fatal(err)
	}
	return tokens, w
}

func someClaims() outbound.Claims {
	return outbound.Claims{
		Doctor:     9007199254740993, // more than a float keeps exact
		Session:    doctor.SessionID{0xfb, 0xff, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
		Role:       doctor.Administrator,
		Generation: 3,
		LoggedInAt: noon.Add(-time.Minute),
		IssuedAt:   noon,
		Expires:    noon.Add(8 * time.Hour),
	}
}

func issued(t testing.TB, tokens *Tokens, c outbound.Claims) string {
	t.Helper()
	token, err := tokens.Issue(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestATokenSaysWhatItWasIssuedFor(t *testing.T) {
	tokens, _ := newTokens(t, MemoryKeys())
	for _, restricted := range []bool{false, true} {
		want := someClaims()
		want.Restricted = restricted
		got, err := tokens.Verify(issued(t, tokens, want))
		if err != nil || !cmp.Equal(got, want, cmp.AllowUnexported(doctor.Role{})) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}

func TestTimesAreCutToSecondsAndATokenMayLiveExactlyADay(t *testing.T) {
	tokens, w := newTokens(t, MemoryKeys())
	w.now = noon.Add(999 * time.Millisecond)
	c := someClaims()
	c.LoggedInAt, c.IssuedAt, c.Expires = w.now, w.now, w.now.Add(24*time.Hour)
	got, err := tokens.Verify(issued(t, tokens, c))
	if err != nil || !got.IssuedAt.Equal(noon) || !got.LoggedInAt.Equal(noon) || !got.Expires.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("%+v, %v", got, err)
	}
}

// An implementation that is not ours reads our tokens and checks them with the keys that we publish.
func TestAnIndependentJudgeTakesOurTokens(t *testing.T) {
	keys := MemoryKeys()
	tokens, _ := newTokens(t, keys)
	for _, restricted := range []bool{false, true} {
		c := someClaims()
		c.Restricted = restricted
		token := issued(t, tokens, c)
		parsed, err := josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.EdDSA})
		if err != nil {
			t.Fatal(err)
		}
		published := keys.PublicKeys()
		if len(published) != 1 || parsed.Headers[0].KeyID != published[0].ID {
			t.Fatalf("published are %v, the token names %q", published, parsed.Headers[0].KeyID)
		}
		var standard josejwt.Claims
		got := map[string]any{}
		if err := parsed.Claims(published[0].Key, &standard, &got); err != nil {
			t.Fatalf("the judge refuses the signature: %v", err)
		}
		audience := ours
		if restricted {
			audience = issuer
		}
		if err := standard.Validate(josejwt.Expected{Issuer: issuer, AnyAudience: josejwt.Audience{audience}, Time: noon}); err != nil {
			t.Errorf("the judge refuses the claims: %v", err)
		}
		want := map[string]any{
			"iss": issuer, "aud": audience, "client_id": "doctor-service", "sub": "9007199254740993",
			"jti": "-_8DBAUGBwgJCgsMDQ4PEA", "iat": float64(noon.Unix()), "nbf": float64(noon.Unix()),
			"exp": float64(noon.Unix() + 8*3600), "auth_time": float64(noon.Unix() - 60), "role": "admin", "gen": 3.0,
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}

func TestTheHeaderHoldsExactlyThreeMembers(t *testing.T) {
	keys := MemoryKeys()
	tokens, _ := newTokens(t, keys)
	token := issued(t, tokens, someClaims())
	header, canonical := decodeSegment(token[:strings.IndexByte(token, '.')])
	var got map[string]any
	if err := json.Unmarshal(header, &got); err != nil || !canonical {
		t.Fatal(err)
	}
	want := map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": keys.PublicKeys()[0].ID}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAGenuineTokenThatExpiredTellsWhoseItWas(t *testing.T) {
	tokens, w := newTokens(t, MemoryKeys())
	want := someClaims()
	token := issued(t, tokens, want)
	w.now = want.Expires.Add(-time.Nanosecond)
	if _, err := tokens.Verify(token); err != nil {
		t.Errorf("just before it expires: %v", err)
	}
	for _, after := range []time.Duration{0, time.Second, 29 * time.Second, 1000 * time.Hour} {
		w.now = want.Expires.Add(after)
		got, err := tokens.Verify(token)
		if !errors.Is(err, outbound.ErrTokenExpired) || errors.Is(err, outbound.ErrTokenInvalid) ||
			!cmp.Equal(got, want, cmp.AllowUnexported(doctor.Role{})) {
			t.Errorf("%s after it expired: %+v, %v", after, got, err)
		}
	}
}

func TestAReplicaWhoseClockIsBehindTakesTokensOfTheNextHalfMinute(t *testing.T) {
	tokens, w := newTokens(t, MemoryKeys())
	token := issued(t, tokens, someClaims())
	w.now = noon.Add(-30 * time.Second)
	if _, err := tokens.Verify(token); err != nil {
		t.Errorf("30 s ahead: %v", err)
	}
	w.now = noon.Add(-31 * time.Second)
	if _, err := tokens.Verify(token); !errors.Is(err, outbound.ErrTokenInvalid) {
		t.Errorf("31 s ahead: %v", err)
	}
}

func TestIssuerAndAudienceMustDiffer(t *testing.T) {
	for _, names := range [][2]string{{"a", "a"}, {"", "a"}, {"a", ""}} {
		if _, err := New(MemoryKeys(), names[0], names[1], time.Now); err == nil {
			t.Errorf("%q were taken", names)
		}
	}
}

func TestAnotherInstallationsTokenIsNotOurs(t *testing.T) {
	keys := MemoryKeys()
	tokens, w := newTokens(t, keys)
	for _, names := range [][2]string{{issuer, "others"}, {"others", ours}, {"others", issuer}} {
		other, err := New(keys, names[0], names[1], w.Now)
		if err != nil {
			t.Fatal(err)
		}
		for _, restricted := range []bool{false, true} {
			c := someClaims()
			c.Restricted = restricted
			_, err := tokens.Verify(issued(t, other, c))
			if restricted && names[0] == issuer {
				continue // by one issuer for itself: that is ours
			}
			if !errors.Is(err, outbound.ErrTokenInvalid) {
				t.Errorf("%q, restricted %t: %v", names, restricted, err)
			}
		}
	}
}

func TestManyMaySignAndCheckAtOnce(t *testing.T) {
	tokens, _ := newTokens(t, MemoryKeys())
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 20 {
				c := someClaims()
				c.Doctor = doctor.ID(i*100 + n + 1)
				token, err := tokens.Issue(c)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := tokens.Verify(token); err != nil || got.Doctor != c.Doctor {
					t.Errorf("%+v, %v", got, err)
				}
				_, _ = tokens.Verify(fmt.Sprintf("x%s", token))
			}
		})
	}
	all.Wait()
}

func BenchmarkVerify(b *testing.B) {
	tokens, _ := newTokens(b, MemoryKeys())
	token := issued(b, tokens, someClaims())
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := tokens.check(token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := tokens.Verify(token); err != nil {
				b.Fatal(err)
			}
		}
	})
}
