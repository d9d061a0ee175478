package doctor

// Speciality says what a doctor is good at, in own words.
type Speciality struct{ v string }

// ParseSpeciality reads 1 to 500 characters; line breaks and tabs may stand.
func ParseSpeciality(raw string) (Speciality, error) {
	s, err := parseFreeText(FieldSpeciality, raw, 500, "\n\r\t")
	return Speciality{s}, err
}

func (s Speciality) String() string { return s.v }
