package jwt

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"hospital.example/doctor-service/ports/outbound"
)

// reports keeps what operators were told.
type reports struct {
	mu  sync.Mutex
	all []string
}

func (r *reports) Report(_ context.Context, l outbound.Level, what string, details ...outbound.Detail) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, fmt.Sprint(l, what, details))
}

func (r *reports) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

func write(t *testing.T, folder, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, folder, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(folder, name)); err != nil {
		t.Fatal(err)
	}
}

// pkcs8 is a private key as `openssl genpkey -algorithm ed25519` writes it.
func pkcs8(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func freshKey(t *testing.T) string {
	t.Helper()
	_, private := newKey("")
	return pkcs8(t, private)
}

// folderOf makes a folder with a new key for each id.
func folderOf(t *testing.T, kids ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, kid := range kids {
		write(t, folder, kid+".pem", freshKey(t))
	}
	return folder
}

func opened(t *testing.T, folder string) (*Keys, *reports) {
	t.Helper()
	r := &reports{}
	keys, err := OpenKeys(folder, r)
	if err != nil {
		t.Fatal(err)
	}
	return keys, r
}

func published(keys *Keys) string {
	var kids []string
	for _, k := range keys.PublicKeys() {
		kids = append(kids, k.ID)
	}
	return strings.Join(kids, " ")
}

func signs(keys *Keys) string {
	kid, _ := keys.signing()
	return kid
}

func TestTheGreatestKeyInByteOrderSignsAndAllVerify(t *testing.T) {
	keys, _ := opened(t, folderOf(t, "b", "a-1", "a", "Z", "10", "9"))
	if signs(keys) != "b" || published(keys) != "10 9 Z a a-1 b" {
		t.Errorf("%q signs, published are %q", signs(keys), published(keys))
	}
	// The files' names are in another order: "b-1.pem" comes before "b.pem".
	keys, _ = opened(t, folderOf(t, "b", "b-1"))
	if signs(keys) != "b-1" || published(keys) != "b b-1" {
		t.Errorf("%q signs, published are %q", signs(keys), published(keys))
	}
}

func TestTheKeyNamedInCurrentSigns(t *testing.T) {
	folder := folderOf(t, "a", "b", "c")
	write(t, folder, "current", " b\r\n")
	keys, _ := opened(t, folder)
	if kid, private := keys.signing(); kid != "b" || !private.Public().(ed25519.PublicKey).Equal(keys.PublicKeys()[1].Key) {
		t.Errorf("%q signs", kid)
	}
}

func TestWhatIsPublishedCanBeChangedWithoutHarm(t *testing.T) {
	keys := MemoryKeys()
	keys.PublicKeys()[0].ID = "x"
	if published(keys) == "x" {
		t.Error("the keys in force were changed")
	}
}

func TestHiddenFilesAndOtherFilesAreNoKeys(t *testing.T) {
	folder := folderOf(t, "a")
	for _, name := range []string{".b.pem", "b.pem.bak", "b.pem~", "README", "b.PEM", ".new"} {
		write(t, folder, name, "no key")
	}
	if err := os.Mkdir(filepath.Join(folder, "lost+found"), 0o700); err != nil {
		t.Fatal(err)
	}
	if keys, _ := opened(t, folder); published(keys) != "a" {
		t.Errorf("published are %q", published(keys))
	}
}

// A Kubernetes volume: the names are links through ..data to a folder that is replaced as a whole.
func TestKeysInAKubernetesVolumeAreRead(t *testing.T) {
	folder := t.TempDir()
	swap := func(data string, kids ...string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(folder, data), 0o700); err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(folder, "..data_tmp")
		if err := errors.Join(os.Symlink(data, link), os.Rename(link, filepath.Join(folder, "..data"))); err != nil {
			t.Fatal(err)
		}
		for _, kid := range kids {
			write(t, folder, filepath.Join(data, kid+".pem"), freshKey(t))
			if err := os.Symlink(filepath.Join("..data", kid+".pem"), filepath.Join(folder, kid+".pem")); err != nil && !os.IsExist(err) {
				t.Fatal(err)
			}
		}
		write(t, folder, filepath.Join(data, "current"), kids[0])
		if err := os.Symlink(filepath.Join("..data", "current"), filepath.Join(folder, "current")); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
	}
	swap("..2026_11_22", "a")
	keys, _ := opened(t, folder)
	swap("..2026_11_23", "a", "b")
	if _, known := keys.find("b"); !known || published(keys) != "a b" || signs(keys) != "a" {
		t.Errorf("%q signs, published are %q", signs(keys), published(keys))
	}
}

// faulty is every kind of folder that cannot be worked with, each a good one but for one fault.
func faulty(t *testing.T) map[string]func(folder string) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		t.Fatal(err)
	}
	pemOf := func(typ string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}))
	}
	good := freshKey(t)
	content := func(name, content string) func(string) {
		return func(folder string) { write(t, folder, name, content) }
	}
	return map[string]func(string){
		"an empty key":             content("b.pem", ""),
		"text":                     content("b.pem", "no key"),
		"half a key":               content("b.pem", good[:len(good)/2]),
		"a key of another kind":    content("b.pem", pkcs8(t, ec)),
		"a public key":             content("b.pem", pemOf("PUBLIC KEY", public)),
		"a public key in disguise": content("b.pem", pemOf("PRIVATE KEY", public)),
		"another label":            content("b.pem", strings.ReplaceAll(good, "PRIVATE KEY", "EC PRIVATE KEY")),
		"an encrypted key":         content("b.pem", pemOf("ENCRYPTED PRIVATE KEY", public)),
		"two keys in a file":       content("b.pem", good+freshKey(t)),
		"a huge file":              content("b.pem", good+strings.Repeat("\n", 1<<20)),
		"a name with a blank":      content("my key.pem", good),
		"a name that is too long":  content(strings.Repeat("a", 65)+".pem", good),
		"a name beyond ASCII":      content("钥匙.pem", good),
		"current names no key":     content("current", "x"),
		"current names a file":     content("current", "a.pem"),
		"current is empty":         content("current", "\n"),
		"current leads out":        content("current", "../a"),
		"current is huge":          content("current", "a"+strings.Repeat("\n", 1<<20)),
		"a folder named as a key": func(folder string) {
			if err := os.Mkdir(filepath.Join(folder, "b.pem"), 0o700); err != nil {
				t.Fatal(err)
			}
		},
		"a link to nowhere": func(folder string) {
			if err := os.Symlink("nowhere", filepath.Join(folder, "b.pem")); err != nil {
				t.Fatal(err)
			}
		},
		"a pipe named as a key": func(folder string) {
			if err := syscall.Mkfifo(filepath.Join(folder, "b.pem"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"no key at all": func(folder string) { remove(t, folder, "a.pem") },
		"no folder": func(folder string) {
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func TestADamagedFolderStopsTheStartWithOneLineAndNoSecret(t *testing.T) {
	for what, spoil := range faulty(t) {
		folder := folderOf(t, "a")
		spoil(folder)
		_, err := OpenKeys(folder, &reports{})
		if err == nil {
			t.Errorf("%s: it was taken", what)
			continue
		}
		if s := err.Error(); strings.Contains(s, "\n") || strings.Contains(s, "PRIVATE KEY") || !strings.Contains(s, folder) {
			t.Errorf("%s: %q", what, s)
		}
	}
}

func TestADamagedFolderLeavesTheLastGoodKeysInForceAndIsReportedOnce(t *testing.T) {
	for what, spoil := range faulty(t) {
		t.Run(what, func(t *testing.T) {
			folder := folderOf(t, "a")
			keys, r := opened(t, folder)
			tokens, _ := newTokens(t, keys)
			token := issued(t, tokens, someClaims())
			spoil(folder)
			following(t, keys, func() {
				time.Sleep(3*readEvery + time.Second)
				if _, err := tokens.Verify(token); err != nil || signs(keys) != "a" {
					t.Errorf("%v, %q signs", err, signs(keys))
				}
			})
			if told := r.taken(); len(told) != 1 || !strings.HasPrefix(told[0], fmt.Sprint(outbound.Failure)) ||
				strings.Contains(told[0], "PRIVATE KEY") {
				t.Errorf("operators were told %q", told)
			}
		})
	}
}

// following runs Keys.Run in a bubble of time beside what it is given.
func following(t *testing.T, keys *Keys, do func()) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var job sync.WaitGroup
		job.Go(func() {
			if err := keys.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		do()
		stop()
		job.Wait()
	})
}

func TestRotation(t *testing.T) {
	folder := folderOf(t, "2026")
	write(t, folder, "current", "2026")
	keys, r := opened(t, folder)
	tokens, _ := newTokens(t, keys)
	old := issued(t, tokens, someClaims())
	following(t, keys, func() {
		write(t, folder, "2027.pem", freshKey(t))
		time.Sleep(readEvery + time.Second)
		if signs(keys) != "2026" || published(keys) != "2026 2027" {
			t.Errorf("added: %q signs, published are %q", signs(keys), published(keys))
		}
		write(t, folder, "current", "2027\n")
		time.Sleep(readEvery)
		if signs(keys) != "2027" || published(keys) != "2026 2027" {
			t.Errorf("named: %q signs, published are %q", signs(keys), published(keys))
		}
		fresh := issued(t, tokens, someClaims())
		for _, token := range []string{old, fresh} {
			if _, err := tokens.Verify(token); err != nil {
				t.Error(err)
			}
		}
		remove(t, folder, "2026.pem")
		time.Sleep(readEvery)
		refuse(t, tokens, "a token of the removed key", old)
		if _, err := tokens.Verify(fresh); err != nil || published(keys) != "2027" {
			t.Errorf("removed: %v, published are %q", err, published(keys))
		}
		time.Sleep(10 * readEvery) // nothing changes, nothing is told
	})
	info := fmt.Sprint(outbound.Info) + "signing keys were read"
	if told := r.taken(); !slices.Equal(told, []string{
		info + "[{signing 2026} {verifying 2026 2027}]",
		info + "[{signing 2027} {verifying 2026 2027}]",
		info + "[{signing 2027} {verifying 2027}]",
	}) {
		t.Errorf("operators were told %q", told)
	}
}

func TestAMendedFolderIsTakenUpAndReported(t *testing.T) {
	folder := folderOf(t, "a")
	keys, r := opened(t, folder)
	following(t, keys, func() {
		write(t, folder, "b.pem", "half")
		time.Sleep(readEvery + time.Second)
		remove(t, folder, "b.pem") // as it was
		time.Sleep(readEvery)
		write(t, folder, "b.pem", "half")
		time.Sleep(readEvery)
	})
	told := r.taken()
	if len(told) != 3 || !strings.Contains(told[0], "b.pem") || !strings.Contains(told[1], "were read") || told[2] != told[0] {
		t.Errorf("operators were told %q", told)
	}
}

func TestAKeyThatIsReplacedUnderItsNameIsTakenUp(t *testing.T) {
	folder := folderOf(t, "a")
	keys, _ := opened(t, folder)
	tokens, _ := newTokens(t, keys)
	old := issued(t, tokens, someClaims())
	write(t, folder, "a.pem", freshKey(t))
	following(t, keys, func() { time.Sleep(readEvery + time.Second) })
	refuse(t, tokens, "a token of the replaced key", old)
}

// A replica that has not yet seen the new key gets a token signed with it by another.
func TestAnUnknownKeyIsLookedForAtOnce(t *testing.T) {
	folder := folderOf(t, "a")
	here, _ := opened(t, folder)
	write(t, folder, "b.pem", freshKey(t))
	there, _ := opened(t, folder)
	signer, _ := newTokens(t, there)
	checker, _ := newTokens(t, here)
	token := issued(t, signer, someClaims())
	if _, err := checker.Verify(token); err != nil {
		t.Error(err)
	}
}

func TestUnknownKeysMakeTheFolderReadAtMostOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		readings := 0
		only := MemoryKeys().inForce.Load()
		keys, err := newKeys(func() (*keySet, error) { readings++; return only, nil }, &reports{})
		if err != nil {
			t.Fatal(err)
		}
		readings = 0
		for range 100 { // of them, over three seconds
			var all sync.WaitGroup
			for i := range 10 {
				all.Go(func() {
					if _, known := keys.find(fmt.Sprint("x", i)); known {
						t.Error("a key was made up")
					}
					keys.find("../../etc/passwd") // cannot be one
				})
			}
			all.Wait()
			time.Sleep(30 * time.Millisecond)
		}
		if readings != 3 {
			t.Errorf("%d readings in three seconds", readings)
		}
		time.Sleep(time.Minute)
		keys.find("../../etc/passwd")
		if readings != 3 {
			t.Error("a name that no key can have was looked for")
		}
	})
}

func TestCheckingGoesOnWhileKeysChange(t *testing.T) {
	folder := folderOf(t, "a")
	keys, _ := opened(t, folder)
	tokens, _ := newTokens(t, keys)
	token := issued(t, tokens, someClaims())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				if _, err := tokens.Verify(token); err != nil {
					t.Error(err)
				}
				if _, err := tokens.Issue(someClaims()); err != nil {
					t.Error(err)
				}
				_ = keys.PublicKeys()
			}
		})
	}
	for range 50 {
		write(t, folder, "b.pem", freshKey(t))
		keys.mu.Lock()
		keys.readAgain(t.Context())
		keys.mu.Unlock()
	}
	all.Wait()
}
