package postgres

import (
	"bytes"
	"context"
)

// The keys that begin with an account lie between two. They may be locked in another order than an outcome locks them:
// then the server gives up one of the two, which is repeated.
const forgetCounters = `WITH forgotten AS (DELETE FROM counters WHERE key BETWEEN $1 AND $2 RETURNING key) SELECT count(*) FROM forgotten`

// Forget forgets the counters of an account.
func (s *Store) Forget(ctx context.Context, account [8]byte) error {
	first, last := append(account[:], make([]byte, 8)...), append(account[:], bytes.Repeat([]byte{0xff}, 8)...)
	var forgotten int64
	return s.one(ctx, &forgotten, forgetCounters, first, last)
}
