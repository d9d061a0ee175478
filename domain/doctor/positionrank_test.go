package doctor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

func TestEveryKnownRankIsARank(t *testing.T) {
	assert.Equal(t, []string{"主任医师", "副主任医师", "主治医师", "住院医师", "医师", "医士"}, doctor.KnownRanks)
	for _, known := range doctor.KnownRanks {
		rank, err := doctor.ParsePositionRank(known)
		require.NoError(t, err)
		assert.Equal(t, known, rank.String())
	}
}

func TestPositionRankIsFreeTextOfOneLine(t *testing.T) {
	mustRead(t, doctor.ParsePositionRank, []reading{
		{"unknown title", "Chief of Surgery (acting) 😀", "Chief of Surgery (acting) 😀"},
		{"blanks around", " 医师\n", "医师"},
		{"composed", "me\u0301decin", "médecin"},
		{"thirty-two characters", strings.Repeat("𠮷", 32), strings.Repeat("𠮷", 32)},
	})
	mustRefuse(t, doctor.ParsePositionRank, doctor.FieldPositionRank, []refusal{
		{"empty", "", doctor.RuleLength},
		{"blank", "\u3000", doctor.RuleLength},
		{"thirty-three characters", strings.Repeat("医", 33), doctor.RuleLength},
		{"line break", "主任\n医师", doctor.RuleNoControl},
		{"tab", "主任\t医师", doctor.RuleNoControl},
		{"NUL", "主任\x00医师", doctor.RuleNoControl},
		{"C1 control", "主任\u0085医师", doctor.RuleNoControl},
		{"no text", "主任\xff", doctor.RuleNoControl},
	})
}

func FuzzPositionRank(f *testing.F) {
	fuzzReader(f, doctor.ParsePositionRank, doctor.FieldPositionRank, 32, "", doctor.KnownRanks...)
}
