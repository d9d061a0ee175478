package store

import (
	"context"
	"database/sql"
	"strings"
)

// atOnce is how many rows one statement adds: what SQLite takes for each statement is then little of the whole.
const atOnce = 50

func insertSQLite(ctx context.Context, tx *sql.Tx, table string, columns []string, n int64, row func(i int64) []any) error {
	one := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	many, err := tx.PrepareContext(ctx, insertion(table, columns)+one+strings.Repeat(", "+one, atOnce-1))
	if err != nil {
		return err
	}
	defer func() { _ = many.Close() }()
	i := int64(0)
	for ; i+atOnce <= n; i += atOnce {
		values := make([]any, 0, atOnce*len(columns))
		for j := range int64(atOnce) {
			values = append(values, row(i+j)...)
		}
		if _, err := many.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	for ; i < n; i++ {
		if _, err := tx.ExecContext(ctx, insertion(table, columns)+one, row(i)...); err != nil {
			return err
		}
	}
	return nil
}

func insertion(table string, columns []string) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
}
