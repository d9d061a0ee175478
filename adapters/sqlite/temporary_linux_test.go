package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// SQLite would keep pages as they were, personal values among them, in a file that it deletes while it is open.
func TestATurnThatChangesMuchOpensNoTemporaryFile(t *testing.T) {
	s := opened(t, migrated(t))
	for n := range 1000 {
		_, err := s.Add(t.Context(), newcomer(t, n))
		require.NoError(t, err)
	}
	require.NoError(t, s.writer.write(t.Context(), func(ctx context.Context, tx *statements) error {
		if _, err := tx.exec(ctx, `UPDATE doctors SET name = name || 'x'`); err != nil {
			return err
		}
		files, err := filepath.Glob("/proc/self/fd/*")
		for _, file := range files {
			if to, err := os.Readlink(file); err == nil && strings.Contains(to, "etilqs_") { // SQLite's name for them
				t.Errorf("%s is open", to)
			}
		}
		return err
	}))
}
