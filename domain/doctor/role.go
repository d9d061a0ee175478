package doctor

// Role says what a doctor may do here.
type Role struct{ v string }

// The two roles.
var (
	Ordinary      = Role{"doctor"}
	Administrator = Role{"admin"}
)

func (r Role) String() string { return r.v }

// ParseRole reads a role.
func ParseRole(s string) (Role, error) {
	if r, ok := roleOf(s); ok {
		return r, nil
	}
	return Role{}, Invalid{Field: FieldRole, Rule: RuleRole}
}

func roleOf(s string) (Role, bool) {
	r := Role{s}
	return r, r == Ordinary || r == Administrator
}
