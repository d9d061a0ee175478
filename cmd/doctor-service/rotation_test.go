package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The waits of the contract are for others, who keep our keys for minutes; here each step waits for our replicas alone.
func TestKeysAreRotatedUnderTrafficWithoutARefusal(t *testing.T) {
	t.Parallel()
	one, other := replicas(t, storage(t, "postgres"))
	around, there := one.traffic(), other.traffic()
	p := one.person()
	folder := one.keyFolder()
	signs := func(kid string) {
		t.Helper()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "current.new"), []byte(kid+"\n"), 0o600))
		require.NoError(t, os.Rename(filepath.Join(folder, "current.new"), filepath.Join(folder, "current")))
	}
	both := func(what string, so func(s *service) bool) {
		t.Helper()
		for _, s := range []*service{one, other} {
			s.await(what, func() bool { return so(s) })
		}
	}
	signs("k1")
	newKey(t, filepath.Join(folder, "k2.pem"))
	both("verifying with the new key", func(s *service) bool {
		return strings.Contains(s.call("GET", "/.well-known/jwks.json", "").Body, `"k2"`)
	})
	signs("k2")
	both("signing with the new key", func(s *service) bool { return kidOf(t, s.token(p.phone, doctorPassword)) == "k2" })
	accepted(t, p.on(other).get()) // the old token is good as long as the old key is there
	for _, a := range []*traffic{around, there} {
		a.renew()
		a.serves(aTurnover) // and those who came and went have new tokens too
	}
	require.NoError(t, os.Remove(filepath.Join(folder, "k1.pem")))
	both("without the old key", func(s *service) bool {
		return !strings.Contains(s.call("GET", "/.well-known/jwks.json", "").Body, `"k1"`)
	})
	refused(t, 40100, p.get())
	refused(t, 40100, p.on(other).get())
	for _, a := range []*traffic{around, there} {
		a.serves()
		a.end()
		for _, r := range a.requests {
			require.Empty(t, r.refusals, r.what)
		}
	}
}
