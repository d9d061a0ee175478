//go:build ignore

// Command generate writes go-pinyin's dictionary as text: a line for each syllable, with the characters whose first
// reading it is.
package main

import (
	"log"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

func main() {
	bySyllable := map[string][]rune{}
	for code := range pinyin.PinyinDict {
		r := rune(code)
		if !unicode.Is(unicode.Co, r) { // private use: no name may hold it
			s := pinyin.SinglePinyin(r, pinyin.NewArgs())[0]
			bySyllable[s] = append(bySyllable[s], r)
		}
	}
	var lines []string
	for s, runes := range bySyllable {
		slices.Sort(runes)
		lines = append(lines, s+" "+string(runes)+"\n")
	}
	slices.Sort(lines)
	if err := os.WriteFile("readings.txt", []byte(strings.Join(lines, "")), 0o644); err != nil {
		log.Fatal(err)
	}
}
