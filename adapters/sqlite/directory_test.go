package sqlite

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// The suite's doctors are few enough to be looked through; keys must find the same, in whatever band they lie.
func TestKeysFindWhomLookingThroughFinds(t *testing.T) {
	path := migrated(t)
	s := opened(t, path)
	people := bands(t, s, path)
	for _, text := range []string{"a", "ab", "abc", "b", "王", "王小", "x", "xy", "nobody"} {
		keyword, err := doctor.ParseKeyword(text)
		require.NoError(t, err)
		for _, q := range []outbound.Query{
			{Keyword: keyword},
			{Keyword: keyword, HospitalID: reference(t, 2)},
			{Keyword: keyword, Status: doctor.Disabled},
			{Keyword: keyword, IDs: []doctor.ID{people[0].ID, people[5].ID, people[9].ID, people[20].ID}},
		} {
			want := slices.Collect(fitting(people, q))
			for _, through := range []int{1, 3, lookedThrough} {
				for _, limit := range []int{1, 2, 5, 100} {
					require.Equal(t, want, walk(t, s, q, through, limit), "%+v, %d looked through, pages of %d", q, through, limit)
				}
			}
		}
	}
}

// bands adds doctors on both sides of where bands meet, and some far away.
func bands(t *testing.T, s *Store, path string) (people []doctor.Snapshot) {
	keys := []doctor.SearchKeys{"abc\nb", "xyz", "a\nabd\nxy", "", "王小明\nx", "ab", "王"}
	db := beside(t, path)
	for _, last := range []int64{0, 4093, 8189, 8190, 40_000} {
		_, err := db.Exec(`UPDATE sqlite_sequence SET seq = ? WHERE name = 'doctors'`, last)
		require.NoError(t, err)
		for range 8 {
			n := len(people)
			is := newcomer(t, n).Snapshot()
			is.ID, is.SearchKeys, is.HospitalID = 1, keys[n%len(keys)], int64(n%3+1)
			if n%5 == 0 {
				is.Status = doctor.Disabled.String()
			}
			d, err := doctor.Restore(is)
			require.NoError(t, err)
			is.ID, err = s.Add(t.Context(), d)
			require.NoError(t, err)
			people = append(people, is)
		}
	}
	require.Greater(t, people[len(people)-1].ID, doctor.ID(40_000))
	return people
}

// fitting is whom Find should find.
func fitting(people []doctor.Snapshot, q outbound.Query) func(yield func(doctor.ID) bool) {
	return func(yield func(doctor.ID) bool) {
		for _, p := range people {
			if q.Fits(p) && !yield(p.ID) {
				return
			}
		}
	}
}

// walk follows all pages.
func walk(t *testing.T, s *Store, q outbound.Query, through, limit int) (found []doctor.ID) {
	t.Helper()
	for q.Limit = limit; ; {
		f := finding{in: s.readers, q: q, through: through}
		require.NoError(t, f.findByKeyword(t.Context()))
		page := outbound.PageOf(f.found, limit)
		for _, d := range page.Doctors {
			found = append(found, d.ID())
		}
		if page.Next == 0 {
			return found
		}
		require.Len(t, page.Doctors, limit)
		require.Greater(t, page.Next, q.After)
		q.After = page.Next
	}
}

func reference(t *testing.T, n int64) doctor.Reference {
	t.Helper()
	r, err := doctor.ParseReference(fmt.Sprint("reference ", n), n)
	require.NoError(t, err)
	return r
}
