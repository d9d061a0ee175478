package doctor_test

import (
	"testing"

	"hospital.example/doctor-service/domain/doctor"
)

func TestGenderIsShownInChinese(t *testing.T) {
	mustRead(t, doctor.ParseGender, []reading{
		{"man", "男", "男"},
		{"woman", "女", "女"},
		{"unknown", "未知", "未知"},
		{"other", "其他", "其他"},
		{"man in English", "male", "男"},
		{"woman in English", "female", "女"},
		{"unknown in English", "unknown", "未知"},
		{"other in English", "other", "其他"},
		{"blanks around", " 女\n", "女"},
	})
}

func TestGenderRefusesCodesAndOtherWords(t *testing.T) {
	mustRefuse(t, doctor.ParseGender, doctor.FieldGender, []refusal{
		{"empty", "", doctor.RuleGender},
		{"zero", "0", doctor.RuleGender},
		{"one", "1", doctor.RuleGender},
		{"two", "2", doctor.RuleGender},
		{"nine", "9", doctor.RuleGender},
		{"letter", "M", doctor.RuleGender},
		{"capitals", "MALE", doctor.RuleGender},
		{"both", "男女", doctor.RuleGender},
		{"no text", "男\xff", doctor.RuleGender},
	})
}

func FuzzGender(f *testing.F) {
	fuzzReader(f, doctor.ParseGender, doctor.FieldGender, 2, "", "男", "female", "其他", "1")
}
