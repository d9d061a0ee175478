package sqlite

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/ports/storagetest"
)

func BenchmarkStorage(b *testing.B) { storagetest.Benchmarks(b, harness()) }

// BenchmarkAdd lets so many callers add at once. Compare with BenchmarkBareInsert: what a caller alone pays for the
// queue, and how near 64 callers come to 64 rows in one transaction.
func BenchmarkAdd(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := opened(b, migrated(b))
			var n atomic.Int64
			b.SetParallelism(max(1, callers/runtime.GOMAXPROCS(0)))
			if callers == 1 {
				for b.Loop() {
					_, err := s.Add(b.Context(), newcomer(b, int(n.Add(1))))
					require.NoError(b, err)
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := s.Add(b.Context(), newcomer(b, int(n.Add(1)))); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkBareInsert runs the same statements with no queue and no savepoints.
func BenchmarkBareInsert(b *testing.B) {
	for _, rows := range []int{1, 64} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			conn, err := beside(b, migrated(b)).Connx(b.Context())
			require.NoError(b, err)
			defer func() { require.NoError(b, conn.Close()) }()
			tx := &statements{on: conn}
			defer func() { require.NoError(b, tx.close()) }()
			run := func(query string) {
				_, err := tx.exec(context.Background(), query)
				require.NoError(b, err)
			}
			n := 0
			for ; b.Loop(); n++ {
				if n%rows == 0 {
					run("BEGIN IMMEDIATE")
				}
				_, err := add(context.Background(), tx, newcomer(b, n))
				require.NoError(b, err)
				if n%rows == rows-1 {
					run("COMMIT")
				}
			}
			if n%rows != 0 {
				run("ROLLBACK")
			}
		})
	}
}
