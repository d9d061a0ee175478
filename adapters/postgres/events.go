package postgres

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"hospital.example/doctor-service/domain/doctor"
)

// Events travel as one parameter, a JSON array, so that a statement stores any number of them.

type eventRecord struct {
	DoctorID   int64          `json:"doctor_id"`
	Type       string         `json:"type"`
	Version    int64          `json:"version"`
	At         time.Time      `json:"at"`
	Actor      string         `json:"actor"`
	Fields     []string       `json:"fields"`
	Commitment string         `json:"commitment"`
	Salt       string         `json:"salt"`
	Changes    []changeRecord `json:"changes"`
	Source     string         `json:"source"`
	RequestID  string         `json:"request_id"`
}

// changeRecord is what stays readable for years: a value's way from one state to another.
type changeRecord struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// storing are the parts of a statement that store events and their values.
func storing(gate, doctorID, events string) string {
	return keeping(gate, doctorID, events) + `, erasable AS (
		INSERT INTO doctor_event_values (event_id, doctor_id, salt, changes, source, request_id)
		SELECT id, owner, salt, changes, source, request_id FROM events
	)`
}

// keeping are those that store the events alone. They are stored for each row of gate, which is at most one; doctorID is
// their owner and events the JSON, as expressions over gate and e, the events.
func keeping(gate, doctorID, events string) string {
	return fmt.Sprintf(`events AS MATERIALIZED (
		SELECT nextval('doctor_events_id_seq') AS id, %s AS owner, e.*
		FROM %s, json_to_recordset(%s) AS e(doctor_id bigint, type text, version bigint, at timestamptz, actor text,
			fields text[], commitment bytea, salt bytea, changes json, source text, request_id text)
	), kept AS (
		INSERT INTO doctor_events (id, doctor_id, type, version, at, actor, fields, commitment)
		SELECT id, owner, type, version, at, actor, fields, commitment FROM events
	)`, doctorID, gate, events)
}

// record makes the parameter.
func record(events ...doctor.Event) (string, error) {
	records := make([]eventRecord, len(events))
	for i, e := range events {
		records[i] = eventRecord{
			DoctorID:   int64(e.Doctor),
			Type:       string(e.Type),
			Version:    e.Version,
			At:         instant(e.At),
			Actor:      string(e.Actor),
			Fields:     append([]string{}, e.Fields...),
			Commitment: bytea(e.Commitment[:]),
			Salt:       bytea(e.Values.Salt[:]),
			Changes:    make([]changeRecord, len(e.Values.Changes)),
			Source:     e.Values.Source,
			RequestID:  e.Values.RequestID,
		}
		for j, c := range e.Values.Changes {
			records[i].Changes[j] = changeRecord(c)
		}
		if err := records[i].check(); err != nil {
			return "", err
		}
	}
	encoded, err := json.Marshal(records)
	return string(encoded), err
}

// bytea is how the server reads bytes from text.
func bytea(b []byte) string { return `\x` + hex.EncodeToString(b) }

var errText = errors.New("text with a NUL character, or that is no UTF-8, cannot be stored")

// check refuses text that columns refuse: JSON would keep a NUL, and mend what is no UTF-8.
func (r eventRecord) check() error {
	texts := append([]string{r.Type, r.Actor, r.Source, r.RequestID}, r.Fields...)
	for _, c := range r.Changes {
		texts = append(texts, c.Field, c.Before, c.After)
	}
	for _, text := range texts {
		if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
			return errText
		}
	}
	return nil
}
