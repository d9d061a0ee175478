package sqlite

import (
	"encoding/json"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// conditions are what doctors must fulfil to be found. One of them at most leads to the doctors by an index; the others
// are then only checked, since whichever two of them SQLite would choose between, it knows nothing of how many fit which.
type conditions struct {
	terms []string
	args  []any
	led   bool
}

func (c *conditions) add(term string, args ...any) {
	c.terms = append(c.terms, term)
	c.args = append(c.args, args...)
}

// lead adds a condition that an index answers, unless there is one already.
func (c *conditions) lead(term string, args ...any) {
	if c.led {
		term = "+" + term // SQLite's way to say: not by an index
	}
	c.led = true
	c.add(term, args...)
}

// addFilters adds all of a query but its keyword, those first that fewer doctors fulfil.
func (c *conditions) addFilters(q outbound.Query) error {
	if q.IDs != nil {
		list, err := json.Marshal(q.IDs)
		if err != nil {
			return err
		}
		c.lead("id IN (SELECT value FROM json_each(?))", string(list))
	}
	if hospital := q.HospitalID.Int64(); hospital != 0 {
		c.lead("hospital_id = ?", hospital)
	}
	if department := q.DepartmentID.Int64(); department != 0 {
		c.lead("department_id = ?", department)
	}
	if rank := q.PositionRank.String(); rank != "" {
		c.lead("position_rank = ?", rank)
	}
	switch q.Status {
	case doctor.Status{}:
	case doctor.Disabled:
		c.lead("status = 'disabled'") // as the index of the few has it
	default:
		c.add("status = ?", q.Status.String())
	}
	return nil
}

// query asks for columns of so many doctors in the order of their ids. The last of its arguments is how many.
func (c *conditions) query(columns string, limit int) (query string, args []any) {
	query = "SELECT " + columns + " FROM doctors WHERE " + strings.Join(c.terms, " AND ") + " ORDER BY id LIMIT ?"
	return query, append(c.args[:len(c.args):len(c.args)], limit)
}
