package doctor

import "regexp"

// StaffNumber is a doctor's number inside a hospital; letter case matters.
type StaffNumber struct{ v string }

var staffNumber = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)

// ParseStaffNumber reads 1 to 32 of letters, digits, "-", "_", "." and "/".
func ParseStaffNumber(raw string) (StaffNumber, error) {
	s := canonical(raw)
	if err := checkLength(FieldInternalID, s, 1, 32); err != nil {
		return StaffNumber{}, err
	}
	if !staffNumber.MatchString(s) {
		return StaffNumber{}, Invalid{Field: FieldInternalID, Rule: RuleStaffNumber}
	}
	return StaffNumber{s}, nil
}

func (n StaffNumber) String() string { return n.v }
