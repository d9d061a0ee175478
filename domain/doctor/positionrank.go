package doctor

// PositionRank is a professional title, free text; KnownRanks lists the usual ones.
type PositionRank struct{ v string }

// KnownRanks are the titles of the national scheme, highest first.
var KnownRanks = []string{"主任医师", "副主任医师", "主治医师", "住院医师", "医师", "医士"}

// ParsePositionRank reads a title of 1 to 32 characters.
func ParsePositionRank(raw string) (PositionRank, error) {
	s, err := parseFreeText(FieldPositionRank, raw, 32, "")
	return PositionRank{s}, err
}

func (r PositionRank) String() string { return r.v }
