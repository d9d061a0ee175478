// Package wording says in words what is wrong with what people wrote, and why they were refused: to clients over HTTP, and
// to operators at the command line.
//
//	doctor.Invalid, doctor.ErrPhoneTaken, …  →  Of(err, Language)  →  手机号已注册
package wording

import (
	"errors"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
)

// Language is one that we speak.
type Language int

// The languages; the first is the default of clients.
const (
	Chinese Language = iota
	English
)

// Text says one thing in every Language.
type Text [2]string

// What the core refuses.
var (
	NoSuchDoctor      = Text{"没有此医生", "no such doctor"}
	Changed           = Text{"资料已被修改，请刷新后重试", "the profile has changed: please reload it"}
	PhoneTaken        = Text{"手机号已注册", "the phone number is already registered"}
	StaffNumberTaken  = Text{"该医院内此工号已被使用", "the staff number is already taken in that hospital"}
	LastAdministrator = Text{"至少要有一名启用的管理员", "at least one active administrator must remain"}
)

var refusals = []struct {
	err  error
	text Text
}{
	{doctor.ErrNotFound, NoSuchDoctor},
	{doctor.ErrVersionMismatch, Changed},
	{doctor.ErrPhoneTaken, PhoneTaken},
	{doctor.ErrStaffNumberTaken, StaffNumberTaken},
	{doctor.ErrLastAdministrator, LastAdministrator},
}

// Of puts an error into words, every fault of it one after the other. One that it does not know speaks for itself.
func Of(err error, l Language) string {
	if faults := doctor.Faults(err); faults != nil {
		said := make([]string, len(faults))
		for i, f := range faults {
			said[i] = Reason(f, l)
		}
		return strings.Join(said, Text{"；", "; "}[l])
	}
	for _, row := range refusals {
		if errors.Is(err, row.err) {
			return row.text[l]
		}
	}
	return err.Error()
}
