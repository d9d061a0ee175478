// Package commonpasswords knows the passwords that attackers try first, offline.
//
//	npm @zxcvbn-ts/language-common  →  generate.go  →  passwords.txt.gz  →  Common(lowercase)  ←  runs: abcdefgh
//	                                                                                           ←  place: doctor123
//
// The list holds the 17,950 entries of eight characters and more: no shorter password may be chosen anyway. It is the
// work of the zxcvbn authors, under the licence in LICENSE.txt.
package commonpasswords

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
)

//go:generate npm pack --silent @zxcvbn-ts/language-common@4.1.3
//go:generate go run generate.go zxcvbn-ts-language-common-4.1.3.tgz
//go:generate rm zxcvbn-ts-language-common-4.1.3.tgz

//go:embed passwords.txt.gz
var packed []byte

// list holds all passwords in byte order, each ended by a line break: one string of 180 KB, unpacked when first asked
// for, without a header or an offset per entry.
var list = sync.OnceValue(func() string {
	text, err := unpack(packed)
	if err != nil {
		panic(fmt.Sprintf("commonpasswords: the program was built with a damaged list: %v", err))
	}
	return text
})

func unpack(packed []byte) (string, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// Common tells whether a password, in lower case, is on the list, a run, or made of the words of the place.
func Common(lowercase string) bool {
	return isRun(lowercase) || isOfThePlace(lowercase) || isListed(lowercase)
}

func isListed(lowercase string) bool {
	l := list()
	lo, hi := 0, len(l) // both are always where a line begins
	for lo < hi {
		begin := lo + strings.LastIndexByte(l[lo:(lo+hi)/2], '\n') + 1
		line := l[begin : begin+strings.IndexByte(l[begin:], '\n')]
		switch {
		case line == lowercase:
			return true
		case line < lowercase:
			lo = begin + len(line) + 1
		default:
			hi = begin
		}
	}
	return false
}
