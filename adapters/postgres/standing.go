package postgres

import (
	"fmt"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// A doctor's standing is its role, its status and its sessions.

// standing are the parts of a statement that count administrators and end sessions, of the doctor that is the row of
// gate, by five parameters from $p on.
func standing(gate string, p int) string {
	total, active := fmt.Sprintf("$%d", p), fmt.Sprintf("$%d", p+1)
	return fmt.Sprintf(`counted AS (
		UPDATE administrators SET %s FROM %s WHERE %s <> 0 OR %s <> 0
	), ended AS (
		INSERT INTO revocations (doctor_id, generation, session, expires_at)
		SELECT id, $%[5]d, $%[6]d, clock_timestamp() + $%[7]d::bigint * interval '1 microsecond' FROM %[2]s
		WHERE $%[5]d::bigint <> 0
	), `, countAdministrators(total, active), gate, total, active, p+2, p+3, p+4)
}

// standingValues are the parameters of standing. The zero after is a doctor that is no more.
func standingValues(before, after doctor.Snapshot, left *doctor.SessionsEnded) []any {
	totalBefore, activeBefore := administrators(before)
	total, active := administrators(after)
	ended := doctor.SessionsEnded{}
	if left != nil {
		ended = *left
	}
	return []any{
		total - totalBefore, active - activeBefore,
		ended.Generation, sessionBytes(ended.Except), outbound.GenerationKept.Microseconds(),
	}
}

// countAdministrators sets the two numbers. The one of active administrators stays null as long as there was none.
func countAdministrators(total, active string) string {
	return `total = total + ` + total + `::bigint, active = CASE ` + active + `::bigint
		WHEN 0 THEN active ELSE coalesce(active, 0) + ` + active + `::bigint END`
}

// administrators counts one doctor.
func administrators(s doctor.Snapshot) (total, active int64) {
	if s.Role != doctor.Administrator.String() {
		return 0, 0
	}
	if s.Status != doctor.Active.String() {
		return 1, 0
	}
	return 1, 1
}

// sessionBytes is a session as it is kept; the zero session is none.
func sessionBytes(id doctor.SessionID) []byte {
	if id.IsZero() {
		return nil
	}
	return id[:]
}
