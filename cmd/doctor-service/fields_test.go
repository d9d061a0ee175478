package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rareHan are characters beyond the basic plane: four bytes in UTF-8, two units in UTF-16, one character.
const rareHan = "𠮷𪚥"

// field says what of a field is taken, and as what it is shown, and what is refused. Values are JSON.
type field struct {
	name    string
	taken   map[string]any
	refused []string
}

var fields = []field{
	{
		name: "name",
		taken: map[string]any{
			`"王"`: "王", `" 王 小明 "`: "王 小明", `"José O'Brien-Smith Jr."`: "José O'Brien-Smith Jr.", `"D’Arcy"`: "D’Arcy",
			`"买买提·艾力"`: "买买提·艾力", `"买买提•艾力"`: "买买提·艾力", `"买买提・艾力"`: "买买提·艾力", `"` + rareHan + `"`: rareHan,
			`"李雷2"`: "李雷2", `"Jose\u0301"`: "José", `"Ёлкина"`: "Ёлкина", `"علي"`: "علي", `"नेहा"`: "नेहा",
			many("𠮷", 50): strings.Repeat("𠮷", 50), many("王", 50): strings.Repeat("王", 50), `"  ` + strings.Repeat("王", 50) + ` "`: strings.Repeat("王", 50),
		},
		refused: []string{
			`""`, `" "`, `null`, `5`, `true`, `["王"]`, `{}`, many("王", 51), many("𠮷", 51), `"123"`, `"·"`, `"..."`, `"\u0301"`, `"王\u0000"`, `"王\n明"`,
			`"王\t明"`, `"王\u200b明"`, `"王\u202e明"`, `"王\ufeff"`, `"王\ue000"`, `"王<b>"`, `"王@明"`, `"王,明"`, `"王_明"`, `"王/明"`, `"王\\明"`,
			`"王\"明"`, `"😀王"`, `"王；明"`, `"\u3164"`,
		},
	},
	{
		name: "gender",
		taken: map[string]any{
			`"男"`: "男", `"女"`: "女", `"未知"`: "未知", `"其他"`: "其他", `"male"`: "男", `"female"`: "女", `"unknown"`: "未知", `"other"`: "其他",
		},
		refused: []string{`"1"`, `"2"`, `"0"`, `1`, `true`, `"M"`, `"男性"`, `"man"`, `["男"]`, `{}`},
	},
	{
		name: "birth_date",
		taken: map[string]any{
			`"1900-01-01"`: "1900-01-01", `"1980-05-15"`: "1980-05-15", `"2000-02-29"`: "2000-02-29",
			`"` + inShanghai(0) + `"`: inShanghai(0),
		},
		refused: []string{
			`"1899-12-31"`, `"2001-02-29"`, `"1980-13-01"`, `"1980-04-31"`, `"1980-5-15"`, `"1980/05/15"`, `"19800515"`, `"15.05.1980"`,
			`"1980-05-15T00:00:00Z"`, `"` + inShanghai(1) + `"`, `"9999-12-31"`, `"0000-00-00"`, `"昨天"`, `19800515`, `false`, `[]`, `"１９８０-05-15"`,
		},
	},
	{
		name:  "hospital_id",
		taken: map[string]any{`1`: 1.0, `2147483648`: 2147483648.0, `9007199254740991`: 9007199254740991.0},
		refused: []string{
			`"3"`, `3.5`, `-1`, `-0.5`, `9007199254740992`, `9223372036854775807`, `9223372036854775808`, `99999999999999999999999`, `1e400`, `true`, `[1]`, `{}`, `"x"`, `"0"`,
		},
	},
	{
		name:    "department_id",
		taken:   map[string]any{`1`: 1.0, `9007199254740991`: 9007199254740991.0},
		refused: []string{`"3"`, `3.5`, `-1`, `9007199254740992`, `true`, `[1]`, `"x"`},
	},
	{
		name: "internal_id",
		taken: map[string]any{
			`"DOC2023001"`: "DOC2023001", `"a-b_c.d/e"`: "a-b_c.d/e", `"0"`: "0", `" x "`: "x", many("a", 32): strings.Repeat("a", 32),
		},
		refused: []string{many("a", 33), `"a b"`, `"医1"`, `"a\u0000"`, `"a;b"`, `"a'b"`, `"a\\b"`, `"a\nb"`, `"é"`, `"１"`, `5`, `true`, `[]`},
	},
	{
		name: "position_rank",
		taken: map[string]any{
			`"主任医师"`: "主任医师", `"副主任医师"`: "副主任医师", `"主治医师"`: "主治医师", `"住院医师"`: "住院医师", `"医师"`: "医师", `"医士"`: "医士",
			`"Consultant (locum)"`: "Consultant (locum)", many("𠮷", 32): strings.Repeat("𠮷", 32),
		},
		refused: []string{many("医", 33), `"a\nb"`, `"a\u0000b"`, `"a\u001bb"`, `5`, `false`, `[]`},
	},
	{
		name: "speciality",
		taken: map[string]any{
			`"冠心病介入治疗"`: "冠心病介入治疗", `"a\nb"`: "a\nb", `"<b>&'\""`: `<b>&'"`, `"` + rareHan + `'; DROP TABLE doctors;--"`: rareHan + "'; DROP TABLE doctors;--",
			`"%253Cb%253E {{7*7}} ${7*7} %s%n"`: "%253Cb%253E {{7*7}} ${7*7} %s%n", // nothing is decoded, computed or formatted
			many("𠮷", 500):                      strings.Repeat("𠮷", 500), `"` + strings.Repeat("e\u0301", 500) + `"`: strings.Repeat("é", 500),
		},
		refused: []string{many("医", 501), `"a\u0000b"`, `"a\u0007b"`, `"a\u0085b"`, `5`, `{}`},
	},
	{
		name: "avatar_url",
		taken: map[string]any{
			`"https://example.com/avatars/doc001.jpg"`: "https://example.com/avatars/doc001.jpg", `"http://x/"`: "http://x/",
			`"https://example.com:8443/a?b=c&d=%20#e"`: "https://example.com:8443/a?b=c&d=%20#e",
			`"https://[2001:db8::1]/a.png"`:            "https://[2001:db8::1]/a.png",
			`"https://例子.测试/头像.png"`:                   "https://例子.测试/头像.png",
			longURL(1024):                              strings.Trim(longURL(1024), `"`),
		},
		refused: []string{
			longURL(1025), `"ftp://example.com/a"`, `"javascript:alert(1)"`, `"data:image/png;base64,AA"`, `"//example.com/a"`, `"/a.png"`,
			`"example.com/a"`, `"https://"`, `"https:///a"`, `"https:a"`, `"https://user@example.com/"`, `"https://user:pw@example.com/"`,
			`"https://example.com/\u0000"`, `"https://example.com/a\nb"`, `"https://example.com/\u200b"`, `"https://exa\u202emple.com/"`,
			`"https://example.com:99999/"`, `"file:///etc/passwd"`, `5`, `true`, `[]`,
		},
	},
}

func many(character string, n int) string { return `"` + strings.Repeat(character, n) + `"` }

func longURL(n int) string {
	const begin = "https://example.com/"
	return `"` + begin + strings.Repeat("a", n-len(begin)) + `"`
}

// inShanghai is the day there some days from now.
func inShanghai(days int) string {
	return time.Now().In(time.FixedZone("", 8*60*60)).AddDate(0, 0, days).Format(time.DateOnly)
}

// with is the profile's form with one field set.
func (p person) with(name, value string) string {
	if name == "name" {
		return fmt.Sprintf(`{"phone":%q,"name":%s}`, p.phone, value)
	}
	return p.form(`"` + name + `":` + value)
}

func TestAFieldTakesWhatItsRuleAllowsAndShowsItsStoredForm(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for _, f := range fields {
			for value, shown := range f.taken {
				a := p.ask("PATCH", profilePath, p.with(f.name, value))
				if assert.Equal(t, patched, a.Body, "%s: %s", f.name, value) {
					assert.Equal(t, shown, p.profile()[f.name], "%s: %s", f.name, value)
				}
			}
		}
		accepted(t, p.patch(`"internal_id":null`)) // which others may want
	})
}

func TestAFieldRefusesWhatItsRuleForbidsByItsName(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		before := p.get().Body
		for _, f := range fields {
			for _, value := range f.refused {
				a := p.ask("PATCH", profilePath, p.with(f.name, value))
				if assert.Equal(t, 40001, a.Code, "%s: %s", f.name, value) {
					refused(t, 40001, a, f.name)
				}
			}
		}
		require.Equal(t, before, p.get().Body, "what was refused changed nothing")
	})
}

func TestWhatIsAbsentStaysAndWhatIsEmptyIsCleared(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		const whole = `"gender":"女","birth_date":"1980-05-15","hospital_id":3,"internal_id":%q,"department_id":1,` +
			`"position_rank":"医师","speciality":"儿科","avatar_url":"https://example.com/a"`
		everything := fmt.Sprintf(whole, p.phone)
		accepted(t, p.patch(everything))
		full := p.profile()
		accepted(t, p.patch(""))
		require.Equal(t, full, p.profile(), "absent is unchanged")

		for _, f := range fields[1:] {
			empties := []string{`null`, `""`}
			if strings.HasSuffix(f.name, "_id") && f.name != "internal_id" {
				empties = append(empties, `0`)
			}
			for _, empty := range empties {
				accepted(t, p.patch(everything))
				accepted(t, p.patch(`"`+f.name+`":`+empty))
				cleared := p.profile()
				require.Contains(t, cleared, f.name)
				require.Nil(t, cleared[f.name], "%s: %s", f.name, empty)
				for _, other := range fields[1:] {
					require.Equal(t, other.name == f.name, cleared[other.name] == nil, "%s beside %s", other.name, f.name)
				}
			}
		}
	})
}

func TestPhoneAndNameAreRequiredAndCannotBeCleared(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		refused(t, 40001, p.ask("PATCH", profilePath, `{}`), "phone", "name")
		refused(t, 40001, p.ask("PATCH", profilePath, `{"phone":null,"name":null}`), "phone", "name")
		refused(t, 40001, p.ask("PATCH", profilePath, `{"phone":"","name":""}`), "phone", "name")
		refused(t, 40001, p.ask("PATCH", profilePath, `{"phone":" ","name":" "}`), "phone", "name")
		refused(t, 40001, p.ask("PATCH", profilePath, `{"name":"王小明"}`), "phone")
		refused(t, 40001, p.ask("PATCH", profilePath, fmt.Sprintf(`{"phone":%q}`, p.phone)), "name")
	})
}

func TestAFormMaySendBackAllThatItRead(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		accepted(t, p.patch(`"gender":"女","speciality":"a\nb","hospital_id":9`))
		seen := p.get()
		accepted(t, p.ask("PATCH", profilePath, string(seen.Data)))
		require.Equal(t, seen.Body, p.get().Body)
	})
}

func TestWhatCannotBeSetIsAcceptedAndIgnored(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		before := p.get().Body
		for _, member := range []string{
			`"id":1`, `"id":"x"`, `"role":"admin"`, `"role":null`, `"status":"disabled"`, `"version":99`, `"created_at":"2000-01-01T00:00:00Z"`,
			`"updated_at":{}`, `"id":1,"role":"admin","status":"disabled","version":1,"created_at":1,"updated_at":[]`,
		} {
			accepted(t, p.patch(member))
		}
		require.Equal(t, before, p.get().Body)
		refused(t, 40300, p.again().ask("POST", "/doctor/register", "{}"))
	})
}

func TestAnUnknownMemberIsRefusedByItsName(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		for _, name := range []string{"password", "Gender", "gender ", "last_login_at", "generation", "doctor_id", "is_admin", "电话", "", "__proto__"} {
			refused(t, 40001, p.patch(quote(name)+`:"x"`), name)
		}
	})
}

func TestAPhoneIsElevenDigitsInManySpellings(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		send := func(phone string) answer {
			return p.ask("PATCH", profilePath, fmt.Sprintf(`{"phone":%s,"name":"王小明"}`, phone))
		}
		version := p.profile()["version"]
		for _, spelling := range []string{
			p.phone, "+86" + p.phone, "86" + p.phone, "0086" + p.phone, "+86 " + p.phone[:3] + " " + p.phone[3:7] + " " + p.phone[7:],
			p.phone[:3] + "-" + p.phone[3:7] + "-" + p.phone[7:], " " + p.phone + " ", fullWidth(p.phone), "+86-" + p.phone,
		} {
			accepted(t, send(quote(spelling)))
			require.Equal(t, p.phone, p.profile()["phone"], spelling)
		}
		require.Equal(t, version, p.profile()["version"], "it was the same phone all the time")
		for _, bad := range []string{
			`"12345678901"`, `"10912345678"`, `"1391234567"`, `"139123456789"`, `"+85291234567"`, `"+1 139 1234 5678"`, `"(139)12345678"`,
			`"139.1234.5678"`, `"139\u00a012345678"`, `"139\t12345678"`, `"１３９abc45678"`, `"١٣٩١٢٣٤٥٦٧٨"`, `"二三"`, `"+8613912345678x"`, `"13912345678\u0000"`,
			`"+86+8613912345678"`, `13912345678`, `null`, `["13912345678"]`,
		} {
			a := send(bad)
			require.Equal(t, 40001, a.Code, bad)
			refused(t, 40001, a, "phone")
		}
		for _, second := range "3456789" {
			phone := "1" + string(second) + p.phone[2:]
			accepted(t, send(quote(phone)))
			require.Equal(t, phone, p.profile()["phone"])
		}
	})
}

func TestAChangedPhoneIsTheNewLoginAndEndsTheOtherSessions(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		other, old := p.again(), p.phone
		p.phone = freshPhone()
		require.Equal(t, patched, p.patch("").Body)
		require.Equal(t, p.phone, p.profile()["phone"], "the caller's own session goes on")
		refused(t, 40100, other.get())
		refused(t, 40010, s.login(old, doctorPassword))
		accepted(t, s.login(p.phone, doctorPassword))
		accepted(t, s.register(old, doctorPassword, doctorName)) // it is free
		refused(t, 40900, s.register(p.phone, doctorPassword, doctorName))
	})
}

func TestAPhoneIsChangedToAFreeOneOnly(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p, other := s.person(), s.person()
		taken := p
		taken.phone = "+86 " + other.phone
		refused(t, 40900, taken.patch(`"gender":"男"`))
		require.Nil(t, p.profile()["gender"], "nothing of the form was taken")
		accepted(t, other.get())
	})
}

func TestOneFreePhoneGoesToOneOfManyWhoWantIt(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		var people [6]person
		wanted := freshPhone()
		for i := range people {
			people[i] = s.person()
			people[i].phone = wanted
		}
		require.Equal(t, map[int]int{200: 1, 40900: 5}, together(len(people), func(i int) int { return people[i].patch("").Code }))
	})
}

func TestAChangeOfPhoneNeedsAFreshLogin(t *testing.T) {
	onEachStorage(t, func(t *testing.T, environ []string) {
		s := start(t, append(environ, "DOCTOR_REAUTH_WINDOW=1s")...)
		p := s.person()
		moved := p
		moved.phone = adminPhone // which is taken, so that asking too early changes nothing
		s.await("asking for a fresh login", func() bool { return moved.patch("").Code == 40303 })
		moved.phone = freshPhone()
		refused(t, 40303, moved.patch(""))
		accepted(t, p.patch(`"gender":"男"`)) // the same phone needs none
		p.phone = "+86 " + p.phone
		accepted(t, p.patch(""))
		p.phone = strings.TrimPrefix(p.phone, "+86 ")

		// A second is short: a login at its end may be too old for the form at once.
		s.await("content with a fresh login", func() bool {
			moved.token = p.again().token
			return moved.patch("").Status == 200
		})
		accepted(t, s.login(moved.phone, doctorPassword))
	})
}

func TestAStaffNumberIsUniqueWithinItsHospital(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		a, b := s.person(), s.person()
		hospital, number := a.id+"000", "N/"+a.phone
		at := func(hospital, number string) string {
			return `"hospital_id":` + hospital + `,"internal_id":"` + number + `"`
		}

		accepted(t, a.patch(at(hospital, number)))
		accepted(t, a.patch(at(hospital, number))) // one's own is no other's
		refused(t, 40901, b.patch(at(hospital, number)+`,"gender":"男"`))
		require.Nil(t, b.profile()["gender"])
		accepted(t, b.patch(at(hospital, strings.ToLower(number)))) // letter case counts
		accepted(t, b.patch(at(hospital+"1", number)))              // another hospital
		refused(t, 40901, b.patch(`"hospital_id":`+hospital))       // the hospital alone
		accepted(t, b.patch(`"hospital_id":null`))                  // without one there is no rule
		refused(t, 40901, b.patch(`"hospital_id":`+hospital))
		accepted(t, a.patch(`"internal_id":null`)) // it is free
		accepted(t, b.patch(`"hospital_id":`+hospital))
		refused(t, 40901, a.patch(`"internal_id":"`+number+`"`))
		accepted(t, a.patch(`"internal_id":"`+number+`","hospital_id":0`))
	})
}

func TestOneStaffNumberGoesToOneOfManyWhoWantIt(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		var people [5]person
		for i := range people {
			people[i] = s.person()
		}
		wanted := `"hospital_id":77,"internal_id":"` + people[0].phone + `"`
		require.Equal(t, map[int]int{200: 1, 40901: 4}, together(len(people), func(i int) int { return people[i].patch(wanted).Code }))
	})
}

func TestAPasswordHas8To128CharactersThatAreHardToGuess(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for _, bad := range []string{
			"", "1234567", "七个汉字不够呀", "🙂🙂🙂🙂🙂🙂🙂", strings.Repeat("ab", 65), "password", "12345678", "qwertyuiop", "PASSWORD1", "iloveyou1",
			"aaaaaaaaaa", "哈哈哈哈哈哈哈哈", "control\u0007char", "line\nbreak!", "nul\u0000nul", "tab\ttabtab", "del\u007fdel!", "c1\u0085control",
		} {
			refused(t, 40001, s.register(freshPhone(), bad, doctorName), "password")
		}
		phone := freshPhone()
		for _, bad := range []string{
			phone, "+86" + phone, phone[:3] + "-" + phone[3:], phone + "!", phone[1:], "欧阳娜娜欧阳娜娜", "欧阳娜娜" + phone, "欧阳娜娜123",
		} {
			a := s.register(phone, bad, "欧阳娜娜")
			require.Equal(t, 40001, a.Code, "%q: %s", bad, a.Body)
			if len([]rune(bad)) >= 8 {
				refused(t, 40001, a, "password")
			}
		}
		for _, good := range []string{
			"八个汉字正好够用", "🙂🐈🙂🐈🙂🐈🙂🐈", "correct horse battery", " spaces around it ", "no-composition-rules", strings.Repeat("ab", 63) + "cd",
			"'; DROP TABLE doctors;--", "\u202dformat characters",
		} {
			phone := freshPhone()
			accepted(t, s.register(phone, good, doctorName))
			accepted(t, s.login(phone, good))
			if len(good) > 100 {
				refused(t, 40010, s.login(phone, good[:72])) // never truncated
			}
		}
	})
}

func TestTheShortestPasswordIsTheOperatorsChoice(t *testing.T) {
	s := start(t, append(storage(t, "sqlite"), "DOCTOR_PASSWORD_MIN_LENGTH=15")...)
	refused(t, 40001, s.register(freshPhone(), "fourteen chars", doctorName), "password")
	phone := freshPhone()
	accepted(t, s.register(phone, "fifteen letters", doctorName))
	accepted(t, s.login(phone, "fifteen letters"))
	refused(t, 40010, s.login(phone, "x")) // not asked at login
}
