// Package pinyin spells Chinese names in Latin letters, as people type them who look for somebody.
//
//	go-pinyin's dictionary  →  generate.go  →  readings.txt  →  Syllables(name)  ←  surnames.go: where it errs on names
//
// The dictionary is not linked into the program: as a map that is filled at start it costs every process, the health
// check's too, 3.5 MiB of memory and 1.5 MiB of file. As text it is 140 KB that nobody touches before the first name is
// spelled. It is the work of go-pinyin's authors, under the licence in LICENSE.txt; a test compares the two.
package pinyin

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:generate go run generate.go

//go:embed readings.txt
var readings string

// Syllables has an entry for each character of a name: how it is read, without tone, in lower case, ü written v as on
// keyboards; empty for one that is not Chinese. The name's beginning is read as a surname: 单 is shan there, and dan
// anywhere else.
func Syllables(name string) []string {
	runes := []rune(name)
	syllables := surname(name)
	for _, r := range runes[len(syllables):] {
		syllables = append(syllables, given(r))
	}
	return syllables
}

// surname spells the beginning of a name where that differs from what the dictionary says.
func surname(name string) []string {
	for written, read := range compoundSurnames {
		if strings.HasPrefix(name, written) {
			return strings.Fields(read)
		}
	}
	first, _ := utf8.DecodeRuneInString(name)
	if read, ok := surnames[first]; ok {
		return []string{read}
	}
	return nil
}

func given(r rune) string {
	if read, ok := givenNames[r]; ok {
		return read
	}
	return dictionary().reading(r)
}

// index finds the reading of a character: a sorted list of 170 KB, where a map would take a megabyte.
type index struct {
	syllables []string
	entries   []uint32 // a character, shifted by syllableBits, and which syllable it is
}

// syllableBits hold the number of a syllable; there are some 400. The rest of an entry has room for any character.
const syllableBits = 9

// dictionary is made when the first name is spelled.
var dictionary = sync.OnceValue(makeIndex)

func makeIndex() index {
	x := index{entries: make([]uint32, 0, len(readings)/3)}
	for line := range strings.Lines(readings) {
		syllable, characters, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		for _, r := range characters {
			x.entries = append(x.entries, uint32(r)<<syllableBits|uint32(len(x.syllables))) //nolint:gosec // both are small
		}
		x.syllables = append(x.syllables, syllable)
	}
	slices.Sort(x.entries)
	return x
}

func (x index) reading(r rune) string {
	key := uint32(r) << syllableBits //nolint:gosec // a character has 21 bits
	at, _ := slices.BinarySearch(x.entries, key)
	if at == len(x.entries) || x.entries[at]>>syllableBits != uint32(r) { //nolint:gosec // as above
		return ""
	}
	return x.syllables[x.entries[at]&(1<<syllableBits-1)]
}
