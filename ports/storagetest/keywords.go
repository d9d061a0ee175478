package storagetest

import (
	"fmt"
	"slices"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// Whom a keyword finds: whoever has a key that begins with it. What keys hold is the core's business, so that they are any
// lines of text here.
var keywords = []clause{
	{"a keyword finds whoever has a key that begins with it, byte for byte, and nobody else", func(s *scene) {
		var people []doctor.Snapshot
		for _, keys := range anyKeys() {
			d := s.keyed(keys...)
			is := d.Snapshot()
			is.ID = s.add(d)
			people = append(people, is)
		}
		for _, text := range anyKeywords {
			q := outbound.Query{Keyword: s.keyword(text)}
			want := fitting(people, q)
			if len(want) == 0 {
				s.Fatalf("the suite looks for %q, which is nowhere", text)
			}
			s.finds(q, want...)
			q.Limit = 2
			s.finds(q, want...)
		}
	}},

	{"a keyword that begins no key finds nobody, also where it stands within one or ends one", func(s *scene) {
		s.add(s.keyed("hua", "王小明"))
		s.add(s.keyed())
		for _, nobody := range []string{"ua", "a", "小明", "明", "huan", "王小明明", "王明", "h王", "wang"} {
			s.finds(outbound.Query{Keyword: s.keyword(nobody)})
		}
	}},

	{"who has many keys that begin with the keyword is found once, and in its place", func(s *scene) {
		keys := make([]string, 40)
		for i := range keys {
			keys[i] = fmt.Sprintf("wang%02d", i)
		}
		first := s.add(s.keyed("wangz"))
		many := s.add(s.keyed(keys...))
		last := s.add(s.keyed("wang"))
		for limit := 1; limit <= 4; limit++ {
			s.finds(outbound.Query{Keyword: s.keyword("wang"), Limit: limit}, first, many, last)
		}
	}},

	{"a doctor of the longest name is found by every part of it, its pinyin, its initials, phone and staff number", func(s *scene) {
		name := strings.Repeat("欧阳娜娜", 12) + "王明" // 50 characters
		d := restored(s.TB, func(d *doctor.Snapshot) { d.Phone, d.Name, d.InternalID = "13912345678", name, "Z-9" })
		d.Index(invented)
		s.ordinary()
		id := s.add(d)
		s.ordinary()
		for i := range []rune(name) {
			s.finds(outbound.Query{Keyword: s.keyword(string([]rune(name)[i:]))}, id)
		}
		for _, part := range []string{"欧", "娜欧", "娜王", "yyyy", "yw", "ywm", "ywangming", "wangm", "1391", "139123456789", "z9", "z-9", "y9"} {
			if q := (outbound.Query{Keyword: s.keyword(part)}); d.SearchKeys().Match(q.Keyword) {
				s.finds(q, id)
			} else {
				s.finds(q)
			}
		}
	}},

	{"keys come back exactly as they were stored, with the doctor that Get, Find, ByPhone and Begin load", func(s *scene) {
		for _, keys := range anyKeys() {
			d := s.keyed(keys...)
			want := d.Snapshot()
			want.ID = s.add(d)
			s.same("Get", s.get(want.ID).Snapshot(), want)
			s.same("Find", s.finds(outbound.Query{IDs: []doctor.ID{want.ID}}, want.ID)[0].Snapshot(), want)
			found, err := s.Storage.ByPhone(s.ctx, d.Profile().Phone)
			s.must("ByPhone", err)
			s.same("ByPhone", found.Snapshot(), want)
			s.same("Begin", s.begin(s.attempt(d)).Doctor.Snapshot(), want)
		}
	}},
}

// anyKeys are keys that storages have confused, each the keys of one doctor.
func anyKeys() (all [][]string) {
	for _, text := range slices.Concat(texts, slices.Concat(alike...)) {
		if !strings.Contains(text, "\n") { // which stands between keys
			all = append(all, []string{string([]rune(text)[:min(64, len([]rune(text)))])})
		}
	}
	return append(all,
		nil,
		[]string{"王", "王小", "王小明"}, []string{"王小明"}, []string{"玊"}, []string{"王\U0010ffff"}, []string{"王\U0010ffff明"},
		[]string{"a", "ab", "abc"}, []string{"ab"}, []string{"ABC"}, []string{"ab%"}, []string{"ab_c"}, []string{`ab\`}, []string{`ab"{}`},
		[]string{"a b"}, []string{"a\tb"}, []string{"b"}, []string{"ab\x7f"}, []string{"ab\U0010ffff"}, []string{"丿", "乀"},
		[]string{"\u00ff"}, []string{"\u0100"}, []string{"\ud7fb"}, []string{"\ue000"}, []string{"\U0003fffd"}, []string{"\U0003fffd\U0010ffff"},
		[]string{"13800000000", "D1", "小明", "王小明"},
	)
}

// anyKeywords are among those that somebody may look for.
var anyKeywords = []string{
	"王", "王小", "王小明", "玊", "a", "ab", "abc", "b", "é", "e", "ss", "ß", "i", "ı", "7", "07", "𠮷", "吉", "\u00ff", "丿",
	"\ud7fb", "\U0003fffd", "1", "138", "doc1", "null", "x", "true", strings.Repeat("𠮷", 64),
}

// invented spells every character alike, but a few.
func invented(name string) []string {
	syllables := map[rune]string{'王': "wang", '明': "ming", '小': "xiao", '李': "li", '四': "si"}
	var out []string
	for _, r := range name {
		syllable, known := syllables[r]
		if !known && r >= 0x80 {
			syllable = "y"
		}
		out = append(out, syllable)
	}
	return out
}

// keyed is a newcomer with these keys.
func (s *scene) keyed(keys ...string) *doctor.Doctor {
	s.people++
	return restored(s.TB, func(d *doctor.Snapshot) { d.Phone, d.SearchKeys = phone(s.people), linesOf(keys) })
}

// rekey is a change that puts other keys on a doctor, and nothing else.
func (s *scene) rekey(keys ...string) func(*doctor.Doctor) {
	return func(d *doctor.Doctor) {
		*d = *restored(s.TB, func(n *doctor.Snapshot) { *n = d.Snapshot(); n.SearchKeys = linesOf(keys) })
	}
}

func linesOf(keys []string) doctor.SearchKeys { return doctor.SearchKeys(strings.Join(keys, "\n")) }

// keyword is what somebody looks for.
func (s *scene) keyword(text string) doctor.Keyword {
	s.Helper()
	w, err := doctor.ParseKeyword(text)
	s.must("the suite looks for "+text, err)
	return w
}
