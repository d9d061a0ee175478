package httpapi

import (
	"encoding/base64"
	"net/http"
)

// jwk is a public key as RFC 8037 writes it.
type jwk struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	KeyID     string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	X         string `json:"x"`
}

// publicKeys answers without the envelope: those who check tokens expect the set and nothing else.
func (a *api) publicKeys(w http.ResponseWriter, _ *http.Request) {
	keys := []jwk{}
	for _, k := range a.PublicKeys() {
		keys = append(keys, jwk{
			KeyType:   "OKP",
			Curve:     "Ed25519",
			KeyID:     k.ID,
			Use:       "sig",
			Algorithm: "EdDSA",
			X:         base64.RawURLEncoding.EncodeToString(k.Key),
		})
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(encode(map[string]any{"keys": keys})) // a client that left misses nothing
}
