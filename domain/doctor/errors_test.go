package doctor_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"hospital.example/doctor-service/domain/doctor"
)

func TestFaultsAreFoundInOrderWhereverTheyStand(t *testing.T) {
	phone := doctor.Invalid{Field: "phone", Rule: doctor.RulePhone}
	name := doctor.Invalid{Field: "name", Rule: doctor.RuleLength, Min: 1, Max: 50}
	date := doctor.Invalid{Field: "birth_date", Rule: doctor.RuleDate}
	for why, c := range map[string]struct {
		err  error
		want []doctor.Invalid
	}{
		"none":              {nil, nil},
		"another error":     {doctor.ErrNotFound, nil},
		"one":               {phone, []doctor.Invalid{phone}},
		"wrapped":           {fmt.Errorf("form: %w", phone), []doctor.Invalid{phone}},
		"joined":            {errors.Join(phone, name, date), []doctor.Invalid{phone, name, date}},
		"joined, backwards": {errors.Join(date, name, phone), []doctor.Invalid{date, name, phone}},
		"twice":             {errors.Join(name, name), []doctor.Invalid{name, name}},
		"nested": {
			fmt.Errorf("form: %w", errors.Join(errors.Join(nil, phone), fmt.Errorf("again: %w", errors.Join(name, date)))),
			[]doctor.Invalid{phone, name, date},
		},
		"wrapped several":     {fmt.Errorf("%w and %w", name, phone), []doctor.Invalid{name, phone}},
		"among other errors":  {errors.Join(doctor.ErrNotFound, date, errors.New("x")), []doctor.Invalid{date}},
		"wrapper of nothing":  {hollow{}, nil},
		"joined with nothing": {errors.Join(nil, nil), nil},
	} {
		assert.Equal(t, c.want, doctor.Faults(c.err), why)
	}
}

type hollow struct{}

func (hollow) Error() string { return "hollow" }
func (hollow) Unwrap() error { return nil }

func TestInvalidSaysTheRuleAndNeverTheValue(t *testing.T) {
	assert.EqualError(t, doctor.Invalid{Field: "name", Rule: doctor.RuleLength, Min: 1, Max: 50},
		"name: must be 1 to 50 characters long")
	assert.EqualError(t, doctor.Invalid{Field: "phone", Rule: doctor.RulePhone}, `phone: breaks the rule "phone"`)
}
