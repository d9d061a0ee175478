// Package jwt signs and checks the service's tokens: JWTs with Ed25519 signatures, in the profile of RFC 9068.
//
//	folder of KID.pem  →  Keys (read again and again)  →  Issue: the signing key
//	                                                   →  Verify: seen before? else
//	                                                      length and base64 → header → key → signature → claims
//	                                                      → times
//	                                                   →  PublicKeys: what others check our tokens with
//
// Verify walks these steps itself and takes but the signature's check from the library, whose parser reads the claims
// before the signature and is lenient where a token of ours leaves no choice: in the spelling of base64 and of member
// names, in duplicates, in what else a header may ask for.
package jwt

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	jwtlib "github.com/golang-jwt/jwt/v5"

	"hospital.example/doctor-service/ports/outbound"
)

const (
	tokenType = "at+jwt"
	clientID  = "doctor-service"
)

// Tokens implements outbound.Tokens.
type Tokens struct {
	keys             *Keys
	issuer, audience string
	now              outbound.Clock
	seen             atomic.Pointer[verified]
}

// New makes tokens for an audience. It must not be the issuer's own name, for that stands alone in restricted tokens.
func New(keys *Keys, issuer, audience string, now outbound.Clock) (*Tokens, error) {
	if issuer == "" || audience == "" || issuer == audience {
		return nil, errors.New("tokens need an issuer and another audience")
	}
	return &Tokens{keys: keys, issuer: issuer, audience: audience, now: now}, nil
}

// Issue signs claims. Times lose what is below a second.
func (t *Tokens) Issue(c outbound.Claims) (string, error) {
	audience := t.audience
	if c.Restricted {
		audience = t.issuer
	}
	token := jwtlib.NewWithClaims(jwtlib.SigningMethodEdDSA, jwtlib.MapClaims{
		"iss":       t.issuer,
		"aud":       audience,
		"client_id": clientID,
		"sub":       strconv.FormatInt(int64(c.Doctor), 10),
		"jti":       base64.RawURLEncoding.EncodeToString(c.Session[:]),
		"iat":       c.IssuedAt.Unix(),
		"nbf":       c.IssuedAt.Unix(),
		"exp":       c.Expires.Unix(),
		"auth_time": c.LoggedInAt.Unix(),
		"role":      c.Role.String(),
		"gen":       c.Generation,
	})
	kid, key := t.keys.signing()
	token.Header["typ"], token.Header["kid"] = tokenType, kid
	return token.SignedString(key)
}

// Verify looks a token up among those that were verified before, and asks only what time may have changed.
func (t *Tokens) Verify(token string) (outbound.Claims, error) {
	f := fingerprint(sha256.Sum256([]byte(token)))
	seen := t.verifiedUnder(t.keys.inForce.Load())
	g, known := seen.find(f)
	if !known {
		var err error
		if g, err = t.check(token); err != nil {
			return outbound.Claims{}, err
		}
		seen.keep(f, g)
	}
	return g.at(t.now().Unix())
}

// verifiedUnder is the memory of a key set. Of several that begin at once one stays, and the others have lost nothing
// that could not be checked again.
func (t *Tokens) verifiedUnder(keys *keySet) *verified {
	seen := t.seen.Load()
	if seen == nil || seen.under != keys {
		seen = newVerified(keys)
		t.seen.Store(seen)
	}
	return seen
}

// check reads nothing of the claims before the signature is known to be ours.
func (t *Tokens) check(token string) (genuine, error) {
	p, err := takeApart(token)
	if err != nil {
		return genuine{}, err
	}
	kid, err := keyNamedBy(p.header)
	if err != nil {
		return genuine{}, err
	}
	key, known := t.keys.find(kid)
	if !known {
		return genuine{}, invalid("its key is not known")
	}
	if err := jwtlib.SigningMethodEdDSA.Verify(p.signed, p.signature, key); err != nil {
		return genuine{}, invalid("its signature is not ours")
	}
	return t.read(p.payload)
}

// keyNamedBy reads a header. It must say what the headers of our tokens say, and nothing else: whatever more it might
// ask for (crit, jwk, jku, b64, zip, …) is not for us to do.
func keyNamedBy(header []byte) (kid string, err error) {
	var h struct {
		Algorithm string `json:"alg"`
		Type      string `json:"typ"`
		KeyID     string `json:"kid"`
	}
	others, err := readObject(header, &h)
	switch {
	case err != nil:
		return "", err
	case len(others) > 0:
		return "", invalid("its header holds more than ours do")
	case h.Algorithm != jwtlib.SigningMethodEdDSA.Alg() || h.Type != tokenType:
		return "", invalid("it is of another kind")
	}
	return h.KeyID, nil
}

func invalid(why string) error { return fmt.Errorf("%w: %s", outbound.ErrTokenInvalid, why) }
