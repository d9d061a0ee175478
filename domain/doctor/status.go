package doctor

// Status says whether a doctor may log in.
type Status struct{ v string }

// The two states of an account.
var (
	Active   = Status{"active"}
	Disabled = Status{"disabled"}
)

func (s Status) String() string { return s.v }

func statusOf(v string) (Status, bool) {
	s := Status{v}
	return s, s == Active || s == Disabled
}
