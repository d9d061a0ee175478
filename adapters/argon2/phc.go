package argon2

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Bounds of the hashes that are checked. A tag of few bytes would fit many passwords.
const (
	minSalt, maxSalt = 8, 64
	minTag, maxTag   = 16, 64
)

// errDamaged never says what the hash is.
var errDamaged = errors.New("the stored password hash is damaged")

// hash is what a PHC string says.
type hash struct {
	params    Params
	salt, tag []byte
}

// String writes the hash in the PHC string format: $argon2id$v=19$m=…,t=…,p=…$salt$tag.
func (h hash) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$%s$%s$%s", h.params, b64(h.salt), b64(h.tag))
}

// parseHash reads a PHC string that String could have written. Comparing with what it writes leaves no room for
// another spelling: padding, line breaks, spare bits in the last character, signs, leading zeros.
func parseHash(s string) (hash, error) {
	fields := strings.SplitN(s, "$", 7)
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != "v=19" {
		return hash{}, fmt.Errorf("%w: it is not of the form $argon2id$v=19$…$…$…", errDamaged)
	}
	params, err := readParams(fields[3])
	if err != nil {
		return hash{}, fmt.Errorf("%w: its parameters: %w", errDamaged, err)
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(fields[4])
	tag, tagErr := base64.RawStdEncoding.DecodeString(fields[5])
	h := hash{params, salt, tag}
	switch {
	case saltErr != nil || tagErr != nil || h.String() != s:
		return hash{}, fmt.Errorf("%w: its salt or tag is not strict base64", errDamaged)
	case len(salt) < minSalt || len(salt) > maxSalt || len(tag) < minTag || len(tag) > maxTag:
		return hash{}, fmt.Errorf("%w: its salt or tag has an impossible length", errDamaged)
	}
	return h, nil
}
