package sqlite

import (
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// SQLite plans by the schema alone: where nobody has run ANALYZE, a million doctors and none have the same plans, and so
// have a keyword that many have and one that nobody has.

func TestStatementsFindTheirRowsByAnIndex(t *testing.T) {
	db := beside(t, migrated(t))
	for _, query := range append(slices.Clone(erasures),
		doctorByStaffNumber, selectEvents, selectBands, updateKeys, insertKeys, deleteKeys, insertEventValues, deleteCounters) {
		straight(t, plan(t, db, query), query)
	}
}

func TestFindIsLedByTheFilterThatFewestFit(t *testing.T) {
	s := opened(t, migrated(t))
	_, err := s.Add(t.Context(), newcomer(t, 1)) // is looked through, so that keys are asked as well
	require.NoError(t, err)
	keyword, err := doctor.ParseKeyword("wang")
	require.NoError(t, err)
	rank, err := doctor.ParsePositionRank("医师")
	require.NoError(t, err)

	all := outbound.Query{
		IDs: []doctor.ID{1}, HospitalID: reference(t, 1), DepartmentID: reference(t, 1), PositionRank: rank, Status: doctor.Disabled,
	}
	for _, step := range []struct {
		by   string
		drop func()
	}{
		{"INTEGER PRIMARY KEY (rowid=?)", func() { all.IDs = nil }},
		{"doctors_hospital (hospital_id=? AND rowid>?", func() { all.HospitalID = doctor.Reference{} }},
		{"doctors_department (department_id=? AND rowid>?", func() { all.DepartmentID = doctor.Reference{} }},
		{"doctors_position_rank (position_rank=? AND rowid>?", func() { all.PositionRank = doctor.PositionRank{} }},
		{"doctors_disabled (id>?", func() { all.Status = doctor.Active }},
		{"INTEGER PRIMARY KEY (rowid>?", func() { all.Status = doctor.Status{} }},
		{"INTEGER PRIMARY KEY (rowid>?", func() {}},
	} {
		for _, word := range []doctor.Keyword{{}, keyword} {
			q := all
			q.Keyword, q.Limit = word, 20
			for query, plan := range plans(t, s, q) {
				by := step.by
				if strings.Contains(query, withKeyIn) {
					by = "doctor_keys USING PRIMARY KEY (band=? AND key>? AND key<?)"
				}
				require.Contains(t, plan, by, query)
				straight(t, plan, query)
			}
		}
		step.drop()
	}
}

// plans are those of the statements that look for doctors as Find does.
func plans(t *testing.T, s *Store, q outbound.Query) map[string]string {
	t.Helper()
	plans := make(map[string]string)
	f := finding{in: &statements{on: s.reading}, q: q, through: 1}
	if q.Keyword.IsZero() {
		require.NoError(t, f.find(t.Context()))
	} else {
		_, err := f.lookThrough(t.Context())
		require.NoError(t, err)
		require.NoError(t, f.lookUpIn(t.Context(), 0, 0))
	}
	for query := range f.in.kept.Range {
		plans[query.(string)] = plan(t, s.reading, query.(string))
	}
	require.NoError(t, f.in.close())
	return plans
}

func plan(t *testing.T, db *sqlx.DB, query string) string {
	t.Helper()
	var steps []struct {
		ID, Parent, NotUsed int
		Detail              string
	}
	require.NoError(t, db.Select(&steps, "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...))
	var text strings.Builder
	for _, s := range steps {
		text.WriteString(s.Detail + "\n")
	}
	return text.String()
}

// straight proves that no table is read from end to end and nothing is sorted.
func straight(t *testing.T, plan, query string) {
	t.Helper()
	require.NotContains(t, plan, "TEMP B-TREE", query)
	for _, table := range []string{"doctor", "login_counters", "known_networks"} {
		require.NotContains(t, plan, "SCAN "+table, query)
	}
}
