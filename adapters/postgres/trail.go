package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"time"

	"github.com/lib/pq"

	"hospital.example/doctor-service/domain/doctor"
)

var noteEvent = "WITH " + storing("(SELECT) once", "e.doctor_id", "$1") + " SELECT count(*) FROM events"

// Note stores an event by itself.
func (s *Store) Note(ctx context.Context, event doctor.Event) error {
	events, err := record(event)
	if err != nil {
		return err
	}
	var stored int64
	return s.one(ctx, &stored, noteEvent, events)
}

// A page of a doctor's events: $1 the doctor, $2 the number before which it begins, $3 how many. Compared as pairs, they
// can be read in their order from the one index that has it, and from no other.
const selectEvents = `
	SELECT id, type, version, at, actor, fields, commitment, salt, changes, source, request_id
	FROM (
		SELECT id, doctor_id, type, version, at, actor, fields, commitment FROM doctor_events
		WHERE (doctor_id, id) < ($1, $2) AND doctor_id >= $1
		ORDER BY doctor_id DESC, id DESC LIMIT $3
	) e LEFT JOIN LATERAL (
		SELECT salt, changes, source, request_id FROM doctor_event_values WHERE event_id = e.id LIMIT 1
	) v ON true
	ORDER BY e.doctor_id DESC, e.id DESC`

// Events loads a doctor's events, the newest first.
func (s *Store) Events(ctx context.Context, id doctor.ID, before int64, limit int) ([]doctor.Entry, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	var rows []eventRow
	if err := s.all(ctx, &rows, selectEvents, int64(id), before, limit); err != nil {
		return nil, err
	}
	entries := make([]doctor.Entry, len(rows))
	for i, row := range rows {
		var err error
		if entries[i], err = row.entry(id); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// eventRow is a stored event; its values are null when they were erased.
type eventRow struct {
	ID         int64            `db:"id"`
	Type       string           `db:"type"`
	Version    int64            `db:"version"`
	At         time.Time        `db:"at"`
	Actor      string           `db:"actor"`
	Fields     pq.StringArray   `db:"fields"`
	Commitment []byte           `db:"commitment"`
	Salt       []byte           `db:"salt"`
	Changes    []byte           `db:"changes"`
	Source     sql.Null[string] `db:"source"`
	RequestID  sql.Null[string] `db:"request_id"`
}

func (r eventRow) entry(of doctor.ID) (doctor.Entry, error) {
	e := doctor.Event{
		Doctor:  of,
		Type:    doctor.EventType(r.Type),
		Version: r.Version,
		At:      r.At.UTC(),
		Actor:   doctor.Actor(r.Actor),
		Fields:  append([]string(nil), r.Fields...),
		Values:  doctor.Values{Source: r.Source.V, RequestID: r.RequestID.V},
	}
	copy(e.Commitment[:], r.Commitment)
	copy(e.Values.Salt[:], r.Salt)
	erased := r.Salt == nil
	if erased {
		return doctor.Entry{Number: r.ID, Erased: true, Event: e}, nil
	}
	var changes []changeRecord
	err := json.Unmarshal(r.Changes, &changes)
	for _, c := range changes {
		e.Values.Changes = append(e.Values.Changes, doctor.Change(c))
	}
	return doctor.Entry{Number: r.ID, Event: e}, err
}
