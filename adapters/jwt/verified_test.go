package jwt

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

func (t *Tokens) remembers(token string) bool {
	seen := t.seen.Load()
	if seen == nil {
		return false
	}
	_, found := seen.find(sha256.Sum256([]byte(token)))
	return found
}

func TestAVerifiedTokenSaysTheSameAgain(t *testing.T) {
	tokens, _ := newTokens(t, MemoryKeys())
	token := issued(t, tokens, someClaims())
	first, err := tokens.Verify(token)
	if err != nil || !tokens.remembers(token) {
		t.Fatal(err, "or it is not remembered")
	}
	again, err := tokens.Verify(token)
	if diff := cmp.Diff(first, again, cmp.AllowUnexported(doctor.Role{})); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestWhatWasRefusedIsNotRemembered(t *testing.T) {
	tokens, _ := newTokens(t, MemoryKeys())
	others, _ := newTokens(t, MemoryKeys())
	token := issued(t, others, someClaims())
	if _, err := tokens.Verify(token); !errors.Is(err, outbound.ErrTokenInvalid) || tokens.remembers(token) {
		t.Error(err, "or it is remembered")
	}
}

func TestAVerifiedTokenIsBoundToItsTimesAllTheSame(t *testing.T) {
	tokens, clock := newTokens(t, MemoryKeys())
	token := issued(t, tokens, someClaims())
	for _, at := range []struct {
		time time.Time
		want error
	}{
		{noon, nil},
		{noon.Add(8*time.Hour - time.Second), nil},
		{noon.Add(8 * time.Hour), outbound.ErrTokenExpired},
		{noon.Add(-leeway * time.Second), nil},
		{noon.Add(-leeway*time.Second - time.Second), outbound.ErrTokenInvalid}, // a clock that was set back
	} {
		clock.now = at.time
		if _, err := tokens.Verify(token); !errors.Is(err, at.want) {
			t.Errorf("at %s: %v", at.time, err)
		}
	}
}

func TestAVerifiedTokenDiesWithItsKey(t *testing.T) {
	folder := folderOf(t, "a", "b")
	write(t, folder, currentFile, "a")
	keys, _ := opened(t, folder)
	tokens, _ := newTokens(t, keys)
	token := issued(t, tokens, someClaims())
	if _, err := tokens.Verify(token); err != nil {
		t.Fatal(err)
	}
	write(t, folder, currentFile, "b")
	remove(t, folder, "a.pem")
	keys.mu.Lock()
	keys.readAgain(t.Context())
	keys.mu.Unlock()
	if _, err := tokens.Verify(token); !errors.Is(err, outbound.ErrTokenInvalid) {
		t.Error(err)
	}
}

func TestReadingTheSameKeysAgainForgetsNothing(t *testing.T) {
	folder := folderOf(t, "a")
	keys, _ := opened(t, folder)
	tokens, _ := newTokens(t, keys)
	token := issued(t, tokens, someClaims())
	if _, err := tokens.Verify(token); err != nil {
		t.Fatal(err)
	}
	keys.mu.Lock()
	keys.readAgain(t.Context())
	keys.mu.Unlock()
	if tokens.verifiedUnder(keys.inForce.Load()); !tokens.remembers(token) {
		t.Error("it was forgotten")
	}
}

func TestTheMemoryIsBoundedAndKeepsWhatIsInUse(t *testing.T) {
	v := newVerified(nil)
	numbered := func(n uint64) (f fingerprint) {
		binary.BigEndian.PutUint64(f[:], n)
		return f
	}
	inUse := numbered(0)
	v.keep(inUse, genuine{notBefore: 7})
	for n := range uint64(5 * half) {
		v.keep(numbered(n+1), genuine{})
		if n%(half/2) == 0 {
			if g, found := v.find(inUse); !found || g.notBefore != 7 {
				t.Fatalf("what is in use was forgotten after %d others", n)
			}
		}
		if len(v.young)+len(v.old) > 2*half {
			t.Fatal("it grows beyond its bound")
		}
	}
	if _, found := v.find(numbered(1)); found {
		t.Error("what nobody asks for is never forgotten")
	}
}
