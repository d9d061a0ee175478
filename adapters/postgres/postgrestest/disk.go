package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Disk is a small disk of its own, to fill up. It lies in memory.
type Disk struct {
	Folder string
}

const endDisk = `
while umount -l "$1" || sudo -n umount -l "$1"; do :; done 2> /dev/null
rmdir "$1"`

// NewDisk mounts a disk of some MiB for one test, and for everybody to write on.
func NewDisk(t testing.TB, size int) Disk {
	t.Helper()
	folder, err := os.MkdirTemp("", "disk-") //nolint:usetesting // others than us must get there
	if err != nil {
		t.Fatal(err)
	}
	guard, err := watchOver(endDisk, folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(guard.release)
	if err := asRoot("mount", "-t", "tmpfs", "-o", fmt.Sprintf("mode=0777,size=%dm", size), "disk", folder); err != nil {
		giveUp(t, noDisk+errMissing(": "+err.Error()))
	}
	return Disk{folder}
}

func asRoot(command ...string) error {
	if os.Geteuid() != 0 {
		command = append([]string{"sudo", "-n"}, command...)
	}
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput() //nolint:gosec // our own words
	if err != nil {
		return fmt.Errorf("%v: %w: %s", command, err, out)
	}
	return nil
}

func (d Disk) ballast() string { return filepath.Join(d.Folder, "ballast") }

// Fill leaves no room on the disk.
func (d Disk) Fill(t testing.TB) {
	t.Helper()
	file, err := os.Create(d.ballast())
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0 && err == nil; {
		if _, err = file.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			err, size = nil, size/2
		}
	}
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}

// Free takes away what it was filled with.
func (d Disk) Free(t testing.TB) {
	t.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		t.Fatal(err)
	}
}

// Protect lets nothing be opened on the disk for writing from now on.
func (d Disk) Protect(t testing.TB) {
	t.Helper()
	err := asRoot("mount", "--bind", d.Folder, d.Folder)
	if err == nil {
		err = asRoot("mount", "-o", "remount,bind,ro", d.Folder)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Unprotect takes that back.
func (d Disk) Unprotect(t testing.TB) {
	t.Helper()
	if err := asRoot("umount", "-l", d.Folder); err != nil {
		t.Fatal(err)
	}
}
