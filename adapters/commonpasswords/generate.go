//go:build ignore

// Command generate makes passwords.txt.gz and LICENSE.txt out of the npm package that it is given.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// shortest is the least length that may be chosen at all.
const shortest = 8

func main() {
	if err := generate(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func generate(archive string) error {
	files, err := read(archive)
	if err != nil {
		return err
	}
	var passwords []string
	if err := json.Unmarshal(files["package/src/passwords.json"], &passwords); err != nil {
		return err
	}
	passwords = slices.DeleteFunc(passwords, func(p string) bool {
		return utf8.RuneCountInString(p) < shortest || p != strings.ToLower(p)
	})
	slices.Sort(passwords)
	passwords = slices.Compact(passwords)

	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	_, writeErr := io.WriteString(w, strings.Join(passwords, "\n")+"\n")
	if err := errors.Join(writeErr, w.Close()); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile("passwords.txt.gz", packed.Bytes(), 0o644),
		os.WriteFile("LICENSE.txt", files["package/LICENSE.txt"], 0o644),
	)
}

// read unpacks a .tgz whole; it is half a megabyte.
func read(archive string) (map[string][]byte, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for t := tar.NewReader(unzipped); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[h.Name], err = io.ReadAll(t); err != nil {
			return nil, err
		}
	}
}
