package store

import (
	"math/rand/v2"
	"slices"
	"strings"

	"hospital.example/doctor-service/adapters/pinyin"
)

// Names are spread as they are in China: a few surnames have a third of all people, and so a search for one of them
// finds many.

// common are the surnames of more than one in a hundred, and how many in ten thousand have them.
var common = []struct {
	name  rune
	share int
}{
	{'王', 720},
	{'李', 720},
	{'张', 680},
	{'刘', 540},
	{'陈', 450},
	{'杨', 310},
	{'黄', 230},
	{'赵', 230},
	{'吴', 200},
	{'周', 200},
	{'徐', 170},
	{'孙', 160},
	{'马', 140},
	{'朱', 130},
	{'胡', 130},
	{'郭', 120},
	{'何', 120},
	{'林', 115},
	{'高', 110},
	{'罗', 100},
}

var (
	rarer = []rune("郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史" +
		"陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔文葛洪施牛樊单解仇区朴查尚温俞芦庄")
	given = []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华玉梅建国文辉力鹏飞雪红云志新晓东海燕春波宁福生龙元全胜学祥才发武利清彬富顺信子昌" +
		"成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆小雨欣怡梓涵宇轩浩然睿远佳琪俊诗雅婷嘉颖晨曦若彤可馨一诺" +
		"凤洁琳素珍贞莉环爱妹香月莺媛瑞凡青倩荔蓉眉君琴蕊薇菁梦岚苑婕瑾璐茜毓悦昭冰枫芸菲寒伊亚宜姬舒影荣滢筠柔竹霭凝欢仁贤良德金忠孝" +
		"义礼智廉泽世广贵家守庭民永健鸿炎亮政谦亨奇固之轮翰朗伯宏言鸣朋斌梁栋维启克伦翔旭士以河哲江裕斯鑫锋钢毅树炳榕帆希展耀")
)

// nameBy makes up a name; one in five people has a single given name.
func nameBy(chance *rand.Rand) string {
	name := []rune{surnameBy(chance), pick(chance, given), pick(chance, given)}
	if chance.IntN(5) == 0 {
		name = name[:2]
	}
	return string(name)
}

func surnameBy(chance *rand.Rand) rune {
	nth := chance.IntN(10_000)
	for _, s := range common {
		if nth -= s.share; nth < 0 {
			return s.name
		}
	}
	return pick(chance, rarer)
}

// people are the invented ones from the n-th on.
func (f Filling) people(from int64) func(i int64) Person {
	if !f.Sorted {
		return func(i int64) Person { return PersonOf(from + i) }
	}
	names := make([]string, f.Doctors)
	for i := range names {
		names[i] = PersonOf(from + int64(i)).Name
	}
	spelled := func(name string) string { return strings.Join(pinyin.Syllables(name), " ") + name }
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(spelled(a), spelled(b)) })
	return func(i int64) Person {
		p := PersonOf(from + i)
		p.Name = names[i]
		return p
	}
}
