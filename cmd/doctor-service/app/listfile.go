package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// openList opens a list to be read, "-" being standard input. It is read twice; what comes through a pipe is put aside for
// that, in a file that nobody finds and that is gone with the program.
func (p program) openList(name string) (list *os.File, done func(), err error) {
	from, done := p.stdin, func() {}
	if name != "-" {
		if from, err = os.Open(name); err != nil {
			return nil, nil, err
		}
		done = func() { _ = from.Close() } // it was only read
	}
	about, err := from.Stat()
	if err == nil && about.Mode().IsRegular() {
		return from, done, nil
	}
	defer done()
	if err == nil && about.IsDir() {
		return nil, nil, &fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR}
	}
	aside, err := os.CreateTemp("", "doctor-import-")
	if err != nil {
		return nil, nil, err
	}
	if err = os.Remove(aside.Name()); err == nil { // before anything is in it: an interrupted program leaves nothing either
		_, err = io.Copy(aside, from)
	}
	if err == nil {
		_, err = aside.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, nil, errors.Join(err, aside.Close())
	}
	return aside, func() { _ = aside.Close() }, nil // which deletes it
}

// newList writes a list to a file, "-" being standard output. The file is there when it is whole, and not before; only its
// owner may read it. What is no file, such as a pipe, is written to directly.
func (p program) newList(name string, write func(io.Writer) error) error {
	if name == "-" || name == "" {
		return write(p.stdout)
	}
	about, err := os.Stat(name)
	if err == nil && !about.Mode().IsRegular() {
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(file), file.Close())
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".part-")
	if err != nil {
		return err
	}
	err = errors.Join(write(part), part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}
