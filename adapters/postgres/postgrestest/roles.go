package postgrestest

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/lib/pq"
)

// Role makes a role that may log in and nothing else, and returns the URL with it. It is dropped after the test. In a
// cluster of ours its password counts only after AskPassword.
func Role(t testing.TB, storage, password string) (name, withRole string) {
	t.Helper()
	name = unique("role")
	db := Open(t, storage)
	if _, err := db.Exec(fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD %s", name, pq.QuoteLiteral(password))); err != nil {
		t.Fatalf("creating a role: %v", err)
	}
	t.Cleanup(func() {
		for _, statement := range []string{"DROP OWNED BY " + name, "DROP ROLE " + name} {
			if _, err := db.Exec(statement); err != nil {
				t.Errorf("dropping a role: %v", err)
			}
		}
	})
	return name, As(storage, name, password)
}

// AskPassword lets the server ask a role for its password from now on.
func AskPassword(t testing.TB, storage, role string) {
	t.Helper()
	db := Open(t, storage)
	_, err := db.Exec("CREATE ROLE asked_for_password")
	if err != nil && pq.As(err, "42710") == nil { // there is one already
		t.Fatal(err)
	}
	if _, err := db.Exec("GRANT asked_for_password TO " + role); err != nil {
		t.Fatal(err)
	}
}

// As is a storage URL with another user.
func As(storage, role, password string) string {
	u, err := url.Parse(storage)
	if err != nil {
		panic(err) // the URL is ours
	}
	u.User = url.UserPassword(role, password)
	return u.String()
}
