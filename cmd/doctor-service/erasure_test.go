package main_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// A doctor who could be nobody else.
const (
	rareName, laterName   = "魑魅魍", "魁罡魉"
	rarePhone, laterPhone = "18897531246", "19986420135"
	rareNumber            = "Zqx-77/Gone"
	rareSource            = "203.0.113.77"
	guesser               = "198.51.100.7"
	rareRequest           = "the-request-of-whom-nobody-remembers"
	rarePassword          = "seven-quiet-lanterns"
)

// traces are all that the doctor below ever was, and what was made of it: no table may hold any of it in the end.
var traces = []string{
	rarePhone, laterPhone, rareName, laterName, "魅魍", "罡魉", "chimei", "kuigang", "kgl", "zqx77gone", rareNumber,
	"其他", "1957-03-29", "8123456789012345", "8765432109876543", "荣誉首席", "驱魔", "face-of-the-rare", rareSource, guesser,
	rareRequest,
}

// TestNothingThatADoctorEverWasIsLeftWhenItIsErased looks at the whole database, as somebody would who stole it.
func TestNothingThatADoctorEverWasIsLeftWhenItIsErased(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, append(environ, "DOCTOR_TRUSTED_PROXIES=127.0.0.0/8")...)
		s.doctor() // somebody who stays
		id, held := s.liveRareLife()
		for _, trace := range traces {
			require.True(t, strings.Contains(held, trace), "what was never there cannot be missed: %s", trace)
		}
		hash := s.hashOf(id)
		before := s.eventsOf(id)

		require.Equal(t, "doctor "+id+" is erased\n", s.operate("admin", "erase", "--id", id, "--yes"))
		held = s.everything()
		holdsNone(t, held, append(traces, hash))
		s.holdsNoRowOf(id)
		after := s.eventsOf(id)
		require.Equal(t, before, after[:len(before)], "ids, times, actors and commitments stay")
		require.Len(t, after, len(before)+1)
		require.Contains(t, after[len(before)], "erased")
		require.True(t, strings.Contains(held, doctorName), "the others are still there")
		require.Zero(t, s.stop(syscall.SIGTERM))
		holdsNone(t, s.everything(), append(traces, hash))
		holdsNone(t, s.files(), append(traces, hash))
	})
}

// files are those of an embedded database, byte for byte, with what no table holds any more.
func (s *service) files() (all string) {
	s.t.Helper()
	path, embedded := strings.CutPrefix(s.setting("DOCTOR_STORAGE"), "sqlite:")
	if !embedded {
		return "" // those of Postgres are its own affair, until VACUUM has passed
	}
	found, err := filepath.Glob(path + "*")
	require.NoError(s.t, err)
	for _, file := range found {
		text, err := os.ReadFile(file)
		if err == nil { // a folder of keys is none
			all += string(text)
		}
	}
	require.True(s.t, strings.Contains(all, doctorName), "whoever stays is there")
	return all
}

// liveRareLife has a doctor do all that leaves something behind, and gives what the database then held.
func (s *service) liveRareLife() (id, held string) {
	s.t.Helper()
	traced := []header{from(rareSource), {"X-Request-Id", rareRequest}}
	a := s.call("POST", "/doctor/register", registration(rarePhone, rarePassword, rareName), append(traced, bearer(s.admin()))...)
	accepted(s.t, a)
	p := person{s, rarePhone, data[string](s.t, a), ""}
	logIn := func(phone, password string) {
		s.t.Helper()
		a := s.login(phone, password, traced...)
		accepted(s.t, a)
		p.token = data[struct{ Token string }](s.t, a).Token
	}
	logIn(rarePhone, rarePassword)
	const form = `{"phone":%q,"name":%q,"gender":"其他","birth_date":"1957-03-29","hospital_id":8123456789012345,
		"internal_id":%q,"department_id":8765432109876543,"position_rank":"荣誉首席医师","speciality":"驱魔\n与镇静",
		"avatar_url":"https://example.com/face-of-the-rare.jpg"}`
	accepted(s.t, p.ask("PATCH", profilePath, fmt.Sprintf(form, rarePhone, rareName, rareNumber), traced...))
	held = s.everything()
	refused(s.t, 40010, s.login(rarePhone, "wrong", traced...))
	refused(s.t, 40300, p.ask("POST", "/doctor/register", "", traced...))
	accepted(s.t, p.ask("PATCH", profilePath, fmt.Sprintf(form, laterPhone, laterName, rareNumber), traced...))
	for range 6 {
		require.Contains(s.t, []int{40010, 42900}, s.login(laterPhone, "wrong", from(guesser)).Code)
	}
	s.operate("admin", "disable", "--id", p.id)
	refused(s.t, 40301, s.login(laterPhone, rarePassword, traced...))
	s.operate("admin", "enable", "--id", p.id)
	reset := strings.TrimSpace(s.operate("admin", "reset-password", "--id", p.id))
	logIn(laterPhone, reset)
	accepted(s.t, p.ask("POST", "/doctor/password", passwords(reset, rarePassword), traced...))
	logIn(laterPhone, rarePassword)
	accepted(s.t, p.ask("POST", "/doctor/logout", "", traced...))
	logIn(laterPhone, rarePassword)
	return p.id, held + s.everything()
}

// everything is all that the tables of the service's database hold, in one text.
func (s *service) everything() (all string) {
	s.t.Helper()
	if url := s.setting("DOCTOR_STORAGE"); !strings.HasPrefix(url, "sqlite:") {
		return postgrestest.Dump(s.t, url)
	}
	database(s.t, s, func(db *sql.DB) {
		tables := column(s.t, db, "SELECT name FROM sqlite_schema WHERE type = 'table'")
		require.NotEmpty(s.t, tables)
		for _, table := range tables {
			rows, err := db.Query(`SELECT * FROM "` + table + `"`)
			require.NoError(s.t, err)
			for names, _ := rows.Columns(); rows.Next(); {
				cells := make([]any, len(names))
				for i := range cells {
					cells[i] = new(any)
				}
				require.NoError(s.t, rows.Scan(cells...))
				for _, cell := range cells {
					switch value := (*cell.(*any)).(type) {
					case []byte:
						all += string(value) + "\n"
					default:
						all += fmt.Sprintln(value)
					}
				}
			}
			require.NoError(s.t, rows.Err())
			require.NoError(s.t, rows.Close())
		}
	})
	return all
}

// column is the one column of a query, as texts.
func column(t testing.TB, db *sql.DB, query string, args ...any) (values []string) {
	t.Helper()
	rows, err := db.Query(query, args...)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var value string
		require.NoError(t, rows.Scan(&value))
		values = append(values, value)
	}
	require.NoError(t, rows.Err())
	return values
}

func (s *service) hashOf(id string) (hash string) {
	s.t.Helper()
	database(s.t, s, func(db *sql.DB) {
		hash = column(s.t, db, "SELECT credential FROM doctors WHERE id = "+id)[0]
	})
	require.True(s.t, strings.HasPrefix(hash, "$argon2id$"))
	return hash
}

// eventsOf is what is kept for ever of a doctor, in its order.
func (s *service) eventsOf(id string) (events []string) {
	s.t.Helper()
	text := "encode(commitment, 'hex')"
	if strings.HasPrefix(s.setting("DOCTOR_STORAGE"), "sqlite:") {
		text = "hex(commitment)"
	}
	database(s.t, s, func(db *sql.DB) {
		events = column(s.t, db, "SELECT id || ' ' || type || ' ' || at || ' ' || actor || ' ' || "+text+
			" FROM doctor_events WHERE doctor_id = "+id+" ORDER BY id")
	})
	return events
}

// holdsNoRowOf requires that nothing names a doctor but events, the end of its sessions, and for a day that it is erased.
func (s *service) holdsNoRowOf(id string) {
	s.t.Helper()
	database(s.t, s, func(db *sql.DB) {
		for _, rows := range []string{
			"doctors WHERE id = ", "doctor_event_values WHERE doctor_id = ", "known_networks WHERE doctor_id = ",
			"doctor_keys WHERE doctor_id = ",
		} {
			require.Equal(s.t, []string{"0"}, column(s.t, db, "SELECT count(*) FROM "+rows+id), rows)
		}
	})
}
