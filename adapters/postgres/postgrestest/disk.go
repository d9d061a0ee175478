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
{ umount -l "$1" || sudo -n umount -l "$1"; } 2> /dev/null
rmdir "$1"`

// NewDisk mounts a disk of some MiB for one test, and for everybody to write on.
func NewDisk(t testing.TB, size int) Disk {
	t.Helper()
	folder, err := os.MkdirTemp("", "disk-")
	if err != nil {
		t.Fatal(err)
	}
	guard, err := watchOver(endDisk, folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(guard.release)
	mount := []string{"mount", "-t", "tmpfs", "-o", fmt.Sprintf("mode=0777,size=%dm", size), "disk", folder}
	if os.Geteuid() != 0 {
		mount = append([]string{"sudo", "-n"}, mount...)
	}
	if out, err := exec.Command(mount[0], mount[1:]...).CombinedOutput(); err != nil { //nolint:gosec // our own words
		giveUp(t, noDisk+errMissing(fmt.Sprintf(" (%v: %s)", err, out)))
	}
	return Disk{folder}
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
