package main_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

var hospitals atomic.Int64

// freshHospital is the id of a hospital that no other test uses, so that a search finds a test's own doctors.
func freshHospital() string { return fmt.Sprint(7_000_000 + hospitals.Add(1)) }

// hired is a doctor of a hospital with some members of the profile.
func (s *service) hired(hospital, name, fields string) person {
	s.t.Helper()
	phone := freshPhone()
	a := s.register(phone, doctorPassword, name)
	accepted(s.t, a)
	p := person{s, phone, data[string](s.t, a), ""}
	if fields != "" {
		fields = "," + fields
	}
	accepted(s.t, p.manage("PATCH", "", `{"hospital_id":`+hospital+fields+`}`))
	return p
}

// list is a page of doctors.
type list struct {
	Items      []struct{ ID json.Number }
	NextCursor *string `json:"next_cursor"`
}

func (l list) ids() []string {
	ids := []string{}
	for _, item := range l.Items {
		ids = append(ids, item.ID.String())
	}
	return ids
}

func (s *service) page(query string) list {
	s.t.Helper()
	a := s.office("GET", doctorsPath+"?"+query, "")
	accepted(s.t, a)
	require.Equal(s.t, []string{"items", "next_cursor"}, members(s.t, string(a.Data)))
	return data[list](s.t, a)
}

// found are the ids of all whom a search finds on one page.
func (s *service) found(query string) []string {
	s.t.Helper()
	all := s.page(query + "&limit=100")
	require.Nil(s.t, all.NextCursor)
	return all.ids()
}

func TestAListIsNarrowedByEachConditionAndByAllTogether(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		hospital := freshHospital()
		one := s.hired(hospital, "王小明", `"department_id":1,"position_rank":"主任医师","internal_id":"N-001"`)
		two := s.hired(hospital, "王大力", `"department_id":2,"position_rank":"副主任医师","internal_id":"n-002"`)
		three := s.hired(hospital, "李小明", `"department_id":1,"position_rank":"主任医师"`)
		elsewhere := s.hired(freshHospital(), "王小明", `"department_id":1`)
		accepted(t, three.manage("POST", "/disable", ""))
		here := "hospital_id=" + hospital
		for query, want := range map[string][]person{
			"":                       {one, two, three},
			"&department_id=1":       {one, three},
			"&department_id=3":       {},
			"&position_rank=主任医师":    {one, three}, // exactly, not 副主任医师
			"&position_rank=%20主任医师": {one, three},
			"&position_rank=主任":      {},
			"&status=active":         {one, two},
			"&status=disabled":       {three},
			"&keyword=小明":            {one, three},
			"&keyword=王":             {one, two},
			"&keyword=王小明":           {one},
			"&keyword=明小":            {},
			"&keyword=N-00":          {one, two}, // whatever the case
			"&keyword=n001":          {one},
			"&keyword=001":           {}, // a staff number is found by its beginning
			"&keyword=" + two.phone:  {two},
			"&keyword=%2B86%20" + two.phone[:3] + "-" + two.phone[3:]:      {two},
			"&keyword=小明&status=active&department_id=1&position_rank=主任医师": {one},
			"&keyword=小明&status=active&department_id=2&position_rank=主任医师": {},
			"&status=&keyword=&department_id=&position_rank=&cursor=":      {one, two, three},
			"&keyword=%E5%B0%8F%E6%98%8E&department_id=1":                  {one, three},
		} {
			ids := []string{}
			for _, p := range want {
				ids = append(ids, p.id)
			}
			require.Equal(t, ids, s.found(here+query), query)
		}
		require.Equal(t, []string{elsewhere.id}, s.found("keyword="+elsewhere.phone+"&hospital_id="))
		require.Contains(t, s.found(here+"&keyword="+two.phone[:10]), two.id, "a phone is found by its beginning")
		for _, odd := range []string{"%25", "_", "%27", "%5C", "*", "."} {
			refused(t, 40001, s.office("GET", doctorsPath+"?keyword="+odd, ""), "keyword")
		}
		require.Empty(t, s.found(here+"&keyword=王%25明"), "a sign between letters is no wildcard")
	})
}

func TestAKeywordFindsANameByItsPinyin(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		hospital := freshHospital()
		ids := map[string]string{}
		for _, name := range []string{"王小明", "单雄信", "曾国藩", "解缙", "吕布", "欧阳修", "Ann O’Neill"} {
			ids[name] = s.hired(hospital, name, "").id
		}
		for keyword, name := range map[string]string{
			"wxm": "王小明", "WXM": "王小明", "wx": "王小明", "wangxiaoming": "王小明", "Wang+Xiao+Ming": "王小明", "wang": "王小明", "wangx": "王小明", "xiaoming": "王小明",
			"xm": "王小明", "ming": "王小明", "王小": "王小明", "shan": "单雄信", "sxx": "单雄信", "zeng": "曾国藩", "zgf": "曾国藩", "xiej": "解缙", "lvbu": "吕布",
			"l%C3%BCbu": "吕布", "oyx": "欧阳修", "ouyangxiu": "欧阳修", "oneill": "Ann O’Neill", "o%27n": "Ann O’Neill", "ann": "Ann O’Neill",
		} {
			require.Equal(t, []string{ids[name]}, s.found("hospital_id="+hospital+"&keyword="+keyword), keyword)
		}
		for _, keyword := range []string{"dan", "ceng", "jiej", "angxiao", "xmw", "wxmx"} {
			require.Empty(t, s.found("hospital_id="+hospital+"&keyword="+keyword), keyword)
		}
	})
}

func TestWhatASearchFindsFollowsTheProfile(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		hospital := freshHospital()
		p := s.hired(hospital, "王小明", "")
		here := "hospital_id=" + hospital + "&keyword="
		require.Equal(t, []string{p.id}, s.found(here+"王小"))
		old := p.phone
		p.phone = freshPhone()
		accepted(t, p.manage("PATCH", "", `{"name":"慕容复","phone":`+quote(p.phone)+`}`))
		require.Empty(t, s.found(here+"王小"))
		require.Empty(t, s.found(here+old))
		require.Equal(t, []string{p.id}, s.found(here+"容复"))
		require.Equal(t, []string{p.id}, s.found(here+p.phone))
		p.token = s.token(p.phone, doctorPassword)
		accepted(t, p.ask("PATCH", profilePath, `{"phone":`+quote(p.phone)+`,"name":"令狐冲"}`))
		require.Empty(t, s.found(here+"容复"), "also when the doctor changed it")
		require.Equal(t, []string{p.id}, s.found(here+"狐冲"))
	})
}

func TestPagesLeadThroughAllInTheOrderOfIds(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		hospital := freshHospital()
		var want []string
		for i := range 7 {
			want = append(want, s.hired(hospital, "王小明", fmt.Sprintf(`"department_id":%d`, i%2+1)).id)
		}
		for _, limit := range []int{1, 2, 3, 6, 7, 8, 100} {
			var got []string
			pages := 0
			for cursor := ""; ; pages++ {
				page := s.page(fmt.Sprintf("hospital_id=%s&limit=%d&cursor=%s", hospital, limit, cursor))
				require.LessOrEqual(t, len(page.Items), limit)
				got = append(got, page.ids()...)
				if page.NextCursor == nil {
					break
				}
				require.Len(t, page.Items, limit, "only the last page is short")
				cursor = *page.NextCursor
			}
			require.Equal(t, want, got)
			require.Equal(t, (7-1)/limit, pages, "a full last page has no cursor")
		}
		// The limit may change; who comes later comes on a later page, and who goes shifts nobody.
		first := s.page("hospital_id=" + hospital + "&limit=3")
		late := s.hired(hospital, "王小明", "").id
		gone := person{s, "", want[2], ""}
		accepted(t, gone.manage("DELETE", "", "", unconditional))
		rest := s.page("hospital_id=" + hospital + "&limit=50&cursor=" + *first.NextCursor)
		require.Equal(t, append(slices.Clone(want[3:]), late), rest.ids())
		require.Nil(t, rest.NextCursor)
	})
}

func TestAPageHasTwentyDoctorsUnlessAskedFor(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		hospital := freshHospital()
		for range 21 {
			s.hired(hospital, doctorName, "")
		}
		page := s.page("hospital_id=" + hospital)
		require.Len(t, page.Items, 20)
		require.Len(t, s.page("hospital_id="+hospital+"&cursor="+*page.NextCursor).Items, 1)
		for _, limit := range []string{"0", "101", "-1", "1.5", "x", "00", "+5", "5&limit=5"} {
			refused(t, 40001, s.office("GET", doctorsPath+"?limit="+limit, ""), "limit")
		}
	})
}

func TestAParameterThatASearchDoesNotKnowIsNamed(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		for query, fields := range map[string][]string{
			"name=x": {"name"}, "page=2&sort=id": {"page", "sort"}, "phone=": {"phone"}, "hospital_id=x&status=x&zzz=1": {"hospital_id", "status", "zzz"},
			"status=active&status=active": {"status"}, "keyword=%zz": {"keyword"}, "keyword=%FF": {"keyword"}, "hospital_id=0&department_id=9007199254740992": {"hospital_id", "department_id"},
		} {
			refused(t, 40001, s.office("GET", doctorsPath+"?"+query, ""), fields...)
		}
		refused(t, 40001, s.office("GET", doctorsPath+"/1/events?status=active&limit=0", ""), "limit", "status")
	})
}

// A cursor says where to go on and nothing else: it is no way into the storage, into another list or past a condition.
func TestNobodyReadsMoreThroughAForgedCursor(t *testing.T) {
	onEachService(t, func(t *testing.T, s *service) {
		hospital := freshHospital()
		for range 3 {
			s.hired(hospital, doctorName, `"department_id":1`)
		}
		mine := "hospital_id=" + hospital + "&limit=1"
		cursor := *s.page(mine).NextCursor
		p := s.person()
		p.again()
		events := *data[list](t, p.manage("GET", "/events?limit=1", "")).NextCursor
		require.Len(t, s.page(mine+"&cursor="+cursor).Items, 1)

		refuses := func(query, forged string) {
			t.Helper()
			refused(t, 40001, s.office("GET", doctorsPath+"?"+query+"&cursor="+url.QueryEscape(forged), ""), "cursor")
		}
		for _, forged := range []string{
			"1", "0", "-1", "null", "' OR '1'='1", "1; DROP TABLE doctors", "1 UNION SELECT * FROM doctors", "{\"last\":0}", "../../etc/passwd", "\x00",
			"%00", strings.Repeat("A", 34), strings.Repeat("A", 7000), cursor + "=", cursor + " ", " " + cursor, cursor + "A", cursor[1:], cursor + cursor,
			strings.ToLower(cursor), cursor[:5] + "\n" + cursor[5:], events,
			base64.RawURLEncoding.EncodeToString([]byte("0) OR 1=1 UNION SELECT id, credential FROM doctors --")),
			base64.RawURLEncoding.EncodeToString([]byte(`{"v":1,"last":0,"filters":{}}`)),
		} {
			refuses(mine, forged)
		}
		for i := range cursor { // each of its characters counts
			for _, other := range []string{"A", "B", "_"} {
				if altered := cursor[:i] + other + cursor[i+1:]; altered != cursor {
					refuses(mine, altered)
				}
			}
		}
		for _, query := range []string{
			"limit=1", "limit=1&hospital_id=" + freshHospital(), mine + "&department_id=1", mine + "&status=active", mine + "&keyword=王",
			mine + "&position_rank=x", "limit=1&department_id=" + hospital, "limit=1&keyword=" + hospital,
		} {
			refuses(query, cursor)
		}
		// Events: of this doctor only.
		eventsOf := func(id, cursor string) answer {
			return s.office("GET", doctorsPath+"/"+id+"/events?cursor="+cursor, "")
		}
		accepted(t, eventsOf(p.id, events))
		refused(t, 40001, eventsOf(p.id, cursor), "cursor")
		refused(t, 40001, eventsOf("1", events), "cursor")
	})
}
