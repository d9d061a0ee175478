package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

const doctorsPath = "/doctor/admin/doctors"

// listing answers every search with nobody and keeps the commands.
func (s *stage) listing() *[]inbound.ListDoctorsCommand {
	var got []inbound.ListDoctorsCommand
	s.ListDoctors = func(_ context.Context, c inbound.ListDoctorsCommand) (inbound.DoctorsResult, error) {
		got = append(got, c)
		return inbound.DoctorsResult{}, nil
	}
	return &got
}

func TestEveryConditionReachesTheSearch(t *testing.T) {
	s := newStage(t)
	commands := s.listing()
	got := s.ask("GET", doctorsPath+"?keyword=%20Wang%20Xiao%20&hospital_id=3&department_id=9007199254740991&"+
		"position_rank=%E4%B8%BB%E4%BB%BB%E5%8C%BB%E5%B8%88&status=disabled&limit=100", "", bearer)
	require.Equal(t, 200, got.status, got.body)
	c := (*commands)[0]
	assert.Equal(t, me, c.Caller)
	assert.Equal(t, "wangxiao", c.Filter.Keyword.String())
	assert.Equal(t, int64(3), c.Filter.HospitalID.Int64())
	assert.Equal(t, int64(9007199254740991), c.Filter.DepartmentID.Int64())
	assert.Equal(t, "主任医师", c.Filter.PositionRank.String())
	assert.Equal(t, doctor.Disabled, c.Filter.Status)
	assert.Equal(t, 100, c.Limit)
	assert.Zero(t, c.After)
}

func TestAnEmptyParameterIsAsGoodAsNone(t *testing.T) {
	for _, address := range []string{
		"", "?", "?&", "?&&", "?limit=&cursor=&keyword=&hospital_id=&department_id=&position_rank=&status=", "?limit&cursor&status",
		"?keyword=%20%E3%80%80&position_rank=+", // blanks are empty as well
	} {
		s := newStage(t)
		commands := s.listing()
		got := s.ask("GET", doctorsPath+address, "", bearer)
		require.Equal(t, 200, got.status, "%s: %s", address, got.body)
		assert.Equal(t, inbound.ListDoctorsCommand{Caller: me, Limit: 20}, (*commands)[0], address)
	}
}

func TestAKeywordMayBeWrittenInEveryWayThatBrowsersWriteIt(t *testing.T) {
	for _, written := range []string{"王小", "%E7%8E%8B%E5%B0%8F", "%e7%8e%8b+%e5%b0%8f", "+%E7%8E%8B%20%E5%B0%8F+", "王;小"} {
		s := newStage(t)
		commands := s.listing()
		got := s.ask("GET", doctorsPath, "", bearer, func(r *http.Request) { r.URL.RawQuery = "keyword=" + written })
		require.Equal(t, 200, got.status, got.body)
		assert.Equal(t, "王小", (*commands)[0].Filter.Keyword.String(), written)
	}
}

func TestWhateverIsWrongWithAParameterIsToldUnderItsName(t *testing.T) {
	whole := strings.Repeat("王", 65)
	for address, fields := range map[string][]string{
		"?limit=0": {"limit"}, "?limit=101": {"limit"}, "?limit=-1": {"limit"}, "?limit=020": {"limit"}, "?limit=%2B5": {"limit"}, "?limit=5.0": {"limit"},
		"?limit=1e1": {"limit"}, "?limit=all": {"limit"}, "?limit=99999999999999999999": {"limit"}, "?limit=%205": {"limit"}, "?limit=٥": {"limit"},
		"?hospital_id=0": {"hospital_id"}, "?hospital_id=-1": {"hospital_id"}, "?hospital_id=3.5": {"hospital_id"}, "?hospital_id=03": {"hospital_id"},
		"?department_id=9007199254740992": {"department_id"}, "?department_id=x": {"department_id"}, "?department_id=0x3": {"department_id"},
		"?status=gone": {"status"}, "?status=Active": {"status"}, "?status=active%20": {"status"},
		"?position_rank=" + whole: {"position_rank"}, "?position_rank=a%00b": {"position_rank"},
		"?keyword=" + whole: {"keyword"}, "?keyword=%25": {"keyword"}, "?keyword=%27--": {"keyword"}, "?keyword=%CC%81": {"keyword"},
		"?cursor=x": {"cursor"},
		// In one spelling, once, and readable.
		"?limit=5&limit=5": {"limit"}, "?limit=5&limit=": {"limit"}, "?limit=&limit=5": {"limit"}, "?limit=0&limit=5&limit=6": {"limit"},
		"?lim%69t=5&limit=5": {"limit"}, "?status=active&keyword=a&status=active": {"status"},
		"?keyword=%zz": {"keyword"}, "?keyword=%E7%8E": {"keyword"}, "?keyword=%": {"keyword"}, "?keyword=a%ff": {"keyword"}, "?keyword=%ff&keyword=a": {"keyword"},
		// And nothing else.
		"?page=2": {"page"}, "?page=": {"page"}, "?Limit=5": {"Limit"}, "?=5": {""}, "?limit[]=5": {"limit[]"}, "?limit%00=5": {"limit"},
		"?page=1&page=2": {"page"}, "?%zz=1": {"%zz"}, "?offset=1&id=2&sort=name": {"offset", "id", "sort"},
		// All at once, in the order of the document, then whatever is unknown.
		"?zzz=1&cursor=x&limit=0&status=x&position_rank=%00&department_id=x&hospital_id=x&keyword=%25&aaa=1": {
			"keyword", "hospital_id", "department_id", "position_rank", "status", "limit", "cursor", "zzz", "aaa",
		},
	} {
		got := newStage(t).ask("GET", doctorsPath, "", bearer, func(r *http.Request) { r.URL.RawQuery = address[1:] })
		assert.Equal(t, 40001, got.Code, address)
		assert.Equal(t, fields, got.fields(t), address)
	}
}

func TestFaultsOfAnAddressAreToldInWords(t *testing.T) {
	address := doctorsPath + "?limit=101&status=x&keyword=%25&hospital_id=0&cursor=x&department_id=1&department_id=2&position_rank=%zz&sort=name"
	for language, want := range map[string]map[string]string{
		"zh": {
			"keyword": "关键字至少应包含一个文字或数字", "hospital_id": "所属医院应为 1 到 9007199254740991 之间的整数",
			"department_id": "所属科室只能出现一次", "position_rank": "职称等级应为百分号编码的 UTF-8 文本", "status": "账号状态应为 active 或 disabled",
			"limit": "每页条数应为 1 到 100 之间的整数", "cursor": "分页游标不适用于此列表，请从第一页重新开始", "sort": "“sort”不是可用的查询参数",
		},
		"en": {
			"keyword": "The keyword must hold at least one letter or digit", "hospital_id": "The hospital id must be an integer from 1 to 9007199254740991",
			"department_id": "The department id may be given only once", "position_rank": "The position rank must be percent-encoded UTF-8",
			"status": "The status must be active or disabled", "limit": "The limit must be an integer from 1 to 100",
			"cursor": "The cursor does not fit this list: please begin with the first page", "sort": `"sort" is not a parameter of this request`,
		},
	} {
		got := newStage(t).ask("GET", address, "", bearer, header("Accept-Language", language))
		assert.Equal(t, want, got.reasons(t))
		assert.Equal(t, want["keyword"], got.Msg)
	}
}

func TestAParameterIsNamedWithoutItsTricks(t *testing.T) {
	got := newStage(t).ask("GET", doctorsPath+"?a%0a%e2%80%ae%00"+strings.Repeat("b", 5000)+"=1", "", bearer)
	assert.Equal(t, []string{"a" + strings.Repeat("b", 63)}, got.fields(t))
	var many strings.Builder
	for i := range 3000 {
		many.WriteString("&" + url.QueryEscape(string(rune('一'+i))) + "=1")
	}
	got = newStage(t).ask("GET", doctorsPath+"?"+many.String(), "", bearer)
	assert.Len(t, got.fields(t), 100, "an answer repeats no more than a person would read")
}

func TestWhereNoParameterIsDocumentedTheAddressIsIgnored(t *testing.T) {
	s := newStage(t)
	s.ViewDoctor = func(context.Context, inbound.ViewDoctorCommand) (inbound.ProfileResult, error) {
		return inbound.ProfileResult{Doctor: someDoctor(t, 4)}, nil
	}
	assert.Equal(t, 200, s.ask("GET", doctorsPath+"/17?id=18&limit=0&%zz", "", bearer).status)
}

// FuzzQuery: an address is read in one way, or a fault of it is told; what reaches the search is what was written.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "limit=5&status=active", "limit=5&limit=6", "keyword=%E7%8E%8B&hospital_id=3", "keyword=%ff", "a=b&&=&=c", "%zz=%zz", "limit;status",
		"cursor=AQAAAAAAAAAB&limit=100", "keyword=a+b%20c", "keyword==", "ids=1,2,3,1", "ids=1,,2", "ids=01", "ids=",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		r := &http.Request{URL: &url.URL{RawQuery: address}}
		q := readQuery(r, doctor.FieldKeyword, doctor.FieldHospitalID, parameterLimit, parameterIDs)
		keyword := narrowed(q, doctor.FieldKeyword, doctor.ParseKeyword)
		hospital := narrowed(q, doctor.FieldHospitalID, referenceTo(doctor.FieldHospitalID))
		limit := q.limit()
		ids := q.ids()
		if err := q.done(); err != nil {
			require.NotEmpty(t, doctor.Faults(err))
			for _, fault := range doctor.Faults(err) {
				require.True(t, utf8.ValidString(fault.Field))
				require.NotEmpty(t, wording.Reason(fault, chinese), fault.Rule)
			}
			return
		}
		require.True(t, 1 <= limit && limit <= maxLimit)
		require.True(t, 1 <= len(ids) && len(ids) <= maxLimit)
		for i, id := range ids {
			require.Positive(t, id)
			require.True(t, i == 0 || ids[i-1] < id, "in order, each once")
		}
		other := url.Values{}
		for pair := range strings.SplitSeq(address, "&") { // the library refuses semicolons, which browsers send as they are
			name, value, _ := strings.Cut(pair, "=")
			name, err := url.QueryUnescape(name)
			require.NoError(t, err)
			value, err = url.QueryUnescape(value)
			require.NoError(t, err)
			other.Add(name, value)
		}
		for name, values := range other {
			require.True(t, name == "" || len(values) == 1, "%q is given once", name)
		}
		if typed := other.Get("hospital_id"); strings.TrimSpace(typed) != "" {
			require.Equal(t, typed, hospital.String())
		}
		if strings.TrimSpace(other.Get("keyword")) == "" {
			require.True(t, keyword.IsZero())
		}
	})
}
