package jwt

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"hospital.example/doctor-service/ports/inbound"
)

// MemoryKeys are one key that ends with the program.
func MemoryKeys() *Keys {
	kid, private := newKey("memory")
	only := &keySet{
		verifying: []inbound.PublicKey{{ID: kid, Key: private.Public().(ed25519.PublicKey)}},
		kid:       kid,
		private:   private,
	}
	k := &Keys{read: func() (*keySet, error) { return only, nil }}
	k.inForce.Store(only)
	return k
}

// CreateFolder makes a folder with a first key, for nobody but its owner. One that holds a key already is left as it
// is. Several processes may do it at once: one makes the key, the others wait for it.
func CreateFolder(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }() // and with it the lock
	if err := lock(folder); err != nil {
		return err
	}
	kids, err := keysIn(path)
	if err != nil || len(kids) > 0 {
		return err
	}
	_ = folder.Chmod(0o700) // a mounted volume may be somebody else's; the key itself is 0600 anyway
	// The date lets keys that are added later, and named in this way, be greater.
	kid, private := newKey(time.Now().UTC().Format(time.DateOnly))
	return writeKey(folder, kid, private)
}

// writeKey makes the key visible only when it is whole, and lasting before anything is signed with it.
func writeKey(folder *os.File, kid string, private ed25519.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	hidden := filepath.Join(folder.Name(), ".new")
	f, err := os.OpenFile(hidden, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(hidden, filepath.Join(folder.Name(), kid+keyEnding)); err != nil {
		return err
	}
	return folder.Sync()
}

// newKey names a key so that no other ever has the name: others keep a key for minutes under its name.
func newKey(prefix string) (kid string, private ed25519.PrivateKey) {
	var random [4 + ed25519.SeedSize]byte
	_, _ = rand.Read(random[:]) // never fails: without randomness the runtime ends the program
	return prefix + "-" + hex.EncodeToString(random[:4]), ed25519.NewKeyFromSeed(random[4:])
}

// lock waits until no other process holds the folder.
func lock(folder *os.File) error {
	for {
		err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
