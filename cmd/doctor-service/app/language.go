package app

import (
	"strings"

	"hospital.example/doctor-service/adapters/http/wording"
)

// language is the one in which faults are told to the operator, by the locale: Chinese where it is Chinese.
func (p program) language() wording.Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := p.variable(name); locale != "" {
			if strings.HasPrefix(locale, "zh") {
				return wording.Chinese
			}
			break
		}
	}
	return wording.English
}

// variable is the value of an environment variable; of several the last counts.
func (p program) variable(name string) (value string) {
	for _, pair := range p.environ {
		if said, ours := strings.CutPrefix(pair, name+"="); ours {
			value = said
		}
	}
	return value
}
