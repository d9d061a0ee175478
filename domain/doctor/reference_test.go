package doctor_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

func TestReferenceIsAnIDThatEveryJSONReaderKeepsExact(t *testing.T) {
	for n, ok := range map[int64]bool{
		math.MinInt64: false, -1: false, 0: false,
		1: true, 42: true, 1<<53 - 1: true,
		1 << 53: false, math.MaxInt64: false,
	} {
		for _, field := range []string{doctor.FieldHospitalID, doctor.FieldDepartmentID} {
			r, err := doctor.ParseReference(field, n)
			if !ok {
				assert.Equal(t, doctor.Reference{}, r)
				refusedFor(t, err, field, doctor.RuleReference)
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, n, r.Int64())
			assert.Equal(t, strconv.FormatInt(n, 10), r.String())
		}
	}
}

func TestReferenceThatIsNotSetShowsNothing(t *testing.T) {
	assert.Equal(t, "", doctor.Reference{}.String())
	assert.Zero(t, doctor.Reference{}.Int64())
}

func FuzzReference(f *testing.F) {
	for _, n := range []int64{0, 1, -1, 1<<53 - 1, 1 << 53, math.MaxInt64, math.MinInt64} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		r, err := doctor.ParseReference(doctor.FieldHospitalID, n)
		require.Equal(t, n >= 1 && float64(n) <= 9007199254740991, err == nil)
		if err == nil {
			require.Equal(t, n, r.Int64())
		}
	})
}
