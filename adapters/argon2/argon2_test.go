package argon2

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

var _ outbound.Passwords = (*Hasher)(nil)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cheap is far below the floor, and fast.
var cheap = Params{Memory: 64, Time: 1, Threads: 1}

func hashed(t *testing.T, h *Hasher, password string) doctor.Credential {
	t.Helper()
	c, err := h.Hash(t.Context(), doctor.TypedPassword(password))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func verified(t *testing.T, h *Hasher, password string, c doctor.Credential) outbound.Verdict {
	t.Helper()
	v, err := h.Verify(t.Context(), doctor.TypedPassword(password), c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAPasswordMatchesItsOwnHashAndNoOther(t *testing.T) {
	h := New(cheap, Capacity{})
	stored := hashed(t, h, "豆腐脑-2024")
	if got := verified(t, h, "豆腐脑-2024", stored); got != (outbound.Verdict{Match: true}) {
		t.Errorf("the right password: %+v", got)
	}
	for _, wrong := range []string{"豆腐脑-2025", "", "豆腐脑-2024 ", "豆腐脑-2024\x00"} {
		if got := verified(t, h, wrong, stored); got != (outbound.Verdict{}) {
			t.Errorf("%q: %+v", wrong, got)
		}
	}
}

func TestNoTwoHashesAreTheSame(t *testing.T) {
	h := New(cheap, Capacity{})
	a, b := hashed(t, h, "same password"), hashed(t, h, "same password")
	if a.PHC() == b.PHC() {
		t.Error("the salt was used twice")
	}
}

func TestNewHashesHaveTheCurrentParametersAndTheRecommendedLengths(t *testing.T) {
	k, err := parseHash(hashed(t, New(cheap, Capacity{}), "secret").PHC())
	if err != nil {
		t.Fatal(err)
	}
	if k.params != cheap || len(k.salt) != 16 || len(k.tag) != 32 {
		t.Errorf("%s with a salt of %d and a tag of %d bytes", k.params, len(k.salt), len(k.tag))
	}
}

// The vectors are those of the reference implementation's own test.
func TestHashesOfTheReferenceImplementationVerify(t *testing.T) {
	h := New(cheap, Capacity{})
	for _, phc := range []string{
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
	} {
		want := outbound.Verdict{Match: true, Outdated: true}
		if got := verified(t, h, "password", doctor.CredentialOf(phc)); got != want {
			t.Errorf("%s: %+v", phc, got)
		}
	}
}

func TestAHashIsOutdatedWhenItWasMadeWithOtherParametersOrLengths(t *testing.T) {
	h := New(cheap, Capacity{})
	for name, change := range map[string]func(*hash) (tagLength int){
		"more memory":   func(k *hash) int { k.params.Memory++; return tagLength },
		"more passes":   func(k *hash) int { k.params.Time++; return tagLength },
		"more threads":  func(k *hash) int { k.params.Threads++; return tagLength },
		"a longer salt": func(k *hash) int { k.salt = random(17); return tagLength },
		"a shorter tag": func(*hash) int { return 31 },
	} {
		k := hash{params: cheap, salt: random(saltLength)}
		tag, err := h.tag(t.Context(), doctor.TypedPassword("secret"), k, change(&k))
		if err != nil {
			t.Fatal(err)
		}
		if tag, err = h.tag(t.Context(), doctor.TypedPassword("secret"), k, len(tag)); err != nil {
			t.Fatal(err)
		}
		k.tag = tag
		stored := doctor.CredentialOf(k.String())
		if got := verified(t, h, "secret", stored); got != (outbound.Verdict{Match: true, Outdated: true}) {
			t.Errorf("%s: %+v", name, got)
		}
		if got := verified(t, h, "wrong", stored); got != (outbound.Verdict{}) {
			t.Errorf("%s, wrong password: %+v", name, got)
		}
	}
}

// call is what one computation was asked for, but for the bytes of password and salt.
type call struct {
	salt         int
	time, memory uint32
	threads      uint8
	length       uint32
}

func recorded(h *Hasher, answer []byte) *[]call {
	var calls []call
	h.derive = func(_, salt []byte, time, memory uint32, threads uint8, length uint32) []byte {
		calls = append(calls, call{len(salt), time, memory, threads, length})
		return answer
	}
	return &calls
}

func TestTheZeroCredentialCostsAsMuchAsAnExistingOneAndFitsNothing(t *testing.T) {
	h := New(cheap, Capacity{})
	stored := hashed(t, h, "secret")
	calls := recorded(h, h.nobody.tag) // as if the made-up tag had been guessed
	if got := verified(t, h, "secret", doctor.Credential{}); got != (outbound.Verdict{}) {
		t.Errorf("somebody logged in as nobody: %+v", got)
	}
	verified(t, h, "", doctor.Credential{})
	verified(t, h, "secret", stored)
	if len(*calls) != 3 || (*calls)[0] != (*calls)[2] || (*calls)[1] != (*calls)[2] {
		t.Errorf("the costs differ: %+v", *calls)
	}
}

func TestNothingIsHashedForADamagedHash(t *testing.T) {
	h := New(cheap, Capacity{})
	calls := recorded(h, bytes.Repeat([]byte{0xff}, tagLength))
	good := hash{params: cheap, salt: bytes.Repeat([]byte{0xff}, saltLength), tag: bytes.Repeat([]byte{0xff}, tagLength)}.String()
	if !verified(t, h, "secret", doctor.CredentialOf(good)).Match {
		t.Fatal("the hash to be damaged is not good")
	}
	for _, phc := range damaged(good) {
		*calls = nil
		v, err := h.Verify(t.Context(), doctor.TypedPassword("secret"), doctor.CredentialOf(phc))
		if !errors.Is(err, errDamaged) || v != (outbound.Verdict{}) || len(*calls) != 0 {
			t.Errorf("%q: %+v, %v, %d computations", phc, v, err, len(*calls))
		}
		if err != nil && len(phc) > 30 && strings.Contains(err.Error(), phc[len(phc)-20:]) {
			t.Errorf("the error tells the hash: %v", err)
		}
	}
}

func BenchmarkTheAdvisedParameters(b *testing.B) {
	p, err := ParseParams("m=19456,t=2,p=1")
	if err != nil {
		b.Fatal(err)
	}
	h := New(p, Capacity{})
	for b.Loop() {
		if _, err := h.Verify(b.Context(), doctor.TypedPassword("secret"), doctor.Credential{}); err != nil {
			b.Fatal(err)
		}
	}
}
