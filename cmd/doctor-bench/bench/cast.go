package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hospital.example/doctor-service/adapters/jwt"
	"hospital.example/doctor-service/cmd/doctor-bench/bench/raw"
	"hospital.example/doctor-service/cmd/doctor-bench/bench/store"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// cast are those who take part: doctors who are logged in, and one who may register others.
type cast struct {
	sign      signer
	password  string
	doctors   []player
	boss      player // the zero player: this target knows no administrator
	newcomers func() string
	newcomer  sync.Mutex
	changes   atomic.Int64 // so that each change is one

	spare struct { // sessions to log out of, signed before they are needed
		tokens []string
		next   atomic.Int64
	}
}

// signer makes the token of a doctor's new session.
type signer func(d store.Doctor, role string) (token string, err error)

// player is a doctor with a session.
type player struct {
	store.Doctor
	token string
}

// signed makes tokens as the service does, with its own keys: a login costs 30 ms, a signature 30 µs.
func signed(keyFolder string) (signer, error) {
	keys, err := jwt.OpenKeys(keyFolder, nil)
	if err != nil {
		return nil, err
	}
	tokens, err := jwt.New(keys, "doctor-service", "hospital-platform", time.Now)
	if err != nil {
		return nil, err
	}
	return func(d store.Doctor, named string) (string, error) {
		role, err := doctor.ParseRole(named)
		if err != nil {
			return "", err
		}
		now := time.Now()
		return tokens.Issue(outbound.Claims{
			Doctor: doctor.ID(d.ID), Session: newSession(), Role: role, Generation: d.Generation,
			LoggedInAt: now, IssuedAt: now, Expires: now.Add(8 * time.Hour),
		})
	}, nil
}

// bare names sessions as the raw thing reads them.
func bare(d store.Doctor, _ string) (string, error) { return raw.Token(d.ID, newSession()), nil }

func newSession() (id [16]byte) {
	_, _ = rand.Read(id[:]) // never fails
	return id
}

// newCast picks n doctors at random and lets them in.
func newCast(
	ctx context.Context, s *store.Store, n int, password string, sign signer,
) (*cast, error) {
	picked, err := s.Doctors(ctx, n)
	if err != nil {
		return nil, err
	}
	c := &cast{sign: sign, password: password, newcomers: store.Newcomers(), doctors: make([]player, len(picked))}
	c.changes.Store(time.Now().UnixNano()) // no change of this run is one of an earlier run
	for i, d := range picked {
		if c.doctors[i], err = c.enter(d, "doctor"); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// enter lets somebody in.
func (c *cast) enter(d store.Doctor, role string) (player, error) {
	token, err := c.sign(d, role)
	return player{d, token}, err
}

// of is the share of the doctors that belongs to one connection, so that no two connections change the same doctor.
func (c *cast) of(connection, connections int) []player {
	if len(c.doctors) < connections {
		return []player{c.doctors[connection%len(c.doctors)]}
	}
	var share []player
	for i := connection; i < len(c.doctors); i += connections {
		share = append(share, c.doctors[i])
	}
	return share
}

// newPhone belongs to nobody yet.
func (c *cast) newPhone() string {
	c.newcomer.Lock()
	defer c.newcomer.Unlock()
	return c.newcomers()
}

// signAhead makes n sessions to log out of.
func (c *cast) signAhead(n int) error {
	const workers = 4
	c.spare.tokens = make([]string, n)
	c.spare.next.Store(0)
	faults := make([]error, workers)
	var signing sync.WaitGroup
	for w := range workers {
		signing.Go(func() {
			for i := w; i < n; i += workers {
				if c.spare.tokens[i], faults[w] = c.sign(c.doctors[i%len(c.doctors)].Doctor, "doctor"); faults[w] != nil {
					return
				}
			}
		})
	}
	signing.Wait()
	return errors.Join(faults...)
}

// session is a session that nobody has used yet; when none is left, it is signed now.
func (c *cast) session(of player) string {
	if i := c.spare.next.Add(1) - 1; i < int64(len(c.spare.tokens)) {
		return c.spare.tokens[i]
	}
	token, err := c.sign(of.Doctor, "doctor")
	if err != nil {
		panic(fmt.Errorf("a token could be signed before: %w", err))
	}
	return token
}

// mostLogouts is more than any target answers in a second.
const mostLogouts = 12_000

// logoutsAhead makes the sessions that a round of logouts will use up.
func (c *cast) logoutsAhead(round time.Duration) error {
	return c.signAhead(int(mostLogouts * (round + round/warmup).Seconds()))
}
