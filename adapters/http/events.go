package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// event is something that happened to a doctor. What identifies people is null once the doctor was erased; the rest is
// kept for ever.
type event struct {
	ID        int64            `json:"id"`
	Type      doctor.EventType `json:"type"`
	Version   *int64           `json:"version"` // null: it changed no doctor
	At        time.Time        `json:"at"`
	Actor     doctor.Actor     `json:"actor"`
	Fields    []string         `json:"fields"`
	Changes   []change         `json:"changes"` // null: erased
	Source    *string          `json:"source"`
	RequestID *string          `json:"request_id"`
}

// change is a field's way from a text to another; null is not set. Of a password neither is ever kept.
type change struct {
	Field  string  `json:"field"`
	Before *string `json:"before"`
	After  *string `json:"after"`
}

func eventOf(e doctor.Entry) event {
	shown := event{
		ID: e.Number, Type: e.Type, Version: orNull(e.Version), At: e.At.UTC(), Actor: e.Actor,
		Fields: append([]string{}, e.Fields...),
	}
	if e.Erased {
		return shown
	}
	shown.Changes = make([]change, len(e.Values.Changes))
	for i, c := range e.Values.Changes {
		shown.Changes[i] = change{c.Field, orNull(c.Before), orNull(c.After)}
	}
	shown.Source, shown.RequestID = orNull(e.Values.Source), orNull(e.Values.RequestID)
	return shown
}

func (a *api) listEvents(r *http.Request, by inbound.Caller, id doctor.ID) (answer, error) {
	q := readQuery(r, parameterLimit, parameterCursor)
	events := list{"events", strconv.FormatInt(int64(id), 10)}
	asked := inbound.ListEventsCommand{Caller: by, ID: id, Before: q.after(events), Limit: q.limit()}
	fault := q.done()
	if fault != nil {
		asked.Before, asked.Limit = 0, 1 // that there is no such doctor is told first
	}
	found, err := a.ListEvents(r.Context(), asked)
	switch {
	case err != nil:
		return answer{}, err
	case fault != nil:
		return answer{}, fault
	}
	items := make([]event, len(found.Events))
	for i, e := range found.Events {
		items[i] = eventOf(e)
	}
	return answer{data: page[event]{items, events.next(found.Next)}}, nil
}
