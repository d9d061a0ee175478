package commonpasswords

import (
	"strings"
	"unicode/utf8"
)

// What the place and the people who work here are called. Attackers who know where they are begin with these words.
var ofThePlace = strings.NewReplacer(
	"hospital", "", "doctor", "", "medical", "", "clinic", "", "admin", "", "yiyuan", "", "yisheng", "", "daifu", "",
	"医院", "", "医生", "", "医师", "", "大夫", "", "诊所", "", "管理员", "",
)

// isOfThePlace finds such words with no more than a few characters around them: doctor123, 医院医院医院医院.
func isOfThePlace(p string) bool {
	const few = 4
	rest := ofThePlace.Replace(p)
	return len(rest) < len(p) && utf8.RuneCountInString(rest) < few
}
