package jwt

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzReadFolder: whatever lies in the folder, it is one set of whole keys of which one signs, or a refusal in one line
// that names files and shows nothing of what is in them.
func FuzzReadFolder(f *testing.F) {
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		f.Fatal(err)
	}
	good := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	f.Add("k1", good, "k1\n")
	f.Add("k1", good, "")
	f.Add("k1", good, "../k1")
	f.Add("..", good, "..")
	f.Add("k 1", good, "k 1")
	f.Add("k1", append(slices.Clone(good), good...), "k1")
	f.Add("k1", []byte("-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n"), "k1")
	f.Add("k1", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der, Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}}), "k1")
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, kid string, key []byte, current string) {
		file := filepath.Join(folder, kid+keyEnding)
		if filepath.Dir(file) != folder || os.WriteFile(file, key, 0o600) != nil {
			return // no name for a file
		}
		defer os.Remove(file)
		named := filepath.Join(folder, currentFile)
		if err := os.WriteFile(named, []byte(current), 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := readFolder(folder)
		if err != nil {
			if len(key) >= 20 && strings.Contains(err.Error(), string(key)) || strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("the refusal of %q is %q", key, err)
			}
			return
		}
		public, known := set.find(set.kid)
		if !known || len(set.verifying) != 1 || set.kid != kid || strings.TrimSpace(current) != kid || !keyID.MatchString(kid) {
			t.Errorf("%q signs beside %q, of %d keys", set.kid, current, len(set.verifying))
		}
		if !ed25519.Verify(public, []byte("x"), ed25519.Sign(set.private, []byte("x"))) {
			t.Error("the halves of the key do not belong together")
		}
	})
}
