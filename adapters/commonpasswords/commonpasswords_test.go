package commonpasswords

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestThePasswordsThatAttackersTryFirstAreCommon(t *testing.T) {
	for _, p := range []string{
		"password", "12345678", "123456789", "baseball", "qwertyuiop", "1qaz2wsx", "trustno1", "iloveyou", "password1", "11111111",
	} {
		if !Common(p) {
			t.Errorf("%q is not on the list", p)
		}
	}
}

func TestRunsAreCommonThoughTheListLeavesThemOut(t *testing.T) {
	for _, p := range []string{
		"87654321", "987654321", "0987654321", "1234567890", "12345678901", "01234567", "9876543210", "abcdefgh", "hgfedcba",
		"123123123", "321321321", "12341234", "12312312", "12121212", "abcabcabc", "abcdabcd",
	} {
		if !Common(p) {
			t.Errorf("%q is not common", p)
		}
	}
	for _, p := range []string{"", "a", strings.Repeat("12", 9), "xk3#xk3#", "abcdefgi", "12345678x", "abc-abc-abc", "yz{|}~yz{", "cafecafe1", "密码密码密码密码"} {
		if isRun(p) {
			t.Errorf("%q is taken for a run", p)
		}
	}
}

func TestTheWordsOfThePlaceMakeNoPassword(t *testing.T) {
	for _, p := range []string{
		"doctor123", "hospital2", "医院医院医院医院", "医院123", "12医生!", "yiyuandoctor", "hospital-admin", "管理员管理员", "adminadmin",
	} {
		if !Common(p) {
			t.Errorf("%q is not common", p)
		}
	}
	for _, p := range []string{"", "123", "doctor-of-hearts", "hospital1984", "a quiet clinic", "在医院的路上", "d-o-c-t-o-r"} {
		if isOfThePlace(p) {
			t.Errorf("%q is taken for words of the place", p)
		}
	}
}

func TestARandomPasswordIsNotCommon(t *testing.T) {
	for _, p := range []string{rand.Text(), "", "\n", "password\n", "\npassword", "passwor", "zzzzzzzzzzzzzzzzzzzzzzzz", "密码密码密码密码"} {
		if Common(p) {
			t.Errorf("%q is on the list", p)
		}
	}
}

func TestEveryEntryIsFoundAndItsNeighboursAreNot(t *testing.T) {
	entries := strings.Split(strings.TrimSuffix(list(), "\n"), "\n")
	for i, p := range entries {
		if !isListed(p) {
			t.Fatalf("entry %d, %q, is not found", i, p)
		}
		for _, neighbour := range []string{p + "\x00", p[:len(p)-1]} {
			if _, listed := slices.BinarySearch(entries, neighbour); isListed(neighbour) != listed {
				t.Fatalf("%q: found %t, listed %t", neighbour, !listed, listed)
			}
		}
	}
}

func TestTheListIsWholeSortedAndHoldsNothingThatIsTooShortAnyway(t *testing.T) {
	entries := strings.Split(strings.TrimSuffix(list(), "\n"), "\n")
	if len(entries) != 17950 {
		t.Errorf("%d entries", len(entries))
	}
	if !slices.IsSorted(entries) || len(slices.Compact(slices.Clone(entries))) != len(entries) {
		t.Error("the list is not in strict byte order, searching it may miss entries")
	}
	for _, p := range entries {
		if utf8.RuneCountInString(p) < 8 || p != strings.ToLower(p) {
			t.Errorf("%q can never be asked for", p)
		}
	}
}

func TestADamagedListIsAnError(t *testing.T) {
	if _, err := unpack(packed[:len(packed)/2]); err == nil {
		t.Error("half a list was taken for a whole one")
	}
}

func BenchmarkCommon(b *testing.B) {
	for b.Loop() {
		Common("correct horse battery staple")
	}
}
