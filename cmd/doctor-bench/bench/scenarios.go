package bench

import (
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"hospital.example/doctor-service/adapters/pinyin"
)

// The requests, each written whole into a buffer that its connection uses again and again.

const profilePath = "/doctor/doctor_manage"

// changed is the code of a successful PATCH; all others' is 0.
const changed = 200

// actor is one connection of a scenario.
type actor struct {
	cast    *cast
	players []player
	chance  *rand.Rand
	buffer  []byte
}

// act is one request of an actor.
type act func(*actor) (request []byte, success int)

// scripts gives each of so many connections its doctors and what to do.
func scripts(c *cast, connections int, does act) []script {
	all := make([]script, connections)
	for i := range all {
		a := &actor{cast: c, players: c.of(i, connections), chance: rand.New(rand.NewPCG(rand.Uint64(), uint64(i)))} //nolint:gosec // no secret
		all[i] = func() ([]byte, int) { return does(a) }
	}
	return all
}

func (a *actor) player() player { return a.players[a.chance.IntN(len(a.players))] }

func read(a *actor) ([]byte, int) {
	return a.write("GET", profilePath, a.player().token, nil), 0
}

func update(a *actor) ([]byte, int) {
	p := a.player()
	return a.write("PATCH", profilePath, p.token, map[string]string{
		"phone": p.Phone, "name": p.Name, "speciality": "冠心病介入治疗 " + strconv.FormatInt(a.cast.changes.Add(1), 10),
	}), changed
}

func login(a *actor) ([]byte, int) {
	return a.write("POST", "/doctor/login", "", map[string]string{"phone": a.player().Phone, "password": a.cast.password}), 0
}

func logout(a *actor) ([]byte, int) {
	return a.write("POST", "/doctor/logout", a.cast.session(a.player()), nil), 0
}

func register(a *actor) ([]byte, int) {
	return a.write("POST", "/doctor/register", a.cast.boss.token, map[string]string{
		"phone": a.cast.newPhone(), "password": a.cast.password, "name": "王某某",
	}), 0
}

// search looks for somebody by a part of what is known: the surname, the name, its pinyin, the beginning of the phone.
func search(a *actor) ([]byte, int) {
	p := a.player()
	surname, size := utf8.DecodeRuneInString(p.Name)
	spelled := pinyin.Syllables(p.Name)
	keyword := []string{
		string(surname), p.Name, p.Name[size:], spelled[0], strings.Join(spelled, ""), p.Phone[:3], p.Phone,
	}[a.chance.IntN(7)]
	return a.write("GET", "/doctor/admin/doctors?keyword="+url.QueryEscape(keyword), a.cast.boss.token, nil), 0
}

// mixed is a day in a hospital: profiles are read far more often than changed, and a login lasts a shift.
func mixed(a *actor) ([]byte, int) {
	switch n := a.chance.IntN(100); {
	case n < 88:
		return read(a)
	case n < 96:
		return update(a)
	case n < 98:
		return login(a)
	}
	return logout(a)
}

func (a *actor) write(method, path, token string, form map[string]string) []byte {
	b := a.buffer[:0]
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, path...)
	b = append(b, " HTTP/1.1\r\nHost: bench\r\n"...)
	if token != "" {
		b = append(b, "Authorization: Bearer "...)
		b = append(b, token...)
		b = append(b, "\r\n"...)
	}
	if form == nil {
		b = append(b, "\r\n"...)
	} else {
		body, err := json.Marshal(form)
		if err != nil {
			panic(err) // strings can be encoded
		}
		b = append(b, "Content-Type: application/json\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(body)), 10)
		b = append(b, "\r\n\r\n"...)
		b = append(b, body...)
	}
	a.buffer = b
	return b
}
