package jwt

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hospital.example/doctor-service/ports/inbound"
)

const (
	keyEnding   = ".pem"
	currentFile = "current"
	maxFile     = 16 << 10 // bytes; a key has 119
)

var keyID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// readFolder reads every KID.pem and which of them signs. Its errors name files, never what is in them. Hidden files
// are none of ours; in a Kubernetes volume they hold the data that the others are links to.
func readFolder(path string) (*keySet, error) {
	kids, err := keysIn(path)
	if err != nil {
		return nil, err
	}
	if len(kids) == 0 {
		return nil, fmt.Errorf("there is no key KID%s in %s", keyEnding, path)
	}
	s := &keySet{}
	if s.kid, err = signingKey(path, kids); err != nil {
		return nil, err
	}
	for _, kid := range kids {
		private, err := readKey(filepath.Join(path, kid+keyEnding))
		if err != nil {
			return nil, err
		}
		s.verifying = append(s.verifying, inbound.PublicKey{ID: kid, Key: private.Public().(ed25519.PublicKey)})
		if kid == s.kid {
			s.private = private
		}
	}
	return s, nil
}

// keysIn lists the ids of the keys in byte order, which is not always that of their files' names.
func keysIn(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var kids []string
	for _, e := range entries {
		kid, isKey := strings.CutSuffix(e.Name(), keyEnding)
		if !isKey || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if !keyID.MatchString(kid) {
			return nil, fmt.Errorf("%q in %s is no name for a key: KID%s, KID being 1 to 64 letters, digits, dots, dashes and underscores",
				e.Name(), path, keyEnding)
		}
		kids = append(kids, kid)
	}
	slices.Sort(kids)
	return kids, nil
}

// signingKey is the one that the file "current" names, else the greatest.
func signingKey(path string, kids []string) (string, error) {
	file := filepath.Join(path, currentFile)
	content, err := readSmall(file)
	if errors.Is(err, fs.ErrNotExist) {
		return kids[len(kids)-1], nil
	}
	if err != nil {
		return "", err
	}
	kid := strings.TrimSpace(string(content))
	if !slices.Contains(kids, kid) {
		return "", fmt.Errorf("%s does not name one of the keys beside it: %s", file, strings.Join(kids, " "))
	}
	return kid, nil
}

func readKey(file string) (ed25519.PrivateKey, error) {
	content, err := readSmall(file)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(content)
	if block == nil || block.Type != "PRIVATE KEY" || strings.TrimSpace(string(rest)) != "" {
		return nil, fmt.Errorf("%s is not one PKCS#8 private key in PEM", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, isEd25519 := key.(ed25519.PrivateKey)
	if err != nil || !isEd25519 {
		return nil, fmt.Errorf("%s is not an Ed25519 private key", file)
	}
	return private, nil
}

// readSmall reads a regular file, or one that links lead to; anything else might block for ever.
func readSmall(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is not a small file", file)
	}
	return os.ReadFile(file)
}
