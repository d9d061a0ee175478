package httpapi

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/http/sources"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// someEntry is a change of a phone and a name by an administrator.
func someEntry(erased bool) doctor.Entry {
	e := doctor.Entry{Number: 17, Erased: erased, Event: doctor.Event{
		Doctor: 17, Type: doctor.ProfileChanged, Version: 4, At: noon, Actor: doctor.By(1), Fields: []string{"gender", "speciality"},
		Values: doctor.Values{
			Changes: []doctor.Change{{Field: "gender", Before: "男", After: ""}, {Field: "speciality", Before: "", After: "儿科"}},
			Source:  "192.0.2.9", RequestID: "req-3",
		},
	}}
	if erased {
		e.Values = doctor.Values{}
	}
	return e
}

func TestAnEventSaysWhatWasAndWhatIs(t *testing.T) {
	login := doctor.Entry{Number: 20, Event: doctor.Event{
		Doctor: 17, Type: doctor.LoggedIn, At: noon, Actor: doctor.By(17), Values: doctor.Values{Source: "192.0.2.1"},
	}}
	reset := doctor.Entry{Number: 19, Event: doctor.Event{
		Doctor: 17, Type: doctor.PasswordReset, Version: 5, At: noon, Actor: doctor.CommandLine, Fields: []string{"password"},
		Values: doctor.Values{Changes: []doctor.Change{{Field: "password"}}},
	}}
	s := newStage(t)
	s.ListEvents = func(_ context.Context, c inbound.ListEventsCommand) (inbound.EventsResult, error) {
		assert.Equal(t, inbound.ListEventsCommand{Caller: me, ID: 17, Limit: 20}, c)
		return inbound.EventsResult{Events: []doctor.Entry{login, reset, someEntry(false), someEntry(true)}}, nil
	}
	got := s.ask("GET", doctorPath+"/events", "", bearer)
	const at = `"at":"2026-11-20T04:00:00Z",`
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":{"items":[`+
		`{"id":20,"type":"logged_in","version":null,`+at+`"actor":"17","fields":[],"changes":[],"source":"192.0.2.1","request_id":null},`+
		`{"id":19,"type":"password_reset","version":5,`+at+`"actor":"cli","fields":["password"],`+
		`"changes":[{"field":"password","before":null,"after":null}],"source":null,"request_id":null},`+
		`{"id":17,"type":"profile_changed","version":4,`+at+`"actor":"1","fields":["gender","speciality"],`+
		`"changes":[{"field":"gender","before":"男","after":null},{"field":"speciality","before":null,"after":"儿科"}],`+
		`"source":"192.0.2.9","request_id":"req-3"},`+
		`{"id":17,"type":"profile_changed","version":4,`+at+`"actor":"1","fields":["gender","speciality"],"changes":null,"source":null,"request_id":null}`+
		`],"next_cursor":null}}`, got.body)
	assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
}

func TestEventsComeInPagesByTheirNumber(t *testing.T) {
	s := newStage(t)
	s.paging()
	cursor := s.cursorOf(doctorPath + "/events?limit=1")
	s.ListEvents = func(_ context.Context, c inbound.ListEventsCommand) (inbound.EventsResult, error) {
		assert.Equal(t, inbound.ListEventsCommand{Caller: me, ID: 17, Before: 17, Limit: 3}, c)
		return inbound.EventsResult{}, nil
	}
	got := s.ask("GET", doctorPath+"/events?limit=3&cursor="+cursor, "", bearer)
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":{"items":[],"next_cursor":null}}`, got.body)
}

func TestThatThereIsNoSuchDoctorIsToldBeforeFaultsOfTheAddress(t *testing.T) {
	s := newStage(t)
	outcome := doctor.ErrNotFound
	s.ListEvents = func(context.Context, inbound.ListEventsCommand) (inbound.EventsResult, error) {
		return inbound.EventsResult{}, outcome
	}
	assert.Equal(t, 40400, s.ask("GET", doctorPath+"/events?limit=0", "", bearer).Code)
	outcome = nil
	got := s.ask("GET", doctorPath+"/events?limit=0&status=active", "", bearer)
	require.Equal(t, 40001, got.Code)
	assert.Equal(t, []string{"limit", "status"}, got.fields(t))
}

func TestEveryKindOfEventAndActorIsInTheDocument(t *testing.T) {
	doc, _ := document()
	event := doc.Components.Schemas["Event"].Value
	kinds := 0
	for _, file := range sources.Of(t, "../../domain/doctor") {
		for _, kind := range sources.ConstantsOf(t, file, "EventType") {
			assert.Contains(t, event.Properties["type"].Value.Description, "`"+kind+"`")
			kinds++
		}
		for _, who := range sources.ConstantsOf(t, file, "Actor") {
			assert.Contains(t, event.Properties["actor"].Value.Description, "`"+who+"`")
		}
	}
	assert.Greater(t, kinds, 10)
}
