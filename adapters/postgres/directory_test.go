package postgres_test

import (
	"database/sql"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/postgres"
	"hospital.example/doctor-service/adapters/postgres/postgrestest"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// town has more doctors than a step goes and than several bands hold. Its staff list was sorted by name before it was
// imported, so that the commonest surname has a stretch of its own at the end; other things are spread, or rare.
const (
	townsfolk = 20_000
	town      = `
	INSERT INTO doctors (phone, name, role, status, must_change_password, version, generation, created_at, updated_at,
		hospital_id, department_id, position_rank, search_keys)
	SELECT n, n, 'doctor', CASE WHEN n % 100 = 0 THEN 'disabled' ELSE 'active' END, false, 1, 1, now(), now(),
		CASE WHEN n % 2 = 0 THEN 1 ELSE n / 300 + 2 END, NULLIF(n % 7, 0),
		CASE WHEN n % 4000 = 1 THEN '特聘专家' WHEN n % 3 = 0 THEN '医师' END,
		CASE WHEN n > 17 THEN concat_ws(E'\n', n, 'k' || n % 10, 'k' || n % 10 || 'x',
			CASE WHEN n > 12000 THEN '王' || n % 50 WHEN n % 1000 = 0 THEN '李' || n END) END
	FROM generate_series(1, 20000) n;
	INSERT INTO doctor_keys (band, key, doctor_id)
	SELECT id >> 12, key, id FROM doctors, unnest(string_to_array(search_keys, E'\n')) AS key;
	VACUUM ANALYZE`
)

// What a page should show, told by reading all doctors from end to end.
const everyoneWhoFits = `
	SELECT id FROM doctors
	WHERE ($1 = 0 OR hospital_id = $1) AND ($2 = 0 OR department_id = $2) AND ($3 = '' OR position_rank = $3)
		AND ($4 = '' OR status = $4) AND ($5 = '' OR E'\n' || search_keys LIKE E'%\n' || $5 || '%')
	ORDER BY id`

func TestWhateverIsLookedForEachDoctorThatFitsComesOnceInOrder(t *testing.T) {
	storage := postgrestest.Database(t)
	conn := one(t, storage)
	run(t, conn, strings.Split(town, ";")...)
	s := open(t, storage)
	chance := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		q := someQuery(t, chance)
		rows, err := conn.QueryContext(t.Context(), everyoneWhoFits, q.HospitalID.Int64(), q.DepartmentID.Int64(),
			q.PositionRank.String(), q.Status.String(), q.Keyword.String())
		require.NoError(t, err)
		wanted := idsOf(t, rows)
		if q.Limit < 100 && len(wanted) > 300 { // some pages at either end
			wanted = wanted[len(wanted)-300:]
			q.After = wanted[0] - 1
		}
		asked := q
		found := []doctor.ID{}
		for {
			page, err := s.Find(t.Context(), q)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Doctors), q.Limit)
			for _, d := range page.Doctors {
				found = append(found, d.ID())
			}
			if q.After = page.Next; q.After == 0 {
				break
			}
			require.Len(t, page.Doctors, q.Limit)
		}
		require.Equal(t, wanted, found, "%+v", asked)
	}
}

func someQuery(t *testing.T, chance *rand.Rand) (q outbound.Query) {
	t.Helper()
	q.Limit = []int{1 + chance.IntN(50), 999, 1000, 1001, townsfolk}[chance.IntN(5)]
	var err error
	if chance.IntN(2) == 0 {
		q.HospitalID, err = doctor.ParseReference(doctor.FieldHospitalID, 1+chance.Int64N(3))
		require.NoError(t, err)
	}
	if chance.IntN(3) == 0 {
		q.DepartmentID, err = doctor.ParseReference(doctor.FieldDepartmentID, 1+chance.Int64N(7))
		require.NoError(t, err)
	}
	if chance.IntN(3) == 0 {
		q.PositionRank, err = doctor.ParsePositionRank([]string{"特聘专家", "医师", "医士"}[chance.IntN(3)])
		require.NoError(t, err)
	}
	if chance.IntN(3) == 0 {
		q.Status = []doctor.Status{doctor.Active, doctor.Disabled}[chance.IntN(2)]
	}
	if chance.IntN(3) > 0 {
		words := []string{"王", "王3", "王33", "李", "k", "k3", "k3x", "1", "12", "123", "19999", "赵"}
		q.Keyword, err = doctor.ParseKeyword(words[chance.IntN(len(words))])
		require.NoError(t, err)
	}
	return q
}

func idsOf(t *testing.T, rows *sql.Rows) []doctor.ID {
	t.Helper()
	defer func() { require.NoError(t, rows.Close()) }()
	ids := []doctor.ID{}
	for rows.Next() {
		var id doctor.ID
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err())
	return ids
}

// Whether all who have it lie at the end, or everybody has it, or nobody: a step reads its stride, and ends with a band.
func TestAStepReadsAsLittleHoweverManyShareWhatIsLookedFor(t *testing.T) {
	conn := one(t, postgrestest.Database(t))
	run(t, conn, strings.Split(town, ";")...)
	run(t, conn, "SET plan_cache_mode = force_generic_plan")
	const (
		band, stride = 4096, 1000
		keys         = 2 // of one doctor begin with k
	)
	for name, asked := range map[string]struct {
		way, values string
		most        int
	}{
		"everybody":                         {"Find", "0, 51, NULL, NULL, NULL, NULL, NULL", stride + 51},
		"the largest hospital":              {"Find, hospital", "0, 51, 1, NULL, NULL, NULL, NULL", stride + 51},
		"nobody in the largest hospital":    {"Find, hospital", "0, 51, 1, NULL, NULL, NULL, '赵'", 2 * stride},
		"the active":                        {"Find, status", "0, 51, NULL, NULL, NULL, 'active', NULL", stride + 51},
		"a department":                      {"Find, department", "0, 51, NULL, 3, NULL, NULL, NULL", stride + 51},
		"a rank":                            {"Find, rank", "0, 51, NULL, NULL, '医师', NULL, NULL", stride + 51},
		"a surname that lies at the end":    {"Find, keyword", "0, 51, NULL, NULL, NULL, NULL, '王', '玌'", stride + band + 51 + 10},
		"nobody with it in that department": {"Find, keyword", "0, 51, NULL, 9, NULL, NULL, '王', '玌'", stride + band + stride + 10},
		"a key that everybody has":          {"Find, keyword", "0, 51, NULL, NULL, NULL, NULL, 'k', 'l'", keys*band + 51 + 10},
		"a key that is spread":              {"Find, keyword", "0, 51, NULL, NULL, NULL, NULL, 'k3', 'k4'", stride + band + 10},
		"a key that nobody has":             {"Find, keyword", "0, 51, NULL, NULL, NULL, NULL, '赵', '赶'", 10},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, conn, "PREPARE q AS "+postgres.Queries[asked.way])
			defer run(t, conn, "DEALLOCATE q")
			var plans []struct{ Plan node }
			require.NoError(t, json.Unmarshal(
				[]byte(explain(t, conn, "(ANALYZE, FORMAT JSON) EXECUTE q("+asked.values+")")), &plans))
			read := plans[0].Plan.read()
			require.Positive(t, read)
			require.LessOrEqual(t, read, asked.most)
		})
	}
}

// node is a part of a plan that was carried out.
type node struct {
	Relation string  `json:"Relation Name"`
	Rows     float64 `json:"Actual Rows"`
	Removed  float64 `json:"Rows Removed by Filter"`
	Loops    float64 `json:"Actual Loops"`
	Plans    []node  `json:"Plans"`
}

// read is how many rows of tables it looked at.
func (n node) read() (rows int) {
	if n.Relation != "" {
		rows = int((n.Rows + n.Removed) * n.Loops)
	}
	for _, part := range n.Plans {
		rows += part.read()
	}
	return rows
}

func TestAKeywordHasTheKeysThatBeginWithItAndNoOthers(t *testing.T) {
	keywords := []string{
		"a", "ab", "abc", "b", "z", "zz", "1", "13", "王", "王小", "玌", "\uD7FF", "\uE000", "\uFFFD", "\U00010000", "\U0010FFFE",
		"a\u007F", "a\u0080",
	}
	keys := append([]string{"a\U0010FFFF", "王\U0010FFFF王"}, keywords...)
	for _, keyword := range keywords {
		end := postgres.Beyond(keyword)
		for _, key := range keys {
			require.Equal(t, strings.HasPrefix(key, keyword), keyword <= key && key < end, "%q begins with %q", key, keyword)
		}
	}
}
