package bolt

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// The buckets of a file.
const (
	doctorsBucket        = "doctors"        // id → Snapshot
	searchBucket         = "search"         // a search key, NUL, id of whom it finds → nothing
	claimsBucket         = "claims"         // a phone, a staff number → id of whoever has it
	administratorsBucket = "administrators" // id of each → status
	eventsBucket         = "events"         // doctor's id, number → Entry
	countersBucket       = "counters"       // key → counter
	networksBucket       = "networks"       // doctor's id, network → until when it is known
	revocationsBucket    = "revocations"    // place → Revocation
	sessionsBucket       = "sessions"       // void session → place of its revocation
)

func createBuckets(tx *bbolt.Tx) error {
	for _, name := range []string{
		doctorsBucket, searchBucket, claimsBucket, administratorsBucket, eventsBucket, countersBucket, networksBucket,
		revocationsBucket, sessionsBucket,
	} {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}

// buckets is the file within one transaction.
type buckets struct{ tx *bbolt.Tx }

func (in buckets) bucket(name string) *bbolt.Bucket { return in.tx.Bucket([]byte(name)) }

// number makes a key that sorts as the number does.
func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// put stores a record.
func put(b *bbolt.Bucket, key []byte, record any) error {
	data, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return b.Put(key, data)
}

// take reads a record; the zero one where there is none.
func take[R any](b *bbolt.Bucket, key []byte) (record R, err error) {
	if data := b.Get(key); data != nil {
		err = json.Unmarshal(data, &record)
	}
	return record, err
}

// each reads all records from a key on.
func each[R any](b *bbolt.Bucket, from []byte, visit func(key []byte, record R) error) error {
	c := b.Cursor()
	for key, data := c.Seek(from); key != nil; key, data = c.Next() {
		var record R
		if err := json.Unmarshal(data, &record); err != nil {
			return err
		}
		if err := visit(key, record); err != nil {
			return err
		}
	}
	return nil
}

// under lists the keys that begin alike.
func under(b *bbolt.Bucket, prefix []byte) (keys [][]byte) {
	c := b.Cursor()
	for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Next() {
		keys = append(keys, bytes.Clone(key))
	}
	return keys
}

// deleteAll deletes keys that a cursor has found, after it is done.
func deleteAll(b *bbolt.Bucket, keys [][]byte) error {
	for _, key := range keys {
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

var errText = errors.New("text with a NUL character, or that is no UTF-8, cannot be stored")

// storable refuses text that JSON would change, or that could not move to another database. Printing shows every text.
func storable(values ...any) error {
	if text := fmt.Sprint(values...); strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
		return errText
	}
	return nil
}

// instant is a time as the contract wants it kept.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
