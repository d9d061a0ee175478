package app

import (
	"errors"
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

// said is a fault that only the command line has, in every language.
type said wording.Text

func (s said) Error() string { return s[wording.English] }

// inWords puts a fault into the words of the operator's language.
func (p program) inWords(err error) string {
	if ours := (said{}); errors.As(err, &ours) {
		return ours[p.language()]
	}
	return wording.Of(err, p.language())
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
