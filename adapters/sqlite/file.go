package sqlite

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

const scheme = "sqlite"

// filePath reads sqlite:PATH, or sqlite:///PATH for people who are used to it. The path is taken as it stands, nothing
// in it is unescaped; a question mark is refused, for whoever writes one means parameters, and there are none.
func filePath(location string) (string, error) {
	path, ours := strings.CutPrefix(location, scheme+":")
	if !ours {
		return "", errors.New("the URL is not of the form sqlite:PATH")
	}
	if rest, slashes := strings.CutPrefix(path, "//"); slashes {
		if !strings.HasPrefix(rest, "/") {
			return "", fmt.Errorf("sqlite://%s names a host; write sqlite:PATH or sqlite:///PATH", rest)
		}
		path = rest
	}
	switch {
	case path == "" || path == ":memory:":
		return "", errors.New("sqlite: names no file; write sqlite:PATH")
	case strings.Contains(path, "?"):
		return "", errors.New("sqlite: takes no parameters, and no path with a question mark")
	case strings.ContainsRune(path, 0):
		return "", errors.New("sqlite: the path holds a NUL character")
	case strings.HasSuffix(path, "/"):
		return "", fmt.Errorf("sqlite: %s is a folder, not a file", path)
	}
	return filepath.Abs(path)
}

// connectWriter readies the connections that write; none is opened yet. With synchronous=FULL each commit is on the disk
// before it is answered, also when the power goes. What is deleted is overwritten, as is the old one of two values; see
// traces.go. What a turn may have to take back waits in memory: in a file beside others it would cost more than all the
// rest of the turn. SQLite never creates the database: see prepare.
func connectWriter(path string, patience time.Duration) *sqlx.DB {
	return connect(path, "rw", patience, "synchronous(FULL)", "foreign_keys(ON)", "secure_delete(ON)", "temp_store(MEMORY)")
}

// connectReader readies the connections that only read.
func connectReader(path string) *sqlx.DB { return connect(path, "ro", readerPatience) }

func connect(path, mode string, patience time.Duration, pragmas ...string) *sqlx.DB {
	q := url.Values{
		"mode":          {mode},
		"_busy_timeout": {strconv.FormatInt(patience.Milliseconds(), 10)},
		"_pragma":       pragmas,
		"_txlock":       {"immediate"}, // who begins by reading and then writes would meet SQLITE_BUSY halfway
		"_dqs":          {"0"},         // a misspelt column is an error, not a string
	}
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	return sqlx.MustOpen("sqlite", file+"?"+q.Encode()) // fails only where the driver is not linked in
}
