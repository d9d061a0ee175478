package postgres_test

import (
	"context"
	"sync/atomic"
	"testing"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/domain/doctor"
)

// What the store costs over what it stores: an Update is two round trips and five rows in six indexes, the bare loops
// write a row and an event in one statement and in a transaction of four.

const benchDoctors = 200

func BenchmarkGet(b *testing.B) {
	s := open(b, postgrestest.Database(b))
	ids := make([]doctor.ID, benchDoctors)
	for i := range ids {
		ids[i] = add(b, s, i)
	}
	inParallel(b, func(n int64) error {
		_, err := s.Get(context.Background(), ids[n%benchDoctors])
		return err
	})
}

func BenchmarkUpdate(b *testing.B) {
	s := open(b, postgrestest.Database(b))
	ids := make([]doctor.ID, benchDoctors)
	for i := range ids {
		ids[i] = add(b, s, i)
	}
	inParallel(b, func(n int64) error {
		_, err := s.Update(context.Background(), ids[n%benchDoctors], rename)
		return err
	})
}

// rename changes the profile, back and forth.
func rename(d *doctor.Doctor) error {
	to := "王小明"
	if d.Profile().Name.String() == to {
		to = "王大明"
	}
	name, err := doctor.ParseName(to)
	if err != nil {
		return err
	}
	d.ChangeProfile(doctor.ProfileEdit{Name: name}, doctor.SessionID{}, occasion())
	return nil
}

const bare = `CREATE TABLE state (id bigint PRIMARY KEY, n bigint NOT NULL);
	CREATE TABLE history (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state bigint NOT NULL, what text NOT NULL);
	INSERT INTO state SELECT n, 0 FROM generate_series(0, 199) n`

func BenchmarkBareStatement(b *testing.B) {
	db := postgrestest.Open(b, postgrestest.Empty(b))
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	if _, err := db.Exec(bare); err != nil {
		b.Fatal(err)
	}
	both, err := db.Prepare(`WITH moved AS (UPDATE state SET n = n + 1 WHERE id = $1 RETURNING id)
		INSERT INTO history (state, what) SELECT id, 'moved' FROM moved`)
	if err != nil {
		b.Fatal(err)
	}
	inParallel(b, func(n int64) error {
		_, err := both.Exec(n % benchDoctors)
		return err
	})
}

func BenchmarkBareTransaction(b *testing.B) {
	db := postgrestest.Open(b, postgrestest.Empty(b))
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	if _, err := db.Exec(bare); err != nil {
		b.Fatal(err)
	}
	update, err := db.Prepare(`UPDATE state SET n = n + 1 WHERE id = $1`)
	if err != nil {
		b.Fatal(err)
	}
	insert, err := db.Prepare(`INSERT INTO history (state, what) VALUES ($1, 'moved')`)
	if err != nil {
		b.Fatal(err)
	}
	inParallel(b, func(n int64) error {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		if _, err = tx.Stmt(update).Exec(n % benchDoctors); err == nil {
			_, err = tx.Stmt(insert).Exec(n % benchDoctors)
		}
		if err != nil {
			_ = tx.Rollback()
			return err
		}
		return tx.Commit()
	})
}

// inParallel runs what sixteen callers do at once.
func inParallel(b *testing.B, does func(n int64) error) {
	b.Helper()
	var n atomic.Int64
	b.SetParallelism(8) // times two processors or more
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := does(n.Add(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
