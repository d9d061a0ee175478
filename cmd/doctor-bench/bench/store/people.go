package store

import (
	"fmt"
	"math/rand/v2"

	"hospital.example/doctor-service/domain/doctor"
)

// Person is an invented doctor. The n-th is always the same one.
type Person struct {
	Phone, Name, Gender, BirthDate                   string
	Hospital, Department                             int64
	StaffNumber, PositionRank, Speciality, AvatarURL string
	Status                                           string
}

var (
	ranks   = []string{"主任医师", "副主任医师", "主治医师", "住院医师", "医师", "医士"}
	fields  = []string{"冠心病介入治疗", "小儿呼吸", "骨关节置换", "肝胆外科", "神经内科", "糖尿病及其并发症", "产前诊断", "白内障", "肺结节", "中西医结合"}
	genders = []string{"男", "女"}
)

// A hospital has a few hundred doctors; some have left, and a title of honour is rare.
const (
	doctorsPerHospital = 300
	oneHasLeftOf       = 100
	oneIsHonouredOf    = 10_000
	Honour             = "特聘专家"
)

// Phones are spread over all numbers below reservedFrom as chance would do it: multiplying by a number that has no factor
// in common with how many there are gives each of them once.
const (
	lowestPhone  = 13_000_000_000
	reservedFrom = 19_900_000_000 // for who registers, and the administrator
	scatter      = 2_654_435_761
)

// PersonOf invents the n-th doctor.
func PersonOf(n int64) Person {
	chance := rand.New(rand.NewPCG(uint64(n), scatter)) //nolint:gosec // nothing is secret about the invented
	hospital := 1 + n/doctorsPerHospital
	p := Person{
		Phone:        PhoneOf(n),
		Name:         nameBy(chance),
		Gender:       pick(chance, genders),
		BirthDate:    fmt.Sprintf("%d-%02d-%02d", 1955+chance.IntN(45), 1+chance.IntN(12), 1+chance.IntN(28)),
		Hospital:     hospital,
		Department:   1 + chance.Int64N(40),
		StaffNumber:  fmt.Sprintf("DOC%08d", n),
		PositionRank: pick(chance, ranks),
		Speciality:   pick(chance, fields),
		AvatarURL:    fmt.Sprintf("https://files.example.com/avatars/%d/%d.jpg", hospital, n),
		Status:       doctor.Active.String(),
	}
	if chance.IntN(oneHasLeftOf) == 0 {
		p.Status = doctor.Disabled.String()
	}
	if chance.IntN(oneIsHonouredOf) == 0 {
		p.PositionRank = Honour
	}
	return p
}

// PhoneOf is the n-th doctor's phone.
func PhoneOf(n int64) string {
	return fmt.Sprint(lowestPhone + n*scatter%(reservedFrom-lowestPhone))
}

// Newcomers are phones of the reserved range, from somewhere in it on.
func Newcomers() func() string {
	const room = 99_999_999 // the first is the administrator's
	next := rand.IntN(room) //nolint:gosec // no secret
	return func() string {
		next = (next + 1) % room
		return fmt.Sprint(reservedFrom + 1 + next)
	}
}

// AdministratorPhone belongs to the administrator of a storage that the tool made.
const AdministratorPhone = "19900000000"

func pick[T any](chance *rand.Rand, from []T) T { return from[chance.IntN(len(from))] }
