package doctor

import "strconv"

// Reference is the id of a thing that another service owns: a hospital, a department.
type Reference struct{ n int64 }

// maxReference is the greatest integer that every JSON reader keeps exact.
const maxReference = 1<<53 - 1

// ParseReference reads an id from 1 to 2^53−1; field is the name it is told under.
func ParseReference(field string, n int64) (Reference, error) {
	if n < 1 || n > maxReference {
		return Reference{}, Invalid{Field: field, Rule: RuleReference}
	}
	return Reference{n}, nil
}

// Int64 is the id, 0 when not set.
func (r Reference) Int64() int64 { return r.n }

func (r Reference) String() string {
	if r.n == 0 {
		return ""
	}
	return strconv.FormatInt(r.n, 10)
}
