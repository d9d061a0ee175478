package doctor

// Status says whether a doctor may log in.
type Status struct{ v string }

// The two states of an account.
var (
	Active   = Status{"active"}
	Disabled = Status{"disabled"}
)

func (s Status) String() string { return s.v }

// ParseStatus reads a status.
func ParseStatus(v string) (Status, error) {
	if s, ok := statusOf(v); ok {
		return s, nil
	}
	return Status{}, Invalid{Field: FieldStatus, Rule: RuleStatus}
}

func statusOf(v string) (Status, bool) {
	s := Status{v}
	return s, s == Active || s == Disabled
}
