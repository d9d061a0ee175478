package httpapi

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

const directoryPath = "/doctor/directory"

// lookingUp answers every look-up with the doctors and keeps the commands.
func (s *stage) lookingUp(found ...*doctor.Doctor) *[]inbound.LookUpDoctorsCommand {
	var got []inbound.LookUpDoctorsCommand
	s.LookUpDoctors = func(_ context.Context, c inbound.LookUpDoctorsCommand) (inbound.DoctorsResult, error) {
		got = append(got, c)
		return inbound.DoctorsResult{Doctors: found}, nil
	}
	return &got
}

const publicView = `{"id":17,"name":"王某某","gender":"男","hospital_id":3,"department_id":1,"position_rank":"主任医师",` +
	`"speciality":"冠心病介入治疗","avatar_url":"https://example.com/avatars/doc001.jpg?a=1&b=2","status":"active","version":4}`

func TestTheDirectoryShowsThePublicViewAndNothingElse(t *testing.T) {
	s := newStage(t)
	commands := s.lookingUp(someDoctor(t, 4))
	got := s.ask("GET", directoryPath+"/17", "", bearer)
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":`+publicView+`}`, got.body)
	assert.Equal(t, `"4"`, got.header.Get("ETag"))
	assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
	assert.Equal(t, inbound.LookUpDoctorsCommand{Caller: me, IDs: []doctor.ID{17}}, (*commands)[0])

	got = s.ask("GET", directoryPath+"?ids=17,18", "", bearer)
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":{"items":[`+publicView+`]}}`, got.body)
	assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
	for _, never := range []string{goodPhone, "1980", "DOC2023001", "role", "last_login"} {
		assert.NotContains(t, got.body, never)
	}
}

func TestWhoIsNotInTheDirectoryIsNotFoundAloneAndLeftOutAmongOthers(t *testing.T) {
	s := newStage(t)
	s.lookingUp()
	assert.Equal(t, `{"code":40400,"msg":"没有此医生","data":null}`, s.ask("GET", directoryPath+"/17", "", bearer).body)
	assert.Equal(t, `{"code":0,"msg":"操作成功","data":{"items":[]}}`, s.ask("GET", directoryPath+"?ids=17", "", bearer).body)
}

func TestIdsAreOneToAHundredPositiveIntegers(t *testing.T) {
	count := func(n int) string {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = fmt.Sprint(i + 1)
		}
		return strings.Join(ids, ",")
	}
	for typed, want := range map[string][]doctor.ID{
		"17": {17}, "3,2,1": {1, 2, 3}, "5,5,5": {5}, "1%2C2": {1, 2}, "9223372036854775807": {9223372036854775807},
	} {
		s := newStage(t)
		commands := s.lookingUp()
		got := s.ask("GET", directoryPath+"?ids="+typed, "", bearer)
		require.Equal(t, 200, got.status, got.body)
		assert.Equal(t, want, (*commands)[0].IDs, typed)
	}
	s := newStage(t)
	commands := s.lookingUp()
	require.Equal(t, 200, s.ask("GET", directoryPath+"?ids="+count(100), "", bearer).status)
	assert.Len(t, (*commands)[0].IDs, 100)
	for _, typed := range []string{
		count(101), strings.Repeat("1,", 100) + "1", "0", "-1", "x", "1,x", "1,,2", "1,", ",1", ",", "1;2", "1%202", "1,%202", "01", "1.0", "%2B1",
		"9223372036854775808", "1%00", "[1]", "1-5", "*",
	} {
		got := newStage(t).ask("GET", directoryPath+"?ids="+typed, "", bearer)
		assert.Equal(t, 40001, got.Code, typed)
		assert.Equal(t, map[string]string{"ids": "医生编号应为 1–100 个以逗号分隔的正整数"}, got.reasons(t), typed)
	}
	for address, fields := range map[string][]string{
		"": {"ids"}, "?ids": {"ids"}, "?ids=": {"ids"}, "?id=1": {"ids", "id"}, "?ids=1&ids=2": {"ids"}, "?ids=%zz": {"ids"}, "?ids[]=1": {"ids", "ids[]"},
		"?ids=1&limit=5": {"limit"},
	} {
		got := newStage(t).ask("GET", directoryPath+address, "", bearer)
		assert.Equal(t, 40001, got.Code, address)
		assert.Equal(t, fields, got.fields(t), address)
	}
	assert.Equal(t, "医生编号不能为空", newStage(t).ask("GET", directoryPath, "", bearer).Msg)
}

func TestTheTagOfSeveralMovesWithEachOfThem(t *testing.T) {
	other := func(id doctor.ID, version int64) *doctor.Doctor {
		as := someDoctor(t, version).Snapshot()
		as.ID = id
		d, err := doctor.Restore(as)
		require.NoError(t, err)
		return d
	}
	seen := map[string]bool{}
	for _, found := range [][]*doctor.Doctor{
		nil, {other(1, 1)}, {other(1, 2)}, {other(2, 1)}, {other(1, 1), other(2, 1)}, {other(1, 1), other(2, 2)}, {other(1, 2), other(2, 1)},
	} {
		s := newStage(t)
		s.lookingUp(found...)
		got := s.ask("GET", directoryPath+"?ids=1,2", "", bearer)
		tag := got.header.Get("ETag")
		assert.Regexp(t, `^"[\w-]{22}"$`, tag)
		assert.Equal(t, tag, s.ask("GET", directoryPath+"?ids=2,1,3", "", bearer, header("Accept-Language", "en")).header.Get("ETag"))
		assert.False(t, seen[tag])
		seen[tag] = true
	}
}
