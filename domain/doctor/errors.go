package doctor

import (
	"errors"
	"fmt"
)

// What can stand in the way of a change, told apart with errors.Is.
var (
	ErrNotFound             = errors.New("no such doctor")
	ErrPhoneTaken           = errors.New("the phone is already registered")
	ErrStaffNumberTaken     = errors.New("the staff number is already taken in that hospital")
	ErrLastAdministrator    = errors.New("no active administrator would remain")
	ErrAdministratorExists  = errors.New("there is an administrator already")
	ErrWrongCredentials     = errors.New("wrong phone or password")
	ErrDisabled             = errors.New("the account is disabled")
	ErrPasswordChangeNeeded = errors.New("the password was reset and must be changed first")
	ErrLoginTooOld          = errors.New("the login is too old for this change")
	ErrVersionMismatch      = errors.New("the doctor has changed meanwhile")
)

// Rule names what a field must be. Reasons shown to people are made of the rule and, where it counts, its bounds.
type Rule string

// The rules of this package's values.
const (
	RuleRequired         Rule = "required"
	RuleLength           Rule = "length" // Min to Max characters
	RulePhone            Rule = "phone"
	RuleNameCharacters   Rule = "name_characters"
	RuleNameLetter       Rule = "name_letter"
	RuleNoControl        Rule = "no_control"
	RuleGender           Rule = "gender"
	RuleRole             Rule = "role"
	RuleDate             Rule = "date"
	RuleDateRange        Rule = "date_range"
	RuleReference        Rule = "reference"
	RuleStaffNumber      Rule = "staff_number"
	RuleURL              Rule = "url"
	RuleStatus           Rule = "status"
	RuleKeyword          Rule = "keyword" // a letter or digit
	RulePasswordCommon   Rule = "password_common"
	RulePasswordPersonal Rule = "password_personal"
	RulePasswordRepeated Rule = "password_repeated"
	RulePasswordSame     Rule = "password_same" // a password that was reset is not changed into itself
)

// Invalid says that a field breaks a rule. Several join with errors.Join and are told apart by Faults.
type Invalid struct {
	Field    string
	Rule     Rule
	Min, Max int // bounds of RuleLength
}

func (e Invalid) Error() string {
	if e.Rule == RuleLength {
		return fmt.Sprintf("%s: must be %d to %d characters long", e.Field, e.Min, e.Max)
	}
	return fmt.Sprintf("%s: breaks the rule %q", e.Field, e.Rule)
}

// Faults lists every Invalid in err, in order; nil when there is none.
func Faults(err error) []Invalid {
	switch e := err.(type) { //nolint:errorlint // the tree is walked by hand, to find all and not only the first
	case Invalid:
		return []Invalid{e}
	case interface{ Unwrap() []error }:
		var all []Invalid
		for _, one := range e.Unwrap() {
			all = append(all, Faults(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return Faults(e.Unwrap())
	}
	return nil
}
