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

// genuine is what a token of ours says, whatever the time is.
type genuine struct {
	claims    outbound.Claims
	notBefore int64
}

// read believes claims of ours that keep our rules. Members that we do not know are a later release's and are ignored.
func (t *Tokens) read(raw []byte) (genuine, error) {
	var p payload
	if _, err := readObject(raw, &p); err != nil {
		return genuine{}, err
	}
	restricted := slices.Equal(p.Audience, audience{t.issuer})
	if p.Issuer != t.issuer || p.ClientID != clientID || !restricted && !slices.Contains(p.Audience, t.audience) {
		return genuine{}, invalid("it is not of us or not for us")
	}
	if err := p.checkTimes(); err != nil {
		return genuine{}, err
	}
	id, idErr := strconv.ParseInt(p.Subject, 10, 64)
	role, roleErr := doctor.ParseRole(p.Role)
	session, canonical := decodeSegment(p.ID)
	switch {
	case idErr != nil || id < 1 || strconv.FormatInt(id, 10) != p.Subject:
		return genuine{}, invalid("its subject is no doctor")
	case roleErr != nil:
		return genuine{}, invalid("its role is not known")
	case !canonical || len(session) != len(doctor.SessionID{}) || doctor.SessionID(session).IsZero():
		return genuine{}, invalid("its session is none")
	case p.Generation < 1:
		return genuine{}, invalid("its generation is none")
	}
	return genuine{notBefore: p.NotBefore, claims: outbound.Claims{
		Doctor:     doctor.ID(id),
		Session:    doctor.SessionID(session),
		Role:       role,
		Generation: p.Generation,
		LoggedInAt: instant(p.LoggedInAt),
		IssuedAt:   instant(p.IssuedAt),
		Expires:    instant(p.Expires),
		Restricted: restricted,
	}}, nil
}

// checkTimes looks for times that no token of ours can have.
func (p payload) checkTimes() error {
	switch {
	case p.IssuedAt < 1 || p.NotBefore < 1 || p.LoggedInAt < 1:
		return invalid("a time is missing")
	case p.Expires <= p.IssuedAt || p.Expires-p.IssuedAt > longestLife:
		return invalid("its life is impossible")
	case p.LoggedInAt > p.IssuedAt:
		return invalid("it was issued before its login")
	}
	return nil
}

// at tells whether the token is good at a time, in Unix seconds. One that has expired was ours all the same.
func (g genuine) at(now int64) (outbound.Claims, error) {
	switch {
	case g.claims.IssuedAt.Unix() > now+leeway || g.notBefore > now+leeway:
		return outbound.Claims{}, invalid("it is not valid yet")
	case now >= g.claims.Expires.Unix():
		return g.claims, outbound.ErrTokenExpired
	}
	return g.claims, nil
}

func instant(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
