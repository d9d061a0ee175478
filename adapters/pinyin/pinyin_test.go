package pinyin

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	library "github.com/mozillazg/go-pinyin"
	"pgregory.net/rapid"
)

func TestNamesAreSpelledAsTheirBearersRead(t *testing.T) {
	for name, want := range map[string]string{
		"王小明": "wang xiao ming", "吕布": "lv bu", "略": "lve", "女": "nv",
		"单雄信": "shan xiong xin", "曾国藩": "zeng guo fan", "解缙": "xie jin", "查良镛": "zha liang yong",
		"仇英": "qiu ying", "区寄": "ou ji", "任正非": "ren zheng fei", "朴正熙": "piao zheng xi", "盖聂": "ge nie",
		"乐毅": "yue yi", "覃塞": "qin sai", "缪斯": "miao si", "种师道": "chong shi dao", "折御卿": "she yu qing",
		"秘书": "bi shu", "召平": "shao ping", "郇山": "xun shan", "黑豹": "he bao", "员半千": "yun ban qian", "贠靖": "yun jing",
		"祭遵": "zhai zun", "洗星海": "xian xing hai", "冼星海": "xian xing hai", "繁钦": "po qin", "句践": "gou jian",
		"翟让": "zhai rang", "佴平": "nai ping", "卜商": "bu shang", "薄一波": "bo yi bo", "都平": "du ping", "蔚平": "yu ping",
		"阚泽": "kan ze", "宓妃": "mi fei", "晁盖": "chao gai", "逄蒙": "pang meng", "谌龙": "chen long", "燕青": "yan qing",
		"那英": "na ying", "哈文": "ha wen", "幺平": "yao ping", "石平": "shi ping", "沈括": "shen kuo", "贾平": "jia ping",
		"瞿秋白": "qu qiu bai", "纪昀": "ji yun", "葛洪": "ge hong", "华佗": "hua tuo", "应平": "ying ping", "宁平": "ning ping",
		"车平": "che ping", "艾青": "ai qing", "令狐冲": "ling hu chong", "尉平": "wei ping", "尉迟恭": "yu chi gong",
		"万俟卨": "mo qi xie", "万平": "wan ping", "单于平": "chan yu ping", "长孙无忌": "zhang sun wu ji", "澹台灭明": "tan tai mie ming",
		"乐正平": "yue zheng ping", "李长春": "li chang chun", "朱德佛": "zhu de fo", "张晟": "zhang sheng",
		"單雄信": "shan xiong xin", "尉遲恭": "yu chi gong", "欧阳修": "ou yang xiu", "〇": "ling",
	} {
		if got := strings.Join(Syllables(name), " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestASurnamesReadingIsNotThatOfAGivenName(t *testing.T) {
	if got := strings.Join(Syllables("王单查"), " "); got != "wang dan cha" {
		t.Error(got)
	}
}

func TestWhatIsNotChineseHasNoSyllable(t *testing.T) {
	for name, want := range map[string][]string{
		"":           nil,
		"Li 明":       {"", "", "", "ming"},
		"阿·Q":        {"a", "", ""},
		"\xff王":      {"", "wang"},
		"\U0003FFFD": {""},
	} {
		if got := Syllables(name); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestEveryCharacterOfANameHasAnEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom(nil, unicode.Han))).Draw(t, "name")
		if got := Syllables(name); len(got) != utf8.RuneCountInString(name) {
			t.Fatalf("%q: %q", name, got)
		}
	})
}

func TestTheTextSaysWhatTheDictionarySays(t *testing.T) {
	known := 0
	for code := range library.PinyinDict {
		r := rune(code)
		if unicode.Is(unicode.Co, r) {
			continue
		}
		known++
		if got, want := dictionary().reading(r), library.SinglePinyin(r, library.NewArgs())[0]; got != want {
			t.Errorf("%c: %q, want %q: run go generate", r, got, want)
		}
	}
	if got := len(dictionary().entries); got != known {
		t.Errorf("%d characters, want %d", got, known)
	}
	if got := len(dictionary().syllables); got >= 1<<syllableBits {
		t.Errorf("%d syllables do not fit", got)
	}
}

func TestOnlyWhereTheDictionaryErrsHasANameAReadingOfItsOwn(t *testing.T) {
	for _, own := range []map[rune]string{surnames, givenNames} {
		for r, read := range own {
			if dictionary().reading(r) == read {
				t.Errorf("%c: the dictionary has it", r)
			}
		}
	}
	for written, read := range compoundSurnames {
		if len(strings.Fields(read)) != utf8.RuneCountInString(written) {
			t.Errorf("%s: %s", written, read)
		}
	}
}

func BenchmarkTheFirstName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		makeIndex()
	}
}

func BenchmarkSyllables(b *testing.B) {
	Syllables("王小明")
	b.ReportAllocs()
	for b.Loop() {
		Syllables("欧阳小明")
	}
}
