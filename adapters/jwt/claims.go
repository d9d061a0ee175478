package jwt

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

const (
	longestLife = 24 * 60 * 60 // seconds from iat to exp
	leeway      = 30           // seconds that another replica's clock may be ahead, for iat and nbf
)

// payload is what a token says. All of it is required: a missing member and null leave a zero, which no rule lets pass.
type payload struct {
	Issuer     string   `json:"iss"`
	Audience   audience `json:"aud"`
	ClientID   string   `json:"client_id"`
	Subject    string   `json:"sub"`
	ID         string   `json:"jti"`
	IssuedAt   int64    `json:"iat"`
	NotBefore  int64    `json:"nbf"`
	Expires    int64    `json:"exp"`
	LoggedInAt int64    `json:"auth_time"`
	Role       string   `json:"role"`
	Generation int64    `json:"gen"`
}

// audience is one name or a list of them.
type audience []string

// UnmarshalJSON reads both forms that RFC 7519 allows.
func (a *audience) UnmarshalJSON(b []byte) error {
	if b[0] != '"' {
		return json.Unmarshal(b, (*[]string)(a))
	}
	*a = make(audience, 1)
	return json.Unmarshal(b, &(*a)[0])
}

// read believes claims of ours that keep our rules. Members that we do not know are a later release's and are ignored.
func (t *Tokens) read(raw []byte) (outbound.Claims, error) {
	var p payload
	if _, err := readObject(raw, &p); err != nil {
		return outbound.Claims{}, err
	}
	restricted := slices.Equal(p.Audience, audience{t.issuer})
	if p.Issuer != t.issuer || p.ClientID != clientID || !restricted && !slices.Contains(p.Audience, t.audience) {
		return outbound.Claims{}, invalid("it is not of us or not for us")
	}
	now := t.now().Unix()
	if err := p.checkTimes(now); err != nil {
		return outbound.Claims{}, err
	}
	id, idErr := strconv.ParseInt(p.Subject, 10, 64)
	role, roleErr := doctor.ParseRole(p.Role)
	session, canonical := decodeSegment(p.ID)
	switch {
	case idErr != nil || id < 1 || strconv.FormatInt(id, 10) != p.Subject:
		return outbound.Claims{}, invalid("its subject is no doctor")
	case roleErr != nil:
		return outbound.Claims{}, invalid("its role is not known")
	case !canonical || len(session) != len(doctor.SessionID{}) || doctor.SessionID(session).IsZero():
		return outbound.Claims{}, invalid("its session is none")
	case p.Generation < 1:
		return outbound.Claims{}, invalid("its generation is none")
	}
	c := outbound.Claims{
		Doctor:     doctor.ID(id),
		Session:    doctor.SessionID(session),
		Role:       role,
		Generation: p.Generation,
		LoggedInAt: instant(p.LoggedInAt),
		IssuedAt:   instant(p.IssuedAt),
		Expires:    instant(p.Expires),
		Restricted: restricted,
	}
	if now >= p.Expires {
		return c, outbound.ErrTokenExpired
	}
	return c, nil
}

// checkTimes holds for tokens that have expired as well: they were ours all the same.
func (p payload) checkTimes(now int64) error {
	switch {
	case p.IssuedAt < 1 || p.NotBefore < 1 || p.LoggedInAt < 1:
		return invalid("a time is missing")
	case p.IssuedAt > now+leeway || p.NotBefore > now+leeway:
		return invalid("it is not valid yet")
	case p.Expires <= p.IssuedAt || p.Expires-p.IssuedAt > longestLife:
		return invalid("its life is impossible")
	case p.LoggedInAt > p.IssuedAt:
		return invalid("it was issued before its login")
	}
	return nil
}

func instant(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
