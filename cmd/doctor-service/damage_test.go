package main_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a row can say that no doctor can be, by what must be set for it, and what no doctor could become today but may
// have been once. On Postgres the constraints are gone by then.
var (
	impossible = map[string][]string{
		"sqlite": {
			"birth_date = '2001-02-30'", "birth_date = 'x'",
		},
		"postgres": {
			"birth_date = 'infinity'", "birth_date = '4000-01-01 BC'", "updated_at = 'infinity'", "created_at = '-infinity'",
		},
		"both": {
			"version = 0", "version = -7", "generation = 0", "role = 'chief'", "role = ''", "status = 'asleep'", "phone = ''",
			"name = ''", "hospital_id = -1", "department_id = -1",
		},
	}
	unfashionable = map[string][]string{
		"sqlite": {
			"name = 'a' || char(0) || 'b'", "speciality = CAST(x'ff' AS TEXT)", "updated_at = 9223372036854775807",
		},
		"both": {
			"phone = '12345'", "gender = '3'", "avatar_url = 'javascript:1'", "position_rank = '<script>'",
			"hospital_id = 9223372036854775807", "version = 9223372036854775807", "last_login_at = created_at",
		},
	}
)

func TestADamagedDoctorIsAClearErrorForThatDoctorAlone(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		well, kind := s.person(), path.Base(t.Name())
		database(t, s, func(db *sql.DB) {
			if kind == "postgres" {
				unconstrained(t, db)
			}
			damaged := func(set string) person {
				ill := s.person()
				_, err := db.Exec("UPDATE doctors SET " + set + " WHERE id = " + ill.id)
				require.NoError(t, err, set)
				return ill
			}
			for _, set := range slices.Concat(impossible[kind], impossible["both"]) {
				ill := damaged(set)
				request := "read-" + ill.id
				a := ill.get(header{"X-Request-Id", request})
				require.Equal(t, 50000, a.Code, "%s: %s", set, a.Body)
				refused(t, 50000, a)
				s.await("telling why", func() bool { return s.tellsCause(request) })
				require.Equal(t, 50000, ill.patch(`"gender":"男"`).Code, set)
				require.Contains(t, []int{50000, 40010}, s.login(ill.phone, doctorPassword).Code, set) // or nobody has that phone
				accepted(t, well.patch(`"gender":"男"`))
			}
			for _, set := range slices.Concat(unfashionable[kind], unfashionable["both"]) {
				a := damaged(set).get()
				require.True(t, json.Valid([]byte(a.Body)), "%s: %s", set, a.Body)
				require.Contains(t, []int{0, 50000}, a.Code, "%s: %s", set, a.Body)
			}
		})
		accepted(t, s.call("GET", "/readyz", ""))
		require.NotContains(t, s.logs.String(), "panic")
	})
}

// unconstrained takes away what the schema itself refuses.
func unconstrained(t *testing.T, db *sql.DB) {
	t.Helper()
	_, err := db.Exec(`DO $$ DECLARE name text; BEGIN
		FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'doctors'::regclass AND contype = 'c' LOOP
			EXECUTE format('ALTER TABLE doctors DROP CONSTRAINT %I', name);
		END LOOP;
	END $$`)
	require.NoError(t, err)
}

// tellsCause tells whether the log has the cause of a request's fault.
func (s *service) tellsCause(requestID string) bool {
	return slices.ContainsFunc(lines(s.logs.String()), func(line string) bool {
		return strings.Contains(line, `"level":"error"`) && strings.Contains(line, requestID) && strings.Contains(line, `"cause":"`)
	})
}

func TestADamagedHashLetsNobodyInAndIsNotInTheLog(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, environ...)
		other := s.person()
		database(t, s, func(db *sql.DB) {
			phone, id := s.doctor()
			var whole string
			require.NoError(t, db.QueryRow("SELECT credential FROM doctors WHERE id = "+id).Scan(&whole))
			parts := strings.Split(whole, "$") // "", argon2id, v=19, m=…, salt, hash
			for what, damaged := range map[string]string{
				"cut off in the hash":    whole[:len(whole)-10], // of which no base64 can be left
				"cut off before it":      strings.Join(parts[:5], "$"),
				"cut off early":          whole[:12],
				"without a hash":         strings.Join(append(parts[:5:5], ""), "$"),
				"without a salt":         strings.Join([]string{"", parts[1], parts[2], parts[3], "", parts[5]}, "$"),
				"with the memory of all": strings.Replace(whole, parts[3], "m=4294967295,t=2,p=1", 1),
				"with more than a word":  strings.Replace(whole, parts[3], "m=99999999999999999999,t=2,p=1", 1),
				"with endless passes":    strings.Replace(whole, parts[3], "m=19456,t=4294967295,p=1", 1),
				"with no lanes":          strings.Replace(whole, parts[3], "m=19456,t=2,p=0", 1),
				"of another algorithm":   strings.Replace(whole, "argon2id", "argon2d", 1),
				"of bytes":               strings.Replace(whole, parts[5], "!!!!", 1),
			} {
				_, err := db.Exec("UPDATE doctors SET credential = '" + damaged + "' WHERE id = " + id)
				require.NoError(t, err)
				request := "login-" + strings.ReplaceAll(what, " ", "-")
				for _, password := range []string{doctorPassword, "", "wrong"} {
					a := s.login(phone, password, header{"X-Request-Id", request})
					require.Contains(t, []int{50000, 40010}, a.Code, "%s: %s", what, a.Body)
					require.False(t, password == doctorPassword && a.Code == 40010, what)
				}
				s.await("telling why", func() bool { return s.tellsCause(request) })
				accepted(t, s.login(other.phone, doctorPassword))
			}
			holdsNone(t, s.logs.String(), parts[4:])
		})
		require.NotContains(t, s.logs.String(), "panic")
	})
}

// Whoever damages the folder of keys while it is in use is told; everybody else is served with the keys as they were.
func TestADamagedKeyBesideGoodOnesChangesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, storage(t, "postgres")...)
	p := s.person()
	folder := s.keyFolder()
	known := s.call("GET", "/.well-known/jwks.json", "").Body
	file := func(name string) string { return filepath.Join(folder, name) }
	whole, err := os.ReadFile(file("k1.pem"))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"k2.pem":     string(whole[:len(whole)/2]),
		"k3.pem":     "",
		"no key.pem": string(whole),
		"current":    "k9",
	} {
		require.NoError(t, os.WriteFile(file(name), []byte(text), 0o600))
		said := len(s.logs.String())
		s.await("telling of "+name, func() bool {
			s.lookAtKeys()
			return strings.Contains(s.logs.String()[said:], name) && strings.Contains(s.logs.String()[said:], `"level":"error"`)
		})
		accepted(t, p.get())
		accepted(t, s.login(p.phone, doctorPassword))
		require.Equal(t, known, s.call("GET", "/.well-known/jwks.json", "").Body)

		code, _, stderr := run(t, append([]string{"DOCTOR_HTTP_ADDR=127.0.0.1:0", "DOCTOR_METRICS_ADDR=127.0.0.1:0"}, s.environ...), "")
		require.Equal(t, 1, code, "%s: a start with it", name)
		require.Contains(t, stderr, name)
		require.NoError(t, os.Remove(file(name)))
	}
	newKey(t, file("k2.pem"))
	s.await("taking up a good one", func() bool {
		s.lookAtKeys()
		return strings.Contains(s.call("GET", "/.well-known/jwks.json", "").Body, `"k2"`)
	})
	accepted(t, p.get())
	holdsNone(t, s.logs.String(), lines(string(whole)))
	require.Zero(t, s.stop(syscall.SIGTERM))
}
