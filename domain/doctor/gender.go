package doctor

// Gender is shown in Chinese.
type Gender struct{ v string }

var genders = map[string]Gender{
	"男": {"男"}, "女": {"女"}, "未知": {"未知"}, "其他": {"其他"},
	"male": {"男"}, "female": {"女"}, "unknown": {"未知"}, "other": {"其他"},
}

// ParseGender reads a gender by its Chinese or English word. Digits are refused: the codes in use contradict each other.
func ParseGender(raw string) (Gender, error) {
	if g, ok := genders[canonical(raw)]; ok {
		return g, nil
	}
	return Gender{}, Invalid{Field: FieldGender, Rule: RuleGender}
}

func (g Gender) String() string { return g.v }
