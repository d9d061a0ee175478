package doctor_test

import (
	"strings"
	"testing"

	"hospital.example/doctor-service/domain/doctor"
)

func TestStaffNumberKeepsLetterCase(t *testing.T) {
	mustRead(t, doctor.ParseStaffNumber, []reading{
		{"capitals", "DOC1", "DOC1"},
		{"small letters", "doc1", "doc1"},
		{"all signs", "A-1_b.2/C", "A-1_b.2/C"},
		{"leading zeros", "0007", "0007"},
		{"one character", "-", "-"},
		{"thirty-two characters", strings.Repeat("9", 32), strings.Repeat("9", 32)},
		{"blanks around", " 7\n", "7"},
	})
}

func TestStaffNumberRefusesOtherCharacters(t *testing.T) {
	mustRefuse(t, doctor.ParseStaffNumber, doctor.FieldInternalID, []refusal{
		{"empty", "", doctor.RuleLength},
		{"blank", "  ", doctor.RuleLength},
		{"thirty-three characters", strings.Repeat("9", 33), doctor.RuleLength},
		{"inner space", "A 1", doctor.RuleStaffNumber},
		{"inner line break", "A1\nB2", doctor.RuleStaffNumber},
		{"full-width", "Ａ１", doctor.RuleStaffNumber},
		{"Han", "内科1", doctor.RuleStaffNumber},
		{"accent", "É1", doctor.RuleStaffNumber},
		{"backslash", `A\1`, doctor.RuleStaffNumber},
		{"quote", "A'1", doctor.RuleStaffNumber},
		{"NUL", "A\x001", doctor.RuleStaffNumber},
		{"no text", "A\xff1", doctor.RuleStaffNumber},
	})
}

func FuzzStaffNumber(f *testing.F) {
	fuzzReader(f, doctor.ParseStaffNumber, doctor.FieldInternalID, 32, "", "DOC1", "A-1_b.2/C")
}
