package argon2

import (
	"errors"
	"fmt"
	"strings"
)

// Params is how much work a hash is.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes over the memory
	Threads uint32
}

// String is the form that settings and hashes have.
func (p Params) String() string { return fmt.Sprintf("m=%d,t=%d,p=%d", p.Memory, p.Time, p.Threads) }

// floor lists what OWASP asks for at least; the rows trade memory for time and rank equal.
var floor = []Params{
	{Memory: 47104, Time: 1, Threads: 1},
	{Memory: 19456, Time: 2, Threads: 1},
	{Memory: 12288, Time: 3, Threads: 1},
	{Memory: 9216, Time: 4, Threads: 1},
	{Memory: 7168, Time: 5, Threads: 1},
}

// ceiling bounds what one hash may cost, also one that comes from a damaged or hostile row: 256 MiB, and together with
// the passes about three seconds.
var ceiling = Params{Memory: 256 << 10, Time: 16, Threads: 16}

// ParseParams reads the parameters of new hashes, such as "m=19456,t=2,p=1".
func ParseParams(s string) (Params, error) {
	p, err := readParams(s)
	if err != nil {
		return Params{}, err
	}
	for _, row := range floor {
		if p.Memory >= row.Memory && p.Time >= row.Time {
			return p, nil
		}
	}
	rows := make([]string, len(floor))
	for i, row := range floor {
		rows[i] = row.String()
	}
	return Params{}, fmt.Errorf("%s is too weak, OWASP asks for at least one of %s", p, strings.Join(rows, "; "))
}

// readParams reads parameters that can be computed with, however weak: older hashes must still be checked. There is one
// spelling for each value, in this order.
func readParams(s string) (Params, error) {
	var p Params
	_, err := fmt.Sscanf(s, "m=%d,t=%d,p=%d", &p.Memory, &p.Time, &p.Threads)
	switch {
	case err != nil || p.String() != s:
		return Params{}, errors.New("must look like m=19456,t=2,p=1")
	case p.Memory > ceiling.Memory || p.Time > ceiling.Time || p.Threads > ceiling.Threads:
		return Params{}, fmt.Errorf("%s is too much, at most %s can be computed", p, ceiling)
	case p.Time < 1 || p.Threads < 1 || p.Memory < 8*p.Threads:
		return Params{}, fmt.Errorf("%s makes no hash: t and p are at least 1, m at least 8 times p", p)
	}
	return p, nil
}
