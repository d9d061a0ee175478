package postgres_test

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

func limit(kind, n byte, most int) outbound.Limit {
	return outbound.Limit{Key: [16]byte{kind, n}, Max: most, Window: time.Hour}
}

// Guesses over many accounts from one network meet in the source's counter, after each has counted its own account: what
// the source refuses must leave the account uncounted too.
func TestASprayOverAccountsIsCountedExactly(t *testing.T) {
	const guesses, most = 60, 7
	storage := postgrestest.Database(t)
	s := open(t, storage)
	id := add(t, s, 1)
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		counted int
	)
	for i := range guesses {
		running.Go(func() {
			wait, err := s.Conclude(context.Background(), outbound.Attempt{
				Account: limit('a', byte(i%20), 1000), Source: limit('s', 0, most), Everywhere: limit('e', byte(i%20), 1000),
			}, outbound.Outcome{Events: []doctor.Event{logout(t, id)}})
			if err != nil {
				t.Error(err)
			}
			if wait == 0 {
				mu.Lock()
				counted++
				mu.Unlock()
			}
		})
	}
	running.Wait()
	failures := func(kind string) (n int) {
		err := postgrestest.Open(t, storage).
			QueryRow(`SELECT sum(count) FROM counters WHERE get_byte(key, 0) = ascii($1)`, kind).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	here, everywhere, stored := failures("a"), failures("e"), len(events(t, storage, id))-1
	if counted != most || here != most || everywhere != most || stored != most {
		t.Errorf("%d guesses passed, %d and %d are counted on accounts, %d have events; want %d",
			counted, here, everywhere, stored, most)
	}
}

// Right and wrong outcomes of the same and of other accounts take the same locks in the same order.
func TestOutcomesThatMeetNeverBlockEachOtherForGood(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Fleeting)
	s := open(t, migrated(t, c))
	id := add(t, s, 1)
	var running sync.WaitGroup
	for range 16 {
		running.Go(func() {
			for range 60 {
				attempt := outbound.Attempt{
					Account: limit('a', rand.N[byte](3), 1000), Source: limit('s', rand.N[byte](2), 1000),
					Everywhere: limit('e', rand.N[byte](2), 100), Network: [16]byte{rand.N[byte](2)},
				}
				outcome := outbound.Outcome{Doctor: id, Spared: rand.N(2) == 0, Events: []doctor.Event{logout(t, id)}}
				if rand.N(2) == 0 {
					outcome.Right, outcome.LoginAt, outcome.Remember = true, time.Now(), time.Hour
				}
				if _, err := s.Conclude(context.Background(), attempt, outcome); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	if log := c.Log(t); strings.Contains(log, "deadlock detected") {
		t.Errorf("the server had to part them:\n%s", log)
	}
}

// A stale picture of the last login or the hash, loaded before a login, does not undo it.
func TestAnUpdateLeavesALoginInBetweenAlone(t *testing.T) {
	s := open(t, postgrestest.Database(t))
	id := add(t, s, 1)
	loaded, err := s.Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().UTC().Truncate(time.Microsecond)
	rehashed := doctor.CredentialOf("$new")
	stored, err := s.Update(context.Background(), id, func(d *doctor.Doctor) error { // a change that does I/O, for once
		_, err := s.Conclude(context.Background(), outbound.Attempt{}, outbound.Outcome{
			Right: true, Doctor: id, LoginAt: at,
			Rehash: &outbound.Rehash{Old: loaded.Credential(), New: rehashed},
		})
		d.Disable(occasion())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	now, err := s.Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*doctor.Doctor{"stored": stored, "loaded": now} {
		isRehashed := d.Credential().PHC() == rehashed.PHC()
		if !d.LastLoginAt().Equal(at) || !isRehashed || d.Status() != doctor.Disabled {
			t.Errorf("%s: last login %s, status %s, rehashed %t", name, d.LastLoginAt(), d.Status(), isRehashed)
		}
	}
}

// A right outcome that had to wait for one lock is judged by the other counters as they are then, not as they were before.
func TestARightOutcomeIsJudgedByWhatTheCountersAreWhenItDecides(t *testing.T) {
	attempt := func(n byte) outbound.Attempt {
		return outbound.Attempt{
			Account: limit('a', n, 1000), Source: limit('s', n, 2), Everywhere: limit('e', n, 2), Network: [16]byte{1},
		}
	}
	for name, meet := range map[string]func(other *outbound.Attempt){
		"source":     func(other *outbound.Attempt) { other.Source = attempt(0).Source },
		"everywhere": func(other *outbound.Attempt) { other.Everywhere = attempt(0).Everywhere },
	} {
		t.Run(name, func(t *testing.T) {
			other := attempt(1)
			meet(&other)
			isJudgedLate(t, attempt(0), other)
		})
	}
}

// isJudgedLate holds up a right outcome until a failure elsewhere has begun a wait that it must see.
func isJudgedLate(t *testing.T, attempt, elsewhere outbound.Attempt) {
	t.Helper()
	storage := postgrestest.Database(t)
	s := open(t, storage)
	fail := func(a outbound.Attempt) {
		t.Helper()
		if wait, err := s.Conclude(context.Background(), a, outbound.Outcome{}); wait != 0 || err != nil {
			t.Fatal(wait, err)
		}
	}
	fail(attempt)
	db := postgrestest.Open(t, storage)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec(`SELECT FROM counters WHERE key = $1 FOR UPDATE`, attempt.Account.Key[:]); err != nil {
		t.Fatal(err)
	}
	type answer struct {
		wait time.Duration
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		wait, err := s.Conclude(context.Background(), attempt, outbound.Outcome{Right: true})
		answers <- answer{wait, err}
	}()
	untilBlocked(t, db)
	fail(elsewhere) // from here on both must wait
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if a := <-answers; a.err != nil || a.wait <= 0 {
		t.Errorf("it was let pass: wait %s, %v", a.wait, a.err)
	}
}

// untilBlocked waits until a statement waits for another one's lock.
func untilBlocked(t *testing.T, db *sql.DB) {
	t.Helper()
	for blocked, deadline := false, time.Now().Add(10*time.Second); !blocked; {
		err := db.QueryRow(`SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&blocked)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("nothing waits for the lock: %v", err)
		}
	}
}

func TestARoundOfTheFeedBringsWhatIsNewOnly(t *testing.T) {
	s := open(t, postgrestest.Database(t))
	id := add(t, s, 1)
	feed, err := s.Watch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = feed.Close() }()
	next := func() int {
		t.Helper()
		round, err := feed.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return len(round.Revocations)
	}
	for i := range 3 {
		err := s.Revoke(context.Background(), doctor.SessionID{byte(i + 1)}, time.Now().Add(time.Hour), logout(t, id))
		if err != nil {
			t.Fatal(err)
		}
		if next() == 0 {
			t.Fatal("the revocation did not come")
		}
		// It comes again as long as any transaction of the server is under way.
		for deadline := time.Now().Add(5 * time.Second); next() > 0; {
			if time.Now().After(deadline) {
				t.Fatal("old revocations come again and again")
			}
		}
	}
}

func TestAFeedBeginsWithAllThereIsHoweverMuchAndMissesNoLateCommit(t *testing.T) {
	storage := postgrestest.Database(t)
	s, db := open(t, storage), postgrestest.Open(t, storage)
	const revoke = `INSERT INTO revocations (session, expires_at)
		SELECT decode(md5(n::text), 'hex'), now() + interval '1 hour' FROM generate_series($1::int, $2::int) n`
	late, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.Exec(revoke, 0, 0); err != nil { // its number is the least of all
		t.Fatal(err)
	}
	const many = 25_000 // three pages
	if _, err := db.Exec(revoke, 1, many); err != nil {
		t.Fatal(err)
	}
	feed, err := s.Watch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = feed.Close() }()
	seen := map[doctor.SessionID]bool{}
	next := func() int {
		t.Helper()
		round, err := feed.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range round.Revocations {
			seen[r.Session] = true
		}
		return len(seen)
	}
	if n := next(); n != many {
		t.Fatalf("the feed begins with %d of %d", n, many)
	}
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := next(); n != many+1 {
		t.Errorf("after a late commit it has brought %d of %d", n, many+1)
	}
}
