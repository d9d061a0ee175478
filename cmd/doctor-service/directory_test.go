package main_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const directoryPath = "/doctor/directory"

func TestTheDirectoryShowsWhoeverHasATokenThePublicViewAlone(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p, reader := s.person(), s.person()
		accepted(t, p.patch(`"gender":"女","birth_date":"1980-05-15","hospital_id":3,"internal_id":"DIR`+p.id+`","department_id":1,`+
			`"position_rank":"主任医师","speciality":"儿科","avatar_url":"https://example.com/a.jpg"`))
		want := `{"id":` + p.id + `,"name":"王小明","gender":"女","hospital_id":3,"department_id":1,"position_rank":"主任医师","speciality":"儿科",` +
			`"avatar_url":"https://example.com/a.jpg","status":"active","version":2}`
		for _, token := range []string{reader.token, p.token, s.admin()} {
			a := s.call("GET", directoryPath+"/"+p.id, "", bearer(token))
			require.Equal(t, `{"code":0,"msg":"操作成功","data":`+want+`}`, a.Body)
			require.Equal(t, `"2"`, a.Header.Get("ETag"))
			require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
			a = s.call("GET", directoryPath+"?ids="+p.id, "", bearer(token))
			require.Equal(t, `{"code":0,"msg":"操作成功","data":{"items":[`+want+`]}}`, a.Body)
			require.NotContains(t, a.Body, p.phone)
		}
		bare := reader.ask("GET", directoryPath+"/"+reader.id, "")
		require.Equal(t, 6, strings.Count(bare.Body, "null"), bare.Body)
		for _, path := range []string{directoryPath + "/" + p.id, directoryPath + "?ids=" + p.id, directoryPath} {
			refused(t, 40100, s.call("GET", path, ""))
			refused(t, 40100, s.call("GET", path+"?token="+reader.token, ""))
		}
	})
}

func TestALookUpIsInTheOrderOfIdsAndLeavesOutWhoIsNotThere(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		reader := s.person()
		one, two, three := s.person(), s.person(), s.person()
		ask := func(ids ...string) (found []string, tag string) {
			a := reader.ask("GET", directoryPath+"?ids="+strings.Join(ids, ","), "")
			accepted(t, a)
			for _, item := range data[struct{ Items []struct{ ID int64 } }](t, a).Items {
				found = append(found, fmt.Sprint(item.ID))
			}
			return found, a.Header.Get("ETag")
		}
		found, tag := ask(three.id, "999999999", one.id, two.id, one.id, three.id)
		require.Equal(t, []string{one.id, two.id, three.id}, found)
		_, again := ask(one.id, two.id, three.id)
		require.Equal(t, tag, again)

		accepted(t, two.manage("POST", "/disable", ""))
		found, moved := ask(one.id, two.id, three.id)
		require.Equal(t, []string{one.id, two.id, three.id}, found, "who is disabled is still there")
		require.NotEqual(t, tag, moved)
		require.Contains(t, reader.ask("GET", directoryPath+"/"+two.id, "").Body, `"status":"disabled"`)

		accepted(t, two.manage("DELETE", "", "", unconditional))
		found, left := ask(one.id, two.id, three.id)
		require.Equal(t, []string{one.id, three.id}, found)
		require.NotContains(t, []string{tag, moved}, left)
		refused(t, 40400, reader.ask("GET", directoryPath+"/"+two.id, ""))
		found, _ = ask(two.id)
		require.Empty(t, found)
		require.Contains(t, reader.ask("GET", directoryPath+"?ids="+two.id, "").Body, `"items":[]`)
	})
}

func TestALookUpIsOfOneToAHundredIds(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		p := s.person()
		hundred := strings.TrimSuffix(strings.Repeat(p.id+",", 100), ",")
		require.Equal(t, 1, strings.Count(p.ask("GET", directoryPath+"?ids="+hundred, "").Body, `"name"`))
		for _, query := range []string{
			"", "?", "?ids", "?ids=", "?ids=" + hundred + "," + p.id, "?ids=0", "?ids=-1", "?ids=x", "?ids=1,,2", "?ids=1,", "?ids=01", "?ids=1.0", "?ids=1%20",
			"?ids=1%27%20OR%201=1--", "?ids=%zz", "?ids=1&ids=2", "?ids=9223372036854775808",
		} {
			refused(t, 40001, p.ask("GET", directoryPath+query, ""), "ids")
		}
		refused(t, 40001, p.ask("GET", directoryPath+"?id=1", ""), "ids", "id")
		refused(t, 40001, p.ask("GET", directoryPath+"?ids=1&phone="+p.phone, ""), "phone")
	})
}
