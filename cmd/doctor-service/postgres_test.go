package main_test

import (
	"database/sql"
	"path"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres/postgrestest"
)

// over gives the settings of a service that reaches its Postgres over a relay.
func over(t *testing.T, environ []string) ([]string, *postgrestest.Relay) {
	t.Helper()
	relay, relayed := postgrestest.Between(t, (&service{environ: environ}).setting("DOCTOR_STORAGE"))
	return append(environ, "DOCTOR_STORAGE="+relayed), relay
}

func TestAPostgresThatDoesNotAnswerCostsA503EachAndSecondsInAll(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t, postgrestest.Fleeting)
	environ, relay := over(t, onCluster(t, cluster))
	around := start(t, environ...).traffic()
	for _, trouble := range []struct {
		what           string
		begins, passes func()
	}{
		{"it is restarted", func() { cluster.Stop(t) }, func() { cluster.Restart(t) }},
		{"it is frozen", func() { cluster.Freeze(t) }, func() { cluster.Thaw(t) }},
		{"the way to it forwards nothing", relay.Halt, relay.Resume},
		{"it takes too long", func() { relay.Delay(4 * time.Second) }, func() { relay.Delay(0) }},
	} {
		t.Log(trouble.what)
		trouble.begins()
		around.refuses()
		around.unready("revocations")
		around.unready("storage")
		trouble.passes()
		around.serves()
		around.ready()
	}
	around.end()
}

func TestAWayThatForwardsNothingLetsNobodyInWhoLoggedOutElsewhere(t *testing.T) {
	t.Parallel()
	environ := storage(t, "postgres")
	near := start(t, environ...)
	environ, relay := over(t, environ)
	far := start(t, environ...)
	p := near.person()
	there := p.on(far)
	accepted(t, there.get())
	relay.Halt()
	accepted(t, p.ask("POST", "/doctor/logout", ""))
	since := time.Now()
	unsure := 0
	far.await("unsure for a while", func() bool {
		asked := time.Now()
		a := there.get()
		if a.Status == 200 {
			require.Less(t, asked.Sub(since), withinASecond)
			return false
		}
		refused(t, 50300, a)
		unsure++
		return unsure == 3
	})
	relay.Resume()
	ended(t, there, since)
}

// A tenth of a second each way is the other end of a continent.
func TestASlowWayToPostgresIsServedOver(t *testing.T) {
	t.Parallel()
	environ := storage(t, "postgres")
	near := start(t, environ...)
	environ, relay := over(t, environ)
	far := start(t, environ...)
	around := far.traffic()
	relay.Delay(100 * time.Millisecond)
	around.serves()
	around.serves()
	for range 3 {
		p := near.person()
		accepted(t, p.on(far).get())
		accepted(t, p.ask("POST", "/doctor/logout", ""))
		ended(t, p.on(far), time.Now())
	}
	around.ready()
	around.end()
}

func TestConnectionsThatAreTerminatedAgainAndAgainCostSingleRequests(t *testing.T) {
	t.Parallel()
	s := start(t, storage(t, "postgres")...)
	around := s.traffic()
	before := around.counts()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for range 20 {
		<-again.C
		postgrestest.Cut(t, s.setting("DOCTOR_STORAGE"), "")
	}
	for what, served := range around.counts() {
		require.Greater(t, served, before[what], "between the cuts %s", what)
	}
	around.serves()
	around.ready()
	around.end()
}

func TestAPoolThatOthersLocksUseUpIsToldAndRecovers(t *testing.T) {
	t.Parallel()
	environ := storage(t, "postgres")
	url := (&service{environ: environ}).setting("DOCTOR_STORAGE")
	around := start(t, append(environ, "DOCTOR_STORAGE="+postgrestest.With(url, "pool", "2"))...).traffic()
	outsider, err := postgrestest.Open(t, url).Begin()
	require.NoError(t, err)
	defer func() { _ = outsider.Rollback() }()
	_, err = outsider.Exec("SELECT FROM doctors FOR UPDATE")
	require.NoError(t, err)
	around.refuses()
	require.NoError(t, outsider.Rollback())
	around.serves()
	around.end()
}

// As when others use up what max_connections allows; a role's own limit can be set while the server runs.
func TestAServerThatTakesNoMoreConnectionsIsToldAndRecovers(t *testing.T) {
	t.Parallel()
	owner := postgrestest.Empty(t)
	role, url := postgrestest.Role(t, owner, "secret")
	around := start(t, append(storage(t, "postgres"), "DOCTOR_STORAGE="+url, "DOCTOR_MIGRATE_STORAGE="+owner)...).traffic()
	db := postgrestest.Open(t, owner)
	limit := func(n string) {
		_, err := db.Exec("ALTER ROLE " + role + " CONNECTION LIMIT " + n)
		require.NoError(t, err)
	}
	limit("0")
	postgrestest.Cut(t, owner, "doctor-service")
	around.refuses()
	around.unready("revocations")
	around.unready("storage")
	limit("-1")
	around.serves()
	around.ready()
	around.end()
}

// The log of transactions lies elsewhere: without room for that one a Postgres stops altogether.
func TestAFullDiskOfPostgresStopsWritesAndNoReads(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t, postgrestest.Fleeting)
	environ := onCluster(t, cluster)
	url := (&service{environ: environ}).setting("DOCTOR_STORAGE")
	disk := postgrestest.NewDisk(t, 32)
	db := postgrestest.Open(t, cluster.URL())
	for _, statement := range []string{
		"COPY (SELECT) TO PROGRAM 'mkdir -m 700 " + disk.Folder + "/data; cat > /dev/null'",
		"CREATE TABLESPACE small LOCATION '" + disk.Folder + "/data'",
		"ALTER DATABASE " + path.Base(url) + " SET TABLESPACE small",
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	s := start(t, environ...)
	around := s.traffic()
	disk.Fill(t)
	around.refuses(writes...)
	around.serves(aRead, aGoneToken)
	disk.Free(t)
	around.serves()
	around.ready()
	around.end()
	database(t, s, func(db *sql.DB) { whole(t, db) })
}
