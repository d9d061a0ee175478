package doctor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
)

func TestThereAreTwoRoles(t *testing.T) {
	for raw, want := range map[string]doctor.Role{"doctor": doctor.Ordinary, "admin": doctor.Administrator} {
		role, err := doctor.ParseRole(raw)
		require.NoError(t, err)
		assert.Equal(t, want, role)
		assert.Equal(t, raw, role.String())
	}
	mustRefuse(t, doctor.ParseRole, doctor.FieldRole, []refusal{
		{"empty", "", doctor.RuleRole},
		{"capitals", "Admin", doctor.RuleRole},
		{"another", "root", doctor.RuleRole},
		{"blanks around", " admin", doctor.RuleRole},
		{"no text", "admin\xff", doctor.RuleRole},
	})
}

func TestThereAreTwoStatuses(t *testing.T) {
	for raw, want := range map[string]doctor.Status{"active": doctor.Active, "disabled": doctor.Disabled} {
		status, err := doctor.ParseStatus(raw)
		require.NoError(t, err)
		assert.Equal(t, want, status)
		assert.Equal(t, raw, status.String())
	}
	mustRefuse(t, doctor.ParseStatus, doctor.FieldStatus, []refusal{
		{"empty", "", doctor.RuleStatus},
		{"capitals", "Active", doctor.RuleStatus},
		{"another", "erased", doctor.RuleStatus},
		{"blanks around", "active ", doctor.RuleStatus},
		{"no text", "active\xff", doctor.RuleStatus},
	})
}

func FuzzStatus(f *testing.F) {
	fuzzReader(f, doctor.ParseStatus, doctor.FieldStatus, len("disabled"), "", "active", "disabled")
}

func FuzzRole(f *testing.F) {
	fuzzReader(f, doctor.ParseRole, doctor.FieldRole, len("doctor"), "", "doctor", "admin")
}
