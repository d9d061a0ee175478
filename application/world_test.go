package application_test

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"hospital.example/doctor-service/adapters/memory"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a core on the memory storage, with a clock to turn and a hasher that takes no time.
type world struct {
	*application.Core
	t      *testing.T
	store  *faultyStore
	hasher *plainHasher
	now    time.Time
	mu     sync.Mutex
	tidied int // after walks of Indexing
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, store: &faultyStore{Store: memory.New()}, hasher: &plainHasher{current: "plain:"}, now: time.Now()}
	w.Core = &application.Core{
		Storage: w.store, Passwords: w.hasher, Tokens: &openTokens{clock: w.clock},
		Denylist: application.NewDenylist(w.clock), Clock: w.clock, Reporter: silent{},
		Pinyin: spelt,
		Settings: application.Settings{
			Registration: application.ByAdministrator,
			Policy:       doctor.PasswordPolicy{MinLength: 8, Common: func(string) bool { return false }},
			TokenTTL:     8 * time.Hour, ReauthWindow: 30 * time.Minute, LoginFailures: 5, SourceFailures: 200,
			AccountFailures: 100,
		},
	}
	w.fresh()
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	w.fresh()
}

// fresh is what the follower does in a running program.
func (w *world) fresh() { w.Denylist.Complete(w.clock()) }

const (
	rightPassword = "correct horse battery"
	newPassword   = "staple of another kind"
)

var ward = inbound.Origin{Address: netip.MustParseAddr("192.0.2.7"), RequestID: "r-1"}

// doctor adds a doctor who can log in.
func (w *world) doctor(phone string, role doctor.Role) *doctor.Doctor {
	w.t.Helper()
	id, err := w.store.Add(context.Background(), doctor.Register(doctor.Registration{
		Phone: must(doctor.ParsePhone(phone)), Name: must(doctor.ParseName("王小明")),
		Credential: doctor.CredentialOf("plain:" + rightPassword), Role: role,
	}, doctor.Occasion{At: w.clock(), Actor: doctor.CommandLine}))
	require.NoError(w.t, err)
	return must(w.store.Get(context.Background(), id))
}

func (w *world) login(phone, password string) (inbound.LoginResult, error) {
	return w.Login(context.Background(), inbound.LoginCommand{Phone: phone, Password: doctor.TypedPassword(password), Origin: ward})
}

// session logs in and authorizes.
func (w *world) session(phone, password string) (string, inbound.Caller) {
	w.t.Helper()
	result, err := w.login(phone, password)
	require.NoError(w.t, err)
	caller, err := w.authorize(result.Token, inbound.ChangeOwnPassword)
	require.NoError(w.t, err)
	return result.Token, caller
}

func (w *world) authorize(token string, to inbound.Action) (inbound.Caller, error) {
	return w.Authorize(context.Background(), inbound.AuthorizeCommand{Token: token, To: to})
}

func (w *world) events(id doctor.ID) (types []doctor.EventType) {
	for _, e := range w.store.History(id) {
		types = append(types, e.Type)
	}
	return types
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// plainHasher counts what a real one would spend.
type plainHasher struct {
	mu       sync.Mutex
	verified int
	hashed   int
	current  string // the prefix of new hashes
	during   func() // happens while a password is being checked
}

func (h *plainHasher) Hash(_ context.Context, p doctor.Password) (doctor.Credential, error) {
	h.mu.Lock()
	h.hashed++
	h.mu.Unlock()
	return doctor.CredentialOf(h.current + p.Reveal()), nil
}

func (h *plainHasher) Verify(_ context.Context, p doctor.Password, c doctor.Credential) (outbound.Verdict, error) {
	h.mu.Lock()
	h.verified++
	during := h.during
	h.mu.Unlock()
	if during != nil {
		during()
	}
	prefix, plain, _ := strings.Cut(c.PHC(), ":")
	return outbound.Verdict{Match: plain == p.Reveal() && plain != "", Outdated: prefix+":" != h.current}, nil
}

// openTokens keeps the claims and gives a handle.
type openTokens struct {
	clock  outbound.Clock
	mu     sync.Mutex
	issued []outbound.Claims
}

func (o *openTokens) Issue(c outbound.Claims) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.issued = append(o.issued, c)
	return strings.Repeat("t", len(o.issued)), nil
}

func (o *openTokens) Verify(token string) (outbound.Claims, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := len(token); n == 0 || n > len(o.issued) || strings.Trim(token, "t") != "" {
		return outbound.Claims{}, outbound.ErrTokenInvalid
	}
	claims := o.issued[len(token)-1]
	if !o.clock().Before(claims.Expires) {
		return claims, outbound.ErrTokenExpired
	}
	return claims, nil
}

// faultyStore is the memory storage with a plug to pull, and a count of what is asked.
type faultyStore struct {
	*memory.Store
	mu      sync.Mutex
	down    bool
	lookups int
	reads   int
}

func (s *faultyStore) pull(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *faultyStore) Lookup(ctx context.Context, id doctor.ID, j doctor.SessionID) ([]outbound.Revocation, error) {
	s.mu.Lock()
	s.lookups++
	down := s.down
	s.mu.Unlock()
	if down {
		return nil, outbound.ErrUnavailable
	}
	return s.Store.Lookup(ctx, id, j)
}

func (s *faultyStore) Get(ctx context.Context, id doctor.ID) (*doctor.Doctor, error) {
	s.mu.Lock()
	s.reads++
	s.mu.Unlock()
	return s.Store.Get(ctx, id)
}

func (s *faultyStore) Revoke(ctx context.Context, j doctor.SessionID, at time.Time, e doctor.Event) error {
	s.mu.Lock()
	down := s.down
	s.mu.Unlock()
	if down {
		return outbound.ErrUnavailable
	}
	return s.Store.Revoke(ctx, j, at, e)
}

// spelt knows the characters that these tests use.
func spelt(name string) []string {
	syllables := map[rune]string{'王': "wang", '小': "xiao", '明': "ming", '单': "shan", '雄': "xiong", '信': "xin"}
	var out []string
	for _, r := range name {
		out = append(out, syllables[r])
	}
	return out
}

type silent struct{}

func (silent) Report(context.Context, outbound.Level, string, ...outbound.Detail) {}
