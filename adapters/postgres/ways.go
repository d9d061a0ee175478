package postgres

import (
	"fmt"

	"github.com/lib/pq"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// A way leads through doctors in the order of their ids: all of them, those of one hospital, those with a key. A step
// goes no further than the next so many; which of them fit the whole query is seen at their rows.
//
//	id > $1, by an index in its order  →  at most stride ids  →  their rows, as long as the page is not full
//
// Steps are as short as they are however a value is spread, and the planner, which does not know that, has no choice:
// pairs such as (hospital_id, id) can be read in their order from one index alone.
type way struct {
	query string
	own   func(outbound.Query) any // $8, if it has one
}

// stride is how far a step goes.
const stride = 1000

var (
	byID         = along(`SELECT id FROM doctors WHERE id > $1 ORDER BY id`)
	byHospital   = along(sharing("hospital_id", 3))
	byDepartment = along(sharing("department_id", 4))
	byRank       = along(sharing("position_rank", 5))
	byStatus     = along(sharing("status", 6))

	// $8 are the ids.
	byIDs = along(`SELECT DISTINCT id FROM unnest($8::bigint[]) AS id WHERE id > $1 ORDER BY id`)

	// From band to band, until there are enough; $8 is where the keys that begin with the keyword end.
	byKeyword = along(fmt.Sprintf(`
		WITH RECURSIVE walk AS (
			SELECT %s - 1 AS band, '{}'::bigint[] AS ids, 0 AS seen
			UNION ALL
			SELECT next.band, here.ids, walk.seen + cardinality(here.ids)
			FROM walk, LATERAL (
				SELECT band FROM doctor_keys WHERE doctor_keys.band > walk.band ORDER BY doctor_keys.band LIMIT 1
			) next, LATERAL (
				SELECT ARRAY(SELECT DISTINCT doctor_id FROM doctor_keys
					WHERE band = next.band AND key >= $7 AND key < $8 AND doctor_id > $1
					ORDER BY doctor_id LIMIT %d) AS ids
				OFFSET 0 -- else they are gathered twice, to be counted as well
			) here
			WHERE walk.seen < %[2]d
		)
		SELECT unnest(ids) AS id FROM walk ORDER BY id`, bandOf("$1::bigint"), stride))
)

// sharing leads through doctors that have a value in a column, $p.
func sharing(column string, p int) string {
	return fmt.Sprintf(`SELECT id FROM doctors WHERE (%s, id) > ($%d, $1) AND %[1]s <= $%[2]d ORDER BY %[1]s, id`, column, p)
}

// along is a step along a way: $1 the id behind which it begins, $2 how many doctors it may bring, $3 … $7 the hospital,
// the department, the rank, the status and the keyword, null: whichever. The last row also tells how far the step went.
func along(ids string) string {
	return fmt.Sprintf(`
	SELECT seen.id AS place, nth, %s
	FROM (
		SELECT id, row_number() OVER (ORDER BY id) AS nth FROM (%s LIMIT %d) step
	) seen LEFT JOIN LATERAL (
		SELECT %[1]s FROM doctors
		WHERE doctors.id = seen.id
			AND ($3::bigint IS NULL OR hospital_id = $3)
			AND ($4::bigint IS NULL OR department_id = $4)
			AND ($5::text IS NULL OR position_rank = $5)
			AND ($6::text IS NULL OR status = $6)
			AND ($7::text IS NULL OR strpos(E'\n' || search_keys, E'\n' || $7) > 0)
		LIMIT 1
	) doctors ON true
	WHERE doctors.id IS NOT NULL OR nth = %[3]d
	ORDER BY seen.id LIMIT $2`, doctorColumns, ids, stride)
}

// waysTo are the ways to what is looked for.
func waysTo(q outbound.Query) (ways []way) {
	if q.IDs != nil {
		return []way{{byIDs, func(q outbound.Query) any { return pq.Array(numbers(q.IDs)) }}}
	}
	for _, w := range []struct {
		asked bool
		way   way
	}{
		{q.DepartmentID != doctor.Reference{}, way{query: byDepartment}},
		{q.HospitalID != doctor.Reference{}, way{query: byHospital}},
		{!q.Keyword.IsZero(), way{byKeyword, func(q outbound.Query) any { return beyond(q.Keyword.String()) }}},
		{q.PositionRank != doctor.PositionRank{}, way{query: byRank}},
		{q.Status != doctor.Status{}, way{query: byStatus}},
	} {
		if w.asked {
			ways = append(ways, w.way)
		}
	}
	if ways == nil {
		return []way{{query: byID}}
	}
	return ways
}

func numbers(ids []doctor.ID) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}
