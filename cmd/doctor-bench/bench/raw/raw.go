// Package raw is what the service is measured beside: the same routes and the same SQL with nothing around them. No token
// is checked, nothing is validated, logged, counted or limited; only what must be lasting is lasting.
//
//	request  →  chi  →  one statement, or one hash  →  answer
package raw

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"golang.org/x/crypto/argon2"

	"hospital.example/doctor-service/cmd/doctor-bench/bench/store"
)

// statements are what the requests come down to.
type statements interface {
	read(id int64) (profile, error)
	update(id int64, speciality string) error
	logout(id int64, session []byte) error
	close() error
}

// unhurried is the context of all statements: one that can be cancelled costs a quarter of a read.
var unhurried = context.Background()

// profile is a doctor as the service shows one.
type profile struct {
	ID           int64     `json:"id"`
	Phone        string    `json:"phone"`
	Name         string    `json:"name"`
	Gender       *string   `json:"gender"`
	BirthDate    *string   `json:"birth_date"`
	HospitalID   *int64    `json:"hospital_id"`
	InternalID   *string   `json:"internal_id"`
	DepartmentID *int64    `json:"department_id"`
	PositionRank *string   `json:"position_rank"`
	Speciality   *string   `json:"speciality"`
	AvatarURL    *string   `json:"avatar_url"`
	Role         string    `json:"role"`
	Status       string    `json:"status"`
	Version      int64     `json:"version"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

type envelope struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
	Data any    `json:"data"`
}

// Token is how a session is named here: nothing signed, only whose it is and which.
func Token(id int64, session [16]byte) string {
	return strconv.FormatInt(id, 10) + "." + hex.EncodeToString(session[:])
}

// Serve answers on a listener until ctx ends.
func Serve(ctx context.Context, location string, listener net.Listener) error {
	s, err := store.Open(ctx, location)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	prepare := prepareSQLite
	if s.Postgres {
		prepare = preparePostgres
	}
	prepared, err := prepare(ctx, s.DB, strings.TrimPrefix(location, "sqlite:"))
	if err != nil {
		return err
	}
	defer func() { _ = prepared.close() }()
	server := &http.Server{Handler: routes(prepared), ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func routes(s statements) http.Handler {
	r := chi.NewRouter()
	r.Get("/readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, 0, "", nil) })
	r.Get("/doctor/doctor_manage", func(w http.ResponseWriter, r *http.Request) {
		id, _ := caller(r)
		p, err := s.read(id)
		answer(w, 0, p, err)
	})
	r.Patch("/doctor/doctor_manage", func(w http.ResponseWriter, r *http.Request) {
		var form struct{ Phone, Name, Speciality string }
		err := json.NewDecoder(r.Body).Decode(&form)
		if err == nil {
			id, _ := caller(r)
			err = s.update(id, form.Speciality)
		}
		answer(w, http.StatusOK, nil, err)
	})
	r.Post("/doctor/logout", func(w http.ResponseWriter, r *http.Request) {
		id, session := caller(r)
		answer(w, 0, "", s.logout(id, session))
	})
	hashing := make(chan struct{}, runtime.GOMAXPROCS(0)) // more at once would only take memory
	r.Post("/doctor/login", func(w http.ResponseWriter, r *http.Request) {
		var form struct{ Phone, Password string }
		err := json.NewDecoder(r.Body).Decode(&form)
		hashing <- struct{}{}
		Hash(form.Password)
		<-hashing
		answer(w, 0, "", err)
	})
	return r
}

// Hash computes one argon2id with the parameters that the service has by default.
func Hash(password string) []byte {
	return argon2.IDKey([]byte(password), []byte("sixteen bytes..."), 2, 19456, 1, 32)
}

func caller(r *http.Request) (id int64, session []byte) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
	id, _ = strconv.ParseInt(name, 10, 64) // what is no number is nobody, and not found
	session, _ = hex.DecodeString(rest)
	return id, session
}

func answer(w http.ResponseWriter, code int, data any, err error) {
	status := http.StatusOK
	if err != nil {
		status = http.StatusInternalServerError
		code, data = status*100, err.Error()
	}
	body, err := json.Marshal(envelope{code, "操作成功", data})
	if err != nil {
		panic(err) // what comes here can be encoded
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left misses nothing
}
