package pinyin

// surnames are read otherwise than the dictionary, which knows the common word, would have it: 查 is cha, to look up, but
// Mr Zha. Of a surname that families read in different ways (覃, 隗, 牟) the more frequent one stands.
var surnames = map[rune]string{
	'单': "shan", '單': "shan", '曾': "zeng", '解': "xie", '查': "zha", '仇': "qiu", '区': "ou", '區': "ou",
	'朴': "piao", '盖': "ge", '蓋': "ge", '乐': "yue", '樂': "yue", '覃': "qin", '缪': "miao", '繆': "miao",
	'种': "chong", '折': "she", '秘': "bi", '召': "shao", '郇': "xun", '黑': "he", '员': "yun", '員': "yun",
	'贠': "yun", '祭': "zhai", '洗': "xian", '繁': "po", '句': "gou", '翟': "zhai", '佴': "nai", '卜': "bu",
	'薄': "bo", '能': "nai", '都': "du", '蔚': "yu", '阚': "kan", '乜': "nie", '么': "yao",
	'炅': "gui", '沓': "ta", '铫': "yao", '角': "jue", '丌': "qi", '适': "kuo",
}

// compoundSurnames are surnames of two characters, of which one at least is read as nowhere else.
var compoundSurnames = map[string]string{
	"尉迟": "yu chi", "尉遲": "yu chi", "万俟": "mo qi", "萬俟": "mo qi", "单于": "chan yu", "單于": "chan yu",
	"澹台": "tan tai", "澹臺": "tan tai", "长孙": "zhang sun", "長孫": "zhang sun", "角里": "lu li",
}

// givenNames are characters that names use in another sense than the dictionary's first.
var givenNames = map[rune]string{
	'佛': "fo", '晟': "sheng", '隽': "jun", '珩': "heng", '长': "chang", '長': "chang", '厦': "xia", '率': "shuai",
	'泊': "bo", '铤': "ting", '靓': "liang",
}
