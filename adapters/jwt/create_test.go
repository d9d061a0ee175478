package jwt

import (
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
)

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func create(t *testing.T, folder string) {
	t.Helper()
	if err := CreateFolder(folder); err != nil {
		t.Fatal(err)
	}
}

func TestAFirstKeyIsMadeForItsOwnerAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "doctor.db.keys")
	create(t, folder)
	keys, _ := opened(t, folder)
	kid := signs(keys)
	if published(keys) != kid || !regexp.MustCompile(`^\d{4}-\d\d-\d\d-[0-9a-f]{8}$`).MatchString(kid) {
		t.Errorf("%q signs, published are %q", kid, published(keys))
	}
	if m := mode(t, folder); m != 0o700 {
		t.Errorf("the folder is %o", m)
	}
	if m := mode(t, filepath.Join(folder, kid+".pem")); m != 0o600 {
		t.Errorf("the key is %o", m)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestAnEmptyFolderGetsAFirstKey(t *testing.T) {
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, folder, ".new", "what a crash left") // must be overwritten
	create(t, folder)
	keys, _ := opened(t, folder)
	if published(keys) == "" || mode(t, folder) != 0o700 {
		t.Errorf("published are %q, the folder is %o", published(keys), mode(t, folder))
	}
}

func TestAFolderThatHoldsAKeyIsLeftAsItIs(t *testing.T) {
	folder := folderOf(t, "a")
	create(t, folder)
	if keys, _ := opened(t, folder); published(keys) != "a" {
		t.Errorf("published are %q", published(keys))
	}
	damaged := t.TempDir()
	write(t, damaged, "a.pem", "damaged")
	create(t, damaged)
	if _, err := OpenKeys(damaged, &reports{}); err == nil {
		t.Error("a new key was put beside a damaged one, whose tokens would all be void")
	}
}

func TestProcessesThatStartTogetherMakeOneKey(t *testing.T) {
	for range 5 {
		folder := filepath.Join(t.TempDir(), "keys")
		var all sync.WaitGroup
		seen := make([]string, 20)
		for i := range seen {
			all.Go(func() {
				if err := CreateFolder(folder); err != nil {
					t.Error(err)
					return
				}
				keys, err := OpenKeys(folder, &reports{})
				if err != nil {
					t.Error(err)
					return
				}
				seen[i] = published(keys)
			})
		}
		all.Wait()
		for _, kids := range seen {
			if kids != seen[0] || kids == "" {
				t.Fatalf("they saw %q", seen)
			}
		}
	}
}

func TestAFolderThatCannotBeMadeIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "keys"), filepath.Join(t.TempDir(), "missing", "keys")} {
		if err := CreateFolder(path); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

func TestEveryMemoryKeyHasAnotherName(t *testing.T) {
	if one, other := published(MemoryKeys()), published(MemoryKeys()); one == other {
		t.Error("others would take a new key for the old one")
	}
}
