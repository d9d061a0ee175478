package inbound

import (
	"errors"
	"fmt"
	"time"
)

// What is refused for who asks, or how, not for what is asked.
var (
	ErrUnauthenticated = errors.New("the token is missing, malformed, expired or revoked")
	ErrForbidden       = errors.New("the role or the registration mode does not allow this")
	ErrMatchNeeded     = errors.New("this change needs a condition on the version")
)

// Throttled says that too many attempts were made and how long to wait.
type Throttled struct{ Wait time.Duration }

func (e Throttled) Error() string { return fmt.Sprintf("too many attempts, wait %s", e.Wait) }
