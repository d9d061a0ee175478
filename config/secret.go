package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Secret is a setting that must not be shown. Given as a file, it is read anew each time it is revealed, so that a
// rotated secret is taken up without a restart.
type Secret struct {
	value string
	path  string
}

// UnmarshalText takes the value as it was given.
func (s *Secret) UnmarshalText(text []byte) error {
	s.value = string(text)
	return nil
}

// Reveal is the secret itself.
func (s Secret) Reveal() (string, error) {
	if s.path != "" {
		return readSecret(s.path)
	}
	return s.value, nil
}

// Empty tells whether the secret was not set.
func (s Secret) Empty() bool { return s.value == "" }

// Scheme is the part of a URL that is no secret; empty where there is none.
func (s Secret) Scheme() string {
	scheme, _, found := strings.Cut(s.value, ":")
	if !found {
		return ""
	}
	return scheme
}

const redacted = "[redacted]"

func (Secret) String() string               { return redacted }
func (Secret) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redacted)) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// readSecret reads a file without the line break that editors leave at its end.
func readSecret(path string) (string, error) {
	content, err := os.ReadFile(path)
	var fault *fs.PathError
	if errors.As(err, &fault) {
		return "", fmt.Errorf("cannot read %s: %w", path, fault.Err)
	}
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if text == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return text, nil
}
