package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

var (
	errClosed     = fmt.Errorf("%w: it is closed", outbound.ErrUnavailable)
	errOverloaded = fmt.Errorf("%w: all connections are in use", outbound.ErrUnavailable)

	// errMetWait says that a count met a wait that had just begun; nothing took place.
	errMetWait = errors.New("a wait has begun meanwhile")
)

// Rules that the schema keeps, by the names of their constraints.
var refusals = map[string]error{
	"doctors_phone":               doctor.ErrPhoneTaken,
	"doctors_staff_number":        doctor.ErrStaffNumberTaken,
	"administrators_remain":       doctor.ErrLastAdministrator,
	"counters_rest_while_waiting": errMetWait,
}

// fault says what an error means to the caller. The cause stays inside for the log; it holds no value of a statement,
// since lib/pq prints the message alone, not its detail.
func (p *pool) fault(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if e := pq.As(err, pqerror.UniqueViolation, pqerror.CheckViolation); e != nil {
		if refusal, ok := refusals[e.Constraint]; ok {
			return refusal
		}
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("postgres: %w", ctx.Err())
	case p.closed.Load():
		return errClosed
	}
	return fault(err)
}

func fault(err error) error {
	switch {
	case err == nil || errors.Is(err, outbound.ErrUnavailable):
		return err
	case isUnavailable(err):
		return fmt.Errorf("%w: %w%s", outbound.ErrUnavailable, err, hint(err))
	}
	return fmt.Errorf("postgres: %w", err)
}

// isRolledBack tells whether the server gave a statement up in favour of another.
func isRolledBack(err error) bool {
	return pq.As(err, pqerror.TRSerializationFailure, pqerror.TRDeadlockDetected) != nil
}

// isUnavailable tells faults that may pass, or that an operator mends, from those of a statement and its values.
func isUnavailable(err error) bool {
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return true
	}
	e := pq.As(err)
	if e == nil {
		return errors.Is(err, pq.ErrSSLNotSupported)
	}
	return slices.ContainsFunc(passing, func(p string) bool { return strings.HasPrefix(e.SQLState(), p) })
}

// SQLSTATEs, or the classes they begin with.
var passing = []string{
	"08",    // connection
	"28",    // authorization: the password was rotated, the role is not there yet
	"40",    // transaction rolled back, again and again
	"53",    // insufficient resources: connections, memory, disk
	"57",    // operator intervention: shutdown, starting up, statement timeout
	"58",    // system error: input and output
	"25006", // read_only_sql_transaction: a standby
	"26000", // invalid_sql_statement_name
	"3D000", // invalid_catalog_name: no such database yet
	"3F000", // invalid_schema_name
	"42501", // insufficient_privilege: not granted yet
	"42703", // undefined_column: not migrated
	"42P01", // undefined_table: not migrated
	"42P05", // duplicate_prepared_statement
	"55P03", // lock_not_available: lock timeout
}

// hint helps where the message alone leads nowhere.
func hint(err error) string {
	if pq.As(err, "26000", "42P05") != nil {
		return " (behind a PgBouncer in transaction mode add statements=unkept to the storage URL)"
	}
	return ""
}

// isMissing tells whether what a statement names is not there, or not for us.
func isMissing(err error) bool { return pq.As(err, "42P01", "3F000", "42501") != nil }
