package argon2

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// damaged makes every kind of broken hash that we could think of out of a good one with cheap parameters.
func damaged(good string) []string {
	fields := strings.Split(good, "$")
	with := func(i int, field string) string {
		changed := append([]string(nil), fields...)
		changed[i] = field
		return strings.Join(changed, "$")
	}
	salt, tag := fields[4], fields[5]
	return []string{
		"x", "$", "$$$$$", " ", "secret", good + "$", "$" + good, good[1:], " " + good, good + "\n", good + " ", good[:len(good)-1],
		strings.Repeat("$", 1<<20), good + strings.Repeat("A", 1<<20),
		with(0, "x"), with(1, "argon2i"), with(1, "argon2d"), with(1, "ARGON2ID"), with(1, "bcrypt"),
		with(2, "v=16"), with(2, "v=20"), with(2, "v=019"), with(2, "v=19,v=19"), with(2, ""),
		with(2, "m=64,t=1,p=1"), with(3, ""), with(3, "m=64,t=1"), with(3, "m=64,t=1,p=1,p=1"), with(3, "m=64,m=64,t=1,p=1"),
		with(3, "m=64,t=1,p=1,keyid=AAAA"), with(3, "m=64,t=1,p=1,data=AAAA"), with(3, "t=1,m=64,p=1"), with(3, "m=064,t=1,p=1"),
		with(3, "m=64,t=0,p=1"), with(3, "m=64,t=1,p=0"), with(3, "m=7,t=1,p=1"), with(3, "m=64,t=1,p=257"),
		with(3, "m=4194304,t=1,p=1"), with(3, "m=64,t=1000000,p=1"), with(3, "m=99999999999999999999,t=1,p=1"), with(3, "m=-64,t=1,p=1"),
		with(4, ""), with(4, "AAAAAAAAAA"), with(4, strings.Repeat("A", 88)), with(4, salt+"=="), with(4, salt[:4]+"\n"+salt[4:]),
		with(4, "_"+salt[1:]), with(4, salt[:len(salt)-1]+"B"), // a spare bit is set: 16 bytes leave four of them
		with(5, ""), with(5, "AAAAAAAAAAAAAAAAAAAA"), with(5, strings.Repeat("A", 88)), with(5, tag+"="), with(5, tag[:4]+"\r\n"+tag[4:]),
		with(5, "-"+tag[1:]), with(5, tag[:len(tag)-1]+"B"),
		with(5, tag[:10]+"\x00"+tag[11:]), with(5, tag+"$"+tag),
	}
}

func hashes() *rapid.Generator[hash] {
	return rapid.Custom(func(t *rapid.T) hash {
		threads := rapid.Uint32Range(1, ceiling.Threads).Draw(t, "p")
		return hash{
			params: Params{
				Memory:  rapid.Uint32Range(8*threads, ceiling.Memory).Draw(t, "m"),
				Time:    rapid.Uint32Range(1, ceiling.Time).Draw(t, "t"),
				Threads: threads,
			},
			salt: rapid.SliceOfN(rapid.Byte(), minSalt, maxSalt).Draw(t, "salt"),
			tag:  rapid.SliceOfN(rapid.Byte(), minTag, maxTag).Draw(t, "tag"),
		}
	})
}

func TestWhatIsWrittenIsReadBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := hashes().Draw(t, "hash")
		got, err := parseHash(want.String())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: %+v, %v", want, got, err)
		}
	})
}

func FuzzAHashHasOneSpellingAndStaysInsideTheBounds(f *testing.F) {
	good := hash{params: cheap, salt: make([]byte, saltLength), tag: make([]byte, tagLength)}.String()
	f.Add(good)
	for _, s := range damaged(good) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHash(s)
		if err != nil {
			return
		}
		p := h.params
		if h.String() != s {
			t.Errorf("%q is another spelling of %q", s, h)
		}
		if p.Memory > 256<<10 || p.Memory < 8*p.Threads || p.Time < 1 || p.Time > 16 || p.Threads < 1 || p.Threads > 16 {
			t.Errorf("%s is out of bounds", p)
		}
		if len(h.salt) < 8 || len(h.salt) > 64 || len(h.tag) < 16 || len(h.tag) > 64 {
			t.Errorf("lengths of %d and %d", len(h.salt), len(h.tag))
		}
	})
}
