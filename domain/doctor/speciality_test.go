package doctor_test

import (
	"strings"
	"testing"

	"hospital.example/doctor-service/domain/doctor"
)

func TestSpecialityMayHaveLines(t *testing.T) {
	mustRead(t, doctor.ParseSpeciality, []reading{
		{"one character", "心", "心"},
		{"lines and tabs", "心脏\n\t瓣膜\r\n冠脉", "心脏\n\t瓣膜\r\n冠脉"},
		{"blanks around", "\n 心脏 \n", "心脏"},
		{"composed", "cafe\u0301", "café"},
		{"five hundred characters", strings.Repeat("𠮷", 500), strings.Repeat("𠮷", 500)},
	})
	mustRefuse(t, doctor.ParseSpeciality, doctor.FieldSpeciality, []refusal{
		{"empty", "", doctor.RuleLength},
		{"blank lines", "\n\r\n", doctor.RuleLength},
		{"five hundred and one characters", strings.Repeat("心", 501), doctor.RuleLength},
		{"NUL", "心\x00脏", doctor.RuleNoControl},
		{"escape", "心\x1b[31m脏", doctor.RuleNoControl},
		{"vertical tab", "心\v脏", doctor.RuleNoControl},
		{"delete", "心\x7f脏", doctor.RuleNoControl},
		{"C1 control", "心\u009b脏", doctor.RuleNoControl},
		{"no text", "心\xff脏", doctor.RuleNoControl},
	})
}

func FuzzSpeciality(f *testing.F) {
	fuzzReader(f, doctor.ParseSpeciality, doctor.FieldSpeciality, 500, "\n\r\t", "心脏\n瓣膜", "a\r\nb")
}
