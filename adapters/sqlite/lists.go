package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"hospital.example/doctor-service/domain/doctor"
)

// names is a list of texts, in JSON.
type names []string

func (n names) Value() (driver.Value, error) {
	if len(n) == 0 {
		return "[]", nil
	}
	if err := checkText(n...); err != nil {
		return nil, err
	}
	raw, err := json.Marshal([]string(n))
	return string(raw), err
}

func (n *names) Scan(from any) error { return scanList(from, (*[]string)(n)) }

// changes is a list of changes, in JSON.
type changes []doctor.Change

// change is a doctor.Change with the names that it has in JSON.
type change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func (c changes) Value() (driver.Value, error) {
	list := make([]change, len(c))
	for i, one := range c {
		list[i] = change(one)
		if err := checkText(one.Field, one.Before, one.After); err != nil {
			return nil, err
		}
	}
	raw, err := json.Marshal(list)
	return string(raw), err
}

func (c *changes) Scan(from any) error {
	var list []change
	*c = nil
	if err := scanList(from, &list); err != nil {
		return err
	}
	for _, one := range list {
		*c = append(*c, doctor.Change(one))
	}
	return nil
}

// scanList reads a list afresh; one with nothing in it is nil.
func scanList[T any](from any, into *[]T) error {
	*into = nil
	switch v := from.(type) {
	case nil:
		return nil
	case string:
		if v == "[]" {
			return nil
		}
		return json.Unmarshal([]byte(v), into)
	default:
		return fmt.Errorf("%T is no list", from)
	}
}
